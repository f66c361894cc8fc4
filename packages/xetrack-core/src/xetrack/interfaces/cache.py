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
    """What the call returned; a new object each time."""
    track_id: str
    """The run that computed it."""
    material: bytes
    """What the key was made from; compared on a hit, so that a digest is never trusted alone."""


class Cache(ABC):
    """A store of results by key, shared by threads and processes.

    A tracker makes it once, when it is built with ``cache=...``. A key is a text of hexadecimal
    digits and ``-`` that core made; equal keys from any process name one entry. What is damaged,
    foreign or missing is a miss, with a warning, and never a wrong value.
    """

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        """Open the cache at a folder or URL; the folder is made by the first `put`.

        Parameters
        ----------
        location
            Where it is.
        size_limit
            Bytes from which on results are removed, the oldest first; None keeps everything.
        """
        self.location = location
        self.size_limit = size_limit

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
    def computing(self, key: str, *, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the right to compute a key; others who ask for it wait until it is given back.

        The right of a process that died passes on within seconds. Whoever holds a key and asks
        for it again, in a call within the call, gets it at once. The holder looks with `get`
        again after waiting.

        Parameters
        ----------
        key
            What is to be computed.
        wait
            Wait for it. Otherwise the context tells whether the right is held, at once.
        """

    @abstractmethod
    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a text, the oldest first."""

    @abstractmethod
    def material(self, key: str) -> bytes | None:
        """Return the material of an entry that can be trusted, without loading its result."""

    @abstractmethod
    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:
        """Return an entry for someone who looks into the cache by hand; None when there is none.

        Parameters
        ----------
        key
            What `scan` gave as a key; keys of other forms are those of older versions.
        trust
            Load also what this user did not store; ``XETRACK_TRUST`` decides for None.

        Raises
        ------
        UntrustedPickleError
            It is a pickle that this user did not store.
        """

    @abstractmethod
    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:
        """Go through all entries, the oldest first; see `read`. Damaged ones are warned of."""

    @abstractmethod
    def delete_run(self, track_id: str) -> int:
        """Remove the entries that a run computed, and return how many that were."""

    @abstractmethod
    def close(self) -> None:
        """Give back every resource; a second ``close`` does nothing, a later use opens again."""
