"""The asset store: stores objects that are no plain values, once each.

A store stores bytes and the references to them. Everything else is done by the core: an object is
encoded, digested and signed before a store gets it as `Content`, and what a store returns is
verified by digest and signature before it is decoded.

To write one, extend `AssetStore`, implement its abstract methods, and offer it from a plugin's
``xetrack_asset_stores`` hook. The order of steps in `AssetStore.storing` matters:

* A store in the tracker's own database writes content and references through
  `xetrack.interfaces.engines.sqlite_files.SharesSQLite.write_sqlite` and yields within that
  transaction: row, content and references are stored together or not at all.
* A store elsewhere, a bucket say, uploads the content under its digest, whole or not at all,
  then yields, and adds the references when the row is stored. A kill in between leaves content
  without references, which `AssetStore.collect` removes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet
    from contextlib import AbstractContextManager

    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The metadata of an asset; all of it is needed to read the content."""

    digest: str
    """SHA-256 of the content, 64 hexadecimal digits; empty for what xetrack 0.7 stored."""
    codec: str
    """Name of the codec that wrote it."""
    version: int
    """`xetrack.interfaces.codecs.Codec.version` of the codec that wrote it."""
    size: int
    """Length of the content, in bytes."""
    seal: bytes = field(repr=False)
    """A signature or checksum of the fields above, made and verified by the core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An encoded object, ready to be stored."""

    id: str
    """The first 16 digits of the digest."""
    header: Header
    pieces: Pieces = field(repr=False)
    """The content itself, in pieces of any size, the same at each iteration."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of an asset, which keeps it from being collected."""

    asset: str
    """The id of the asset."""
    table: str
    """The table of the rows that contain the id."""
    key: str
    """The key under which it was logged; empty if it was stored without a key."""
    track_id: str
    """The run that stored it; empty if it counts for all runs of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetInfo:
    """A description of an asset, made without loading it."""

    id: str
    """The first 16 digits of the digest."""
    header: Header
    stored_size: int
    """Bytes that it occupies in the store: less than the content where it is compressed."""
    references: int
    """Number of references: one for each key of each run."""
    time: str
    """When it was first stored, as ``YYYY-MM-DD HH:MM:SS.ffffff``; empty when unknown."""


class AssetStore(ABC):
    """A store of contents by id, and of the references to them.

    It is made when it is first needed, once for each tracker or reader.

    **Thread safety.** Methods may be called from any thread; several processes may share one store.

    **Errors.** What its backend raises becomes one of `xetrack.errors`. One that `storing` raises
    costs the objects and not the row; where the row was written already, xetrack looks for it, and
    stores it once more, without the objects, only if it is gone.

    **Forks.** Before a fork the engine closes its own connections; a store that opens others
    registers itself with `xetrack.process.forks.protect`.

    Examples
    --------
    The order of steps in a store elsewhere, and where the row is stored:

    ::

        class BucketStore(AssetStore):
            @contextmanager
            def storing(self, contents, references):
                for content in contents:
                    self._upload(content.header.digest, content.pieces)  # unless it exists
                yield  # the row is stored here
                self._add_references(references)
    """

    elsewhere: ClassVar[bool] = False
    """True for a store that is no part of the database of the rows. Then `storing` is entered
    before the engine's lock is taken and left after it is released, so that nobody who logs waits
    for an upload; and a store that fails costs the object, with a warning, but not the row."""

    grace: float = 0.0
    """Seconds for which `collect` leaves a content that nobody refers to, because somebody may be
    about to; 0 for a store that can keep others from storing meanwhile."""

    def __init__(self, engine: Engine, *, compress: bool = False) -> None:
        """Open the store; nothing is created before the first change, nor by reading.

        A store whose component claims URL schemes gets a third argument, by name, when it is chosen
        by such a URL: ``location``, the URL with a folder of this database's own at its end. The
        database remembers it, without secrets.

        Parameters
        ----------
        engine
            The engine that stores the rows.
        compress
            Whether to compress new contents. Compressed contents are read in either case.

        Raises
        ------
        XetrackError
            Such a store cannot work with this engine.
        """
        self.engine = engine
        self.compress = compress

    @abstractmethod
    def storing(
        self, contents: Sequence[Content], references: Sequence[Reference]
    ) -> AbstractContextManager[None]:
        """Return a context that stores contents and references, and whose body stores the row.

        A content that exists already is not stored again; if its seal differs, the new seal
        replaces it.

        **Atomicity.** When the body raises, at most contents without a reference are left; the same
        holds when the pieces of a content raise. The module describes the order of steps.

        Parameters
        ----------
        contents
            The encoded objects that the row names.
        references
            The references from the row to them.

        Raises
        ------
        AssetNotStoredError
            Another content has the same id: the first 16 digits of the digests are equal.
        ReadOnlyError
            The engine is open for reading only. All methods that change anything raise it.
        XetrackError
            Nothing was stored, neither here nor in the body.
        """

    @abstractmethod
    def find(self, start: str, limit: int) -> list[str]:
        """Return the ids that begin with some digits.

        Parameters
        ----------
        start
            The first digits of an id.
        limit
            The largest number of ids to return.
        """

    @abstractmethod
    def info(self, asset_id: str) -> AssetInfo | None:
        """Return the description of the asset with this whole id; None if there is none.

        Parameters
        ----------
        asset_id
            16 hexadecimal digits.
        """

    @abstractmethod
    def infos(self) -> list[AssetInfo]:
        """Return the descriptions of all assets, in the order they were stored."""

    @abstractmethod
    def content(self, asset_id: str, write: Callable[[bytes], object]) -> None:
        """Pass the content of an asset to a function in pieces, as `storing` got it.

        The store need not verify it; the caller does.

        Parameters
        ----------
        asset_id
            A whole id.
        write
            Called with each piece in turn; it does not keep the piece.

        Raises
        ------
        DamagedAssetError
            The stored bytes cannot be read as a content, or there are none.
        """

    @abstractmethod
    def references(self, asset_id: str) -> list[Reference]:
        """Return the references to an asset, in any order; empty if there are none.

        Parameters
        ----------
        asset_id
            A whole id; there need not be a content of it.
        """

    @abstractmethod
    def dereference(
        self,
        *,
        asset: str | None = None,
        table: str | None = None,
        key: str | None = None,
        track_id: str | None = None,
    ) -> int:
        """Remove the references that match all of some values, and return their number.

        Parameters
        ----------
        asset, table, key, track_id
            Values of the fields of `Reference`; None matches any value.
        """

    @abstractmethod
    def delete(self, asset_id: str) -> None:
        """Remove the content of an asset; its references stay.

        Parameters
        ----------
        asset_id
            A whole id; nothing is done where no content has it.
        """

    @abstractmethod
    def collect(self, living: Callable[[], AbstractSet[str]]) -> list[str]:
        """Remove the contents without references, and return their ids.

        Parameters
        ----------
        living
            A function that returns the ids in rows, whose contents stay too. It is called while no
            other process can store assets, as far as the store can ensure that.
        """
