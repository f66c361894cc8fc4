"""The asset store: keeps objects that are no plain values, once each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator


@frozen(kw_only=True)
class AssetInfo:
    """What is known of an asset without loading it."""

    id: str
    """The first 16 hexadecimal digits of `digest`."""
    digest: str
    """SHA-256 of the stored content, 64 hexadecimal digits."""
    codec: str
    """Name of the codec that wrote it."""
    size: int
    """Stored content, in bytes."""
    references: int
    """Rows that hold its id."""


class AssetStore(ABC):
    """Objects by the digest of their content.

    A tracker makes it once, when it is built, over its own database or another location. The
    row keeps the asset's id; equal content is stored once. Methods may be called from any
    thread; several processes may share one store. Any unique prefix of at least 6 digits of an
    id finds an asset.
    """

    def __init__(self, location: str, *, read_only: bool = False, compress: bool = False) -> None:
        """Open the store.

        Parameters
        ----------
        location
            The path or URL of the database that holds the rows, or ``:memory:``.
        read_only
            Create and change nothing.
        compress
            Compress what is written; what is compressed is read whatever this says.
        """
        self.location = location
        self.read_only = read_only
        self.compress = compress

    @abstractmethod
    def put(self, value: object, *, key: str, track_id: str) -> str:
        """Store an object, note that a run refers to it under a key, and return its id.

        Durable when it returns; a second put of equal content adds only the reference.

        Raises
        ------
        XetrackError
            The object cannot be stored. The caller warns with the key and keeps the row.
        """

    @abstractmethod
    def get(self, asset_id: str, *, trust: bool = False) -> Any:
        """Load an object, after its digest was checked.

        Raises
        ------
        XetrackError
            There is no such asset, its content does not match its digest, or it is a pickle
            that this user did not write and `trust` is False.
        """

    @abstractmethod
    def content(self, asset_id: str) -> Iterator[bytes]:
        """Yield the stored content in pieces, checked, without making an object of it."""

    @abstractmethod
    def info(self, asset_id: str) -> AssetInfo:
        """Describe an asset; raises as `get` does when there is none."""

    @abstractmethod
    def ids(self) -> list[str]:
        """Name all assets in the order they were stored."""

    @abstractmethod
    def dereference(self, asset_id: str, *, key: str | None, track_id: str | None) -> int:
        """Remove references, of all keys and runs where None is given; return how many."""

    @abstractmethod
    def delete(self, asset_id: str) -> None:
        """Remove an asset with all its references."""

    @abstractmethod
    def close(self) -> None:
        """Give back every resource; a second ``close`` does nothing."""
