"""Calls of the four methods of a `xetrack.assets.blobs.store.BlobStore`, with typed errors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from xetrack.errors import AssetStoreError, XetrackError
from xetrack.model.locations import shown_error, shown_location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from xetrack.interfaces.codecs import Pieces

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob, as a listing describes it."""

    name: str
    """The whole name."""
    size: int
    """Its length, in bytes."""
    time: float
    """When it was stored, in seconds since 1970, by the clock of what stores it."""

    @property
    def last_part(self) -> str:
        """The part of the name behind the last ``/``."""
        return self.name.rpartition("/")[2]


class _Blobs(Protocol):
    location: str

    @property
    def at_once(self) -> int: ...
    def put(self, name: str, pieces: Pieces) -> bool: ...
    def get(self, name: str, write: Callable[[bytes], object]) -> bool: ...
    def blobs(self, prefix: str) -> Iterable[Blob]: ...
    def remove(self, name: str) -> None: ...


class CheckedBlobs:
    """The blobs of a store.

    Whatever the store raises becomes an `AssetStoreError`; what pieces and writers raise goes on as
    it is.

    Parameters
    ----------
    store
        Has the four methods.
    """

    def __init__(self, store: _Blobs) -> None:
        self._store = store

    def put(self, name: str, pieces: Iterable[Any]) -> int:
        """Store a blob, and return its length.

        Parameters
        ----------
        name
            A name that `BlobStore.put` allows; a blob of this name is left as it is.
        pieces
            The bytes, in pieces of any size.

        Returns
        -------
        int
            Length of the pieces that were read, in bytes.
        """
        counted = _Pieces(pieces)
        with self._errors("Writing to", counted):
            self._store.put(name, counted)
        return counted.size

    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Pass a blob to a function; return False if there is none of this name.

        Parameters
        ----------
        name
            The whole name.
        write
            Called with each piece.
        """
        writer = _Writer(write)
        with self._errors("Reading", writer):
            return self._store.get(name, writer)

    def read(self, name: str) -> bytes | None:
        """Return a small blob; None if there is none of this name.

        Parameters
        ----------
        name
            The whole name.
        """
        data = bytearray()
        return bytes(data) if self.get(name, data.extend) else None

    def listed(self, prefix: str) -> list[Blob]:
        """Return the blobs below a prefix, by their names.

        Parameters
        ----------
        prefix
            Whole parts of a name: it ends with ``/``.
        """
        with self._errors("Listing", None):
            return sorted(self._store.blobs(prefix), key=lambda blob: blob.name)

    def remove(self, name: str) -> None:
        """Remove a blob.

        Parameters
        ----------
        name
            The whole name; nothing is done where no blob has it.
        """
        with self._errors("Removing from", None):
            self._store.remove(name)

    def each(self, function: Callable[[S], T], items: Iterable[S]) -> list[T]:
        """Call a function for each of many items, several at a time where that is quicker.

        Parameters
        ----------
        function
            Called with one item; it may be called in other threads.
        items
            What it is called for.

        Returns
        -------
        list
            What the function returned, in the order of the items.
        """
        items = [*items]
        workers = min(self._store.at_once, len(items))
        if workers <= 1:
            return [*map(function, items)]
        with ThreadPoolExecutor(workers) as pool:
            return [*pool.map(function, items)]

    @contextmanager
    def _errors(self, doing: str, caller: _Pieces | _Writer | None) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if caller is not None and caller.error is not None:
                raise caller.error from None
            if isinstance(error, XetrackError):
                raise
            location = shown_location(self._store.location)
            raise AssetStoreError(location, doing, shown_error(error)) from error


class _Pieces:
    """Pieces that are counted, and remember what they raised; iterated once."""

    def __init__(self, pieces: Iterable[Any]) -> None:
        self._pieces = pieces
        self.size = 0
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[Any]:
        self.size = 0
        try:
            for piece in self._pieces:
                view = memoryview(piece).cast("B")
                self.size += len(view)
                yield view
        except GeneratorExit:
            raise
        except BaseException as error:
            self.error = error
            raise


class _Writer:
    """A function that remembers what it raised."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.error: BaseException | None = None

    def __call__(self, piece: bytes) -> None:
        try:
            self._write(piece)
        except BaseException as error:
            self.error = error
            raise
