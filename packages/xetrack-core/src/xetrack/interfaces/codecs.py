"""The codec: turns objects of some types into bytes and back.

Codecs are asked in the order of `Codec.rank`, then of their names, and the first that takes an
object encodes it. Its name and version are kept beside the content, so that the same codec decodes
it, whatever others are installed by then.

Equal objects should give equal bytes in every process, since what is equal is stored once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Pieces: TypeAlias = Iterable[bytes | bytearray | memoryview]
    """Bytes in pieces of any size, the same each time they are gone through."""


class CannotEncodeError(Exception):
    """A codec found only on the way that it cannot say an object; the next one is asked."""


class Codec(ABC):
    """One way to say objects in bytes. It is made without arguments, once for each tracker.

    Methods may be called from any thread. The library that a codec is for belongs into the
    functions that use it: whoever stores something else should not pay for its import.
    """

    version: ClassVar[int] = 1
    """Version of what `encode` writes; `decode` reads all that there ever were."""

    rank: ClassVar[int] = 10
    """Codecs of a lower rank are asked first. Those of xetrack have 50, and pickle 100."""

    runs_code: ClassVar[bool] = False
    """Whether `decode` can run code that its content names. Then the content is signed, and what
    this user did not store is decoded only with ``trust=True``."""

    suffix: ClassVar[str] = ""
    """The usual ending of a file with such content: ``.npy``."""

    @abstractmethod
    def takes(self, value: object) -> bool:
        """Tell whether this codec can say an object, quickly and without an import.

        A look at ``type(value).__module__`` comes first; a library whose object is at hand is
        imported already.
        """

    @abstractmethod
    def encode(self, value: Any) -> Pieces:
        """Return the object in bytes.

        The pieces are gone through twice, once for the digest and once for the store, so a
        generator will not do; an object whose ``__iter__`` is one will. They may be views of the
        object's own memory.

        Raises
        ------
        CannotEncodeError
            It cannot be said exactly; the next codec is asked.
        """

    @abstractmethod
    def decode(self, content: bytearray, version: int) -> Any:
        """Return the object.

        Parameters
        ----------
        content
            What `encode` gave, checked by its digest. It belongs to the object from now on, which
            may use it as its memory.
        version
            The version that wrote it.
        """
