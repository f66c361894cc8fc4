"""The cache backend: keeps results of calls between processes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


@frozen(kw_only=True)
class CacheEntry:
    """One result."""

    result: Any
    """What the call returned."""
    track_id: str
    """The run that computed it."""
    material: bytes
    """What the key was made from; compared on a hit, so that a digest is never trusted alone."""


class Cache(ABC):
    """A store of results by key, shared by threads and processes.

    A tracker makes it once, when it is built with ``cache=...``. A key is a text of hexadecimal
    digits that core made; equal keys from any process name one entry. What is damaged, foreign
    or missing is a miss, never a wrong value.
    """

    def __init__(self, location: str) -> None:
        """Open the cache at a folder or URL; the folder is made by the first `put`."""
        self.location = location

    @abstractmethod
    def get(self, key: str) -> CacheEntry | None:
        """Return the entry, or None when there is none that can be trusted."""

    @abstractmethod
    def put(self, key: str, entry: CacheEntry) -> None:
        """Keep an entry under a key in place of any other; whole or not at all.

        Raises
        ------
        XetrackError
            The result cannot be kept. The caller warns and returns the result all the same.
        """

    @abstractmethod
    def computing(self, key: str) -> AbstractContextManager[None]:
        """Hold the right to compute a key; others who ask for it wait until it is given back.

        The right of a process that died passes on within seconds. The holder looks with `get`
        again after waiting.
        """

    @abstractmethod
    def scan(self) -> Iterator[tuple[str, CacheEntry]]:
        """Go through all entries that can be trusted, in no order."""

    @abstractmethod
    def delete_run(self, track_id: str) -> int:
        """Remove the entries that a run computed, and return how many that were."""

    @abstractmethod
    def close(self) -> None:
        """Give back every resource; a second ``close`` does nothing."""
