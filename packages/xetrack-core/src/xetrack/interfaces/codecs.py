"""The codec: encodes objects of some types as bytes, and decodes them.

**Selection.** Codecs are tried in the order of `Codec.rank`, then of their names; the first that
accepts an object encodes it. Its name and version are stored beside the content, so that the same
codec decodes it, whatever others are installed by then.

**Determinism.** Equal objects should give equal bytes in every process, because equal content is
stored once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Pieces: TypeAlias = Iterable[bytes | bytearray | memoryview]
    """Bytes in pieces of any size, the same at each iteration."""


HEAD = 4096
"""Bytes of a content that `Codec.render` gets."""


class CannotEncodeError(Exception):
    """A codec found while encoding that it cannot represent an object; the next codec is tried."""


class Codec(ABC):
    """A format in which objects of some types are stored. Made without arguments, once per tracker.

    **Thread safety.** Methods may be called from any thread.

    **Imports.** Import the library that a codec is for inside the functions that use it: users who
    store other objects should not pay for its import.

    Examples
    --------
    >>> import fractions
    >>> class FractionCodec(Codec):
    ...     def takes(self, value):
    ...         return type(value) is fractions.Fraction
    ...
    ...     def encode(self, value):
    ...         return [f"{value.numerator}/{value.denominator}".encode()]
    ...
    ...     def decode(self, content, version):
    ...         numerator, denominator = content.decode().split("/")
    ...         return fractions.Fraction(int(numerator), int(denominator))
    >>> content = b"".join(FractionCodec().encode(fractions.Fraction(2, 6)))
    >>> FractionCodec().decode(bytearray(content), 1)
    Fraction(1, 3)
    """

    version: ClassVar[int] = 1
    """Version of the format that `encode` writes; `decode` reads this and all earlier ones."""

    rank: ClassVar[int] = 10
    """Codecs of a lower rank are tried first. Those of xetrack have 50, and pickle 100."""

    runs_code: ClassVar[bool] = False
    """True if `decode` can run code that the content names. Such content is signed, and content
    that this user did not store is decoded only with ``trust=True``."""

    suffix: ClassVar[str] = ""
    """The usual suffix of a file with such content: ``.npy``."""

    @abstractmethod
    def takes(self, value: object) -> bool:
        """Return True if this codec can encode an object; quickly, and without an import.

        Look at ``type(value).__module__`` first: the library of an object that exists is imported
        already.

        Parameters
        ----------
        value
            Any object that is no plain value.
        """

    @abstractmethod
    def encode(self, value: Any) -> Pieces:
        """Return the object as bytes.

        Parameters
        ----------
        value
            An object that `takes` accepted.

        Returns
        -------
        iterable of bytes-like
            The content in pieces, which may be views of the object's own memory. It is iterated
            twice, once for the digest and once for the store, so a generator will not do; an object
            whose ``__iter__`` is a generator function will.

        Raises
        ------
        CannotEncodeError
            The object cannot be represented exactly; the next codec is tried.
        """

    @abstractmethod
    def decode(self, content: bytearray, version: int) -> Any:
        """Return the object that was encoded.

        Parameters
        ----------
        content
            The bytes of `encode`, verified by their digest. The object owns them from now on, and
            may use them as its memory.
        version
            The `version` of the codec that wrote them.
        """

    def render(self, head: bytes, size: int, version: int) -> str | None:  # noqa: ARG002 - for those who override it
        """Return a short text for tables, such as ``float32 (512, 10)``; None for no text.

        Called by ``xt assets ls`` and ``xt show``, for each asset: import no library, and run no
        code of the content. An exception means None.

        Parameters
        ----------
        head
            The first bytes of the content, up to `HEAD`. They are not verified: anybody may have
            written them.
        size
            The number of bytes of the whole content.
        version
            The `version` of the codec that wrote them.

        Returns
        -------
        str or None
            A text of which 60 characters are shown.
        """
        return None
