"""The asset store: keeps objects that are no plain values, once each.

A store keeps bytes, and who refers to them. Everything else is core's: an object was encoded,
digested and signed before a store gets it as `Content`, and what a store returns is checked by
digest and signature before anything is made of it.

To write one, extend `AssetStore`, implement its abstract methods, and offer it from a plugin's
``xetrack_asset_stores`` hook. `AssetStore.storing` is where the order matters:

* A store in the tracker's own database writes content and references through
  `xetrack.interfaces.capabilities.LendsSQLite.change` and yields within that transaction: row,
  content and references are kept together or not at all.
* A store elsewhere, a bucket say, uploads the content under its digest, whole or not at all,
  then yields, and adds the references when the row is there. When it is killed in between, what is
  left is content that nobody refers to, and `AssetStore.collect` removes it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet
    from contextlib import AbstractContextManager

    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is kept of an asset beside its content; all of it is needed to read it."""

    digest: str
    """SHA-256 of the content, 64 hexadecimal digits; empty for what xetrack 0.7 stored."""
    codec: str
    """Name of the codec that wrote it."""
    version: int
    """Version of what the codec wrote."""
    size: int
    """Length of the content, in bytes."""
    seal: bytes = field(repr=False)
    """A signature or checksum of the above, made and checked by core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An object ready to be stored."""

    id: str
    """The first 16 digits of the digest."""
    header: Header
    pieces: Pieces = field(repr=False)
    """The content itself, in pieces of any size, the same each time they are gone through."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Who keeps an asset."""

    asset: str
    """Its id."""
    table: str
    """The table of the rows that hold it."""
    key: str
    """The key under which it was logged; empty where it was stored under none."""
    track_id: str
    """The run that stored it; empty for all runs of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetInfo:
    """What is known of an asset without loading it."""

    id: str
    header: Header
    stored_size: int
    """What it takes in the store, in bytes: less than the content where it is compressed."""
    references: int
    """How many refer to it: one for each key of each run."""
    time: str
    """When it was first stored, as ``YYYY-MM-DD HH:MM:SS.ffffff``; empty when unknown."""


class AssetStore(ABC):
    """Contents by id, and the references to them.

    It is made when it is first needed, once for each tracker or reader. Methods may be called
    from any thread; several processes may share one store. Before a fork the engine closes its
    own connections; a store that opens others protects itself with `xetrack.process.forks.protect`.
    """

    def __init__(self, engine: Engine, *, compress: bool = False) -> None:
        """Open the store; nothing is created before the first change, nor by looking.

        Parameters
        ----------
        engine
            The engine that keeps the rows.
        compress
            Compress what is written; what is compressed is read whatever this says.

        Raises
        ------
        XetrackError
            There can be no such store beside this engine.
        """
        self.engine = engine
        self.compress = compress

    @abstractmethod
    def storing(
        self, contents: Sequence[Content], references: Sequence[Reference]
    ) -> AbstractContextManager[None]:
        """Store contents and references around the storing of a row, which is the body.

        Contents that are there already are not stored again; one whose seal is another gets the
        seal given. When the body raises, at most contents without a reference are left, and the
        same holds when the pieces of a content raise. See the module.

        Raises
        ------
        AssetNotStoredError
            Another content has this id: its digest begins alike.
        ReadOnlyError
            The engine is open for reading only. All that changes anything raises it.
        XetrackError
            Nothing was stored, neither here nor in the body.
        """

    @abstractmethod
    def find(self, start: str, limit: int) -> list[str]:
        """Return the ids that begin with these digits, `limit` of them at most."""

    @abstractmethod
    def info(self, asset_id: str) -> AssetInfo | None:
        """Describe an asset by its whole id; None when there is none."""

    @abstractmethod
    def infos(self) -> list[AssetInfo]:
        """Describe all assets in the order they were stored."""

    @abstractmethod
    def content(self, asset_id: str, write: Callable[[bytes], object]) -> None:
        """Hand the content over in pieces, as it was given to `storing`; nothing need be checked.

        Parameters
        ----------
        asset_id
            A whole id.
        write
            Takes the next piece; it keeps nothing of it.

        Raises
        ------
        DamagedAssetError
            What is stored cannot be read as content, or there is none.
        """

    @abstractmethod
    def references(self, asset_id: str) -> list[Reference]:
        """Return who refers to an asset."""

    @abstractmethod
    def dereference(
        self,
        *,
        asset: str | None = None,
        table: str | None = None,
        key: str | None = None,
        track_id: str | None = None,
    ) -> int:
        """Remove the references that have all of these values, and return how many."""

    @abstractmethod
    def delete(self, asset_id: str) -> None:
        """Remove the content of an asset; its references stay."""

    @abstractmethod
    def collect(self, living: Callable[[], AbstractSet[str]]) -> list[str]:
        """Remove the contents that nobody refers to, and return their ids.

        Parameters
        ----------
        living
            Returns ids that stand in rows, which are kept too. It is called while nobody else can
            store assets, as far as the store can see to that.
        """
