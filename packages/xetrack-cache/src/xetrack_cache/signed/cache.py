"""A cache as far as it does not matter where the bytes are kept."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from xetrack.assets.signing import trusting
from xetrack.errors import CacheError, MissingPackageError, UntrustedPickleError, report
from xetrack.interfaces.cache import Cache, CacheEntry
from xetrack.interfaces.capabilities import ListsResults, StoredResult
from xetrack_cache.keys.why import function_in
from xetrack_cache.signed import codecs
from xetrack_cache.signed.compute_lock import right
from xetrack_cache.signed.entries import DamagedError, Opened, Signed, head_size, opened, packed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

FIRST = 4_096
"""Bytes that are asked for where only the head of an entry is wanted; few heads are longer."""

NOT_OURS = "not signed by you"
"""State of an entry that no call is answered from."""


class SealedCache(Cache, ListsResults):
    """A cache of entries that are bytes, with a signature of the user who stored them.

    What is left to a class that extends it: `fetch`, `beginning`, `store`, `acquire` and
    `release`; `keys`, `delete_run` and `close` of `Cache`; `exists`, `listed`, `remove`, `clear`
    and `size` of `ListsResults`. All may be called from any thread. Results that are no plain
    values are pickled by cloudpickle, on which its distribution depends.
    """

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        super().__init__(location, size_limit)
        self._told: set[str] = set()
        self._signed = Signed()

    @abstractmethod
    def fetch(self, key: str) -> bytes | None:
        """Return the entry that is stored under a key; None without any.

        Raises
        ------
        DamagedError
            It is there, but cannot be read.
        CacheError
            Nothing can be read.
        """

    @abstractmethod
    def beginning(self, key: str, size: int) -> bytes | None:
        """Return the first bytes of an entry, at most so many; otherwise as `fetch`."""

    @abstractmethod
    def store(self, key: str, entry: bytes, track_id: str) -> None:
        """Keep an entry in place of any other of its key, and remove what `size_limit` asks for.

        Raises
        ------
        XetrackError
            It cannot be kept.
        """

    @abstractmethod
    def acquire(self, key: str, *, wait: bool) -> object | None:
        """Take the right to compute a key, and return what `release` needs; see `computing`.

        Returns
        -------
        object or None
            None when another thread or process has it, and it is not to `wait`.
        """

    @abstractmethod
    def release(self, key: str, held: Any) -> None:
        """Give back the right to compute a key. In a forked child, which has none, do nothing.

        After an interrupt it is called again, and does what is left to do.
        """

    def get(self, key: str) -> CacheEntry | None:
        """Return the entry, or None when there is none that can be trusted."""
        try:
            stored = self.fetch(key)
            if stored is None:
                return None
            found = self._trusted(key, stored)
            found.verify()
            return _entry(found)
        except DamagedError as damage:
            if key not in self._told:
                self._told.add(key)
                report(f"A result in the cache {self.location!r} is not used: {damage}.")
            return None

    def put(self, key: str, entry: CacheEntry) -> None:
        """Keep an entry under a key in place of any other; see `Cache.put`."""
        try:
            codec, data = codecs.dumped(entry.result)
        except MissingPackageError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            reason = f"a {type(entry.result).__name__} cannot be pickled ({said})"
            raise CacheError(self.location, reason) from error
        value = packed(key, codec, data, entry.track_id, entry.material)
        del data  # it may be large
        self.store(key, value, entry.track_id)
        self._told.discard(key)

    def computing(self, key: str, *, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the right to compute a key; see `Cache.computing`."""
        take, leave = partial(self.acquire, key, wait=wait), partial(self.release, key)
        return right((self.location, key), take, leave)

    def material(self, key: str) -> bytes | None:
        """Return the material of an entry that can be trusted, without loading its result."""
        with suppress(DamagedError):
            head = self.beginning(key, FIRST)
            if head is not None:
                return self._trusted(key, self._whole(key, head)).material
        return None

    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:
        """Return an entry for someone who looks into the cache; see `Cache.read`."""
        try:
            stored = self.fetch(key) if isinstance(key, str) else None
            return None if stored is None else self.loaded(key, stored, trust=trust)
        except DamagedError as damage:
            self.leave_out(damage)
            return None

    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:
        """Go through all entries, the oldest first; see `Cache.scan`."""
        for key in self.keys(""):
            entry = self.read(key, trust=trust)
            if entry is not None:
                yield key, entry

    def loaded(self, key: str, stored: bytes, *, trust: bool | None) -> CacheEntry:
        """Return what bytes stand for, to someone who looks into the cache.

        Raises
        ------
        DamagedError
            They are no entry of this key.
        UntrustedPickleError
            It is a pickle that this user did not store.
        """
        found = opened(key, stored)
        found.verify()
        if found.codec == codecs.PICKLE and not (found.signed or trusting(trust)):
            raise UntrustedPickleError(f"A result in the cache {self.location!r}")
        return _entry(found)

    def leave_out(self, damage: DamagedError) -> None:
        """Warn of an entry that someone who looks into the cache is not shown."""
        report(f"A result in the cache {self.location!r} is left out: {damage}.")

    def described(
        self, handle: object, key: str, seconds: float, size: int, track_id: str, head: bytes
    ) -> StoredResult:
        """Describe an entry for `listed`, by its first bytes.

        Parameters
        ----------
        handle, key, seconds
            See `StoredResult`.
        size, track_id
            Bytes of the entry and the run that stored it, told of where its head cannot be read.
        head
            Its first bytes; more are asked for where they do not do.
        """
        try:
            found = opened(key, self._whole(key, head))
        except DamagedError as damage:
            return StoredResult(handle, key, seconds, size, "", track_id, str(damage))
        return StoredResult(
            handle,
            key,
            seconds,
            found.size,
            function=function_in(found.material),
            track_id=found.track_id,
            state="" if found.signed else NOT_OURS,
            material=found.material,
        )

    def _whole(self, key: str, head: bytes) -> bytes:
        """Return all of an entry's head, of which this is the beginning."""
        size = head_size(head)
        if size <= len(head):
            return head
        return self.beginning(key, size) or head

    def _trusted(self, key: str, stored: bytes) -> Opened:
        """Take an entry apart that this user stored, or whom the user trusts."""
        found = opened(key, stored, self._signed)
        if not found.signed and not trusting():
            raise DamagedError("it does not carry your signature: somebody else may have stored it")
        return found


def _entry(found: Opened) -> CacheEntry:
    try:
        result = codecs.loaded(found.codec, found.data)
    except Exception as error:  # noqa: BLE001 - a class may be gone, and loading may raise anything
        raise DamagedError(f"it cannot be loaded ({type(error).__name__}: {error})") from None
    return CacheEntry(result=result, track_id=found.track_id, material=found.material)
