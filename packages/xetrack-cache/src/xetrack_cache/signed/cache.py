"""The base class of caches that store results as signed bytes."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from xetrack.assets.signing import trusting
from xetrack.errors import CacheError, MissingPackageError, UntrustedPickleError, report
from xetrack.interfaces.cache import Cache, CacheEntry
from xetrack.interfaces.engines.capabilities import ListsResults, StoredResult
from xetrack_cache.keys.why import function_name_in
from xetrack_cache.signed import codecs
from xetrack_cache.signed.compute_lock import hold_compute_lock
from xetrack_cache.signed.entries import (
    DamagedError,
    SignatureCache,
    UnpackedEntry,
    head_size,
    pack_entry,
    unpack_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

FIRST = 4_096
"""Bytes that are asked for where only the head of an entry is wanted; few heads are longer."""

NOT_OURS = "not signed by you"
"""State of an entry that no call is answered from."""

_ATOMS = {type(None), bool, int, float, str}
"""Types of results that nobody can change, of which one object serves all who read an entry."""

_MOST, _LONGEST = 1_000, 4_096
"""Entries of such results that are remembered, and their bytes."""


class SignedCache(Cache, ListsResults):
    """A cache of entries that are bytes, with a signature of the user who stored them.

    What is left to a class that extends it: `fetch`, `fetch_head`, `store`, `acquire` and
    `release`; `keys`, `delete_run` and `close` of `Cache`; `exists`, `iter_results`, `remove`,
    `clear` and `size` of `ListsResults`. All may be called from any thread. Results that are no
    plain values are pickled by cloudpickle, on which its distribution depends.
    """

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        super().__init__(location, size_limit)
        self._reported: set[str] = set()
        self._signed = SignatureCache()
        self._answers: dict[str, tuple[bytes, CacheEntry]] = {}

    @abstractmethod
    def fetch(self, key: str) -> bytes | None:
        """Read an entry.

        Parameters
        ----------
        key
            The key of a call.

        Returns
        -------
        bytes or None
            None when there is no entry.

        Raises
        ------
        DamagedError
            It is there, but cannot be read.
        CacheError
            Nothing can be read.
        """

    @abstractmethod
    def fetch_head(self, key: str, size: int) -> bytes | None:
        """Read the first bytes of an entry.

        Parameters
        ----------
        key
            The key of a call.
        size
            How many, at most.

        Returns
        -------
        bytes or None
            None when there is no entry.

        Raises
        ------
        DamagedError
            It is there, but cannot be read.
        CacheError
            Nothing can be read.
        """

    @abstractmethod
    def store(self, key: str, entry: bytes, track_id: str) -> None:
        """Store an entry in place of any other of its key, and remove what `size_limit` asks for.

        Parameters
        ----------
        key
            The key of a call.
        entry
            Its bytes.
        track_id
            The run that computed the result.

        Raises
        ------
        XetrackError
            It cannot be stored.
        """

    @abstractmethod
    def acquire(self, key: str, *, wait: bool) -> object | None:
        """Acquire the compute lock of a key; see `compute_lock`.

        Parameters
        ----------
        key
            The key of a call.
        wait
            Wait while another thread or process has it.

        Returns
        -------
        object or None
            What `release` needs; None when the lock is taken and it is not to `wait`.
        """

    @abstractmethod
    def release(self, key: str, lock: Any) -> None:
        """Release the compute lock of a key.

        **Forks**: in a forked child, which has no lock, do nothing.

        **Interrupts**: after one it is called again, and does what is left to do.

        Parameters
        ----------
        key
            The key of a call.
        lock
            What `acquire` returned.
        """

    def get(self, key: str) -> CacheEntry | None:
        """Return an entry that can be trusted; see `Cache.get`."""
        try:
            entry = self.fetch(key)
            if entry is None:
                return None
            known, answer = self._answers.get(key, _UNREAD)
            return self._answer(key, entry) if answer is None or known != entry else answer
        except DamagedError as damage:
            if key not in self._reported:
                self._reported.add(key)
                report(f"A result in the cache {self.location!r} is not used: {damage}.")
            return None

    def put(self, key: str, entry: CacheEntry) -> None:
        """Store an entry in place of any other of its key; see `Cache.put`."""
        try:
            codec, data = codecs.encode_result(entry.result)
        except MissingPackageError:
            raise
        except Exception as error:
            error_text = f"{type(error).__name__}: {error}"
            reason = f"a {type(entry.result).__name__} cannot be pickled ({error_text})"
            raise CacheError(self.location, reason) from error
        value = pack_entry(
            key, codec, data, entry.track_id, entry.material, entry.assets, entry.time
        )
        del data  # it may be large
        self.store(key, value, entry.track_id)
        self._reported.discard(key)

    def compute_lock(self, key: str, *, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the compute lock of a key; see `Cache.compute_lock`."""
        acquire, release = partial(self.acquire, key, wait=wait), partial(self.release, key)
        return hold_compute_lock((self.location, key), acquire, release)

    def material(self, key: str) -> bytes | None:
        """Return the material of a signed entry without its result; see `Cache.material`."""
        with suppress(DamagedError):
            head = self.fetch_head(key, FIRST)
            if head is not None:
                return self._trusted(key, self._whole(key, head)).material
        return None

    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:
        """Return an entry for someone who looks into the cache; see `Cache.read`."""
        try:
            stored = self.fetch(key) if isinstance(key, str) else None
            return None if stored is None else self.load_entry(key, stored, trust=trust)
        except DamagedError as damage:
            self.exclude(damage)
            return None

    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:
        """Yield all entries, the oldest first; see `Cache.scan`."""
        for key in self.keys(""):
            entry = self.read(key, trust=trust)
            if entry is not None:
                yield key, entry

    def load_entry(self, key: str, stored: bytes, *, trust: bool | None) -> CacheEntry:
        """Load an entry for someone who looks into the cache.

        Parameters
        ----------
        key
            The key of a call.
        stored
            Its bytes.
        trust
            Unpickle also what this user did not sign; by default as ``XETRACK_TRUST`` has it.

        Returns
        -------
        CacheEntry
            The result, the run and the material.

        Raises
        ------
        DamagedError
            The bytes are no entry of this key.
        UntrustedPickleError
            The result is a pickle that this user did not store.
        """
        unpacked = unpack_entry(key, stored)
        unpacked.verify()
        if unpacked.codec == codecs.PICKLE and not (unpacked.signed or trusting(trust)):
            raise UntrustedPickleError(f"A result in the cache {self.location!r}")
        return _to_entry(unpacked)

    def exclude(self, damage: DamagedError) -> None:
        """Warn of a damaged entry that is left out of what a user reads.

        Parameters
        ----------
        damage
            What is wrong with the entry.
        """
        report(f"A result in the cache {self.location!r} is left out: {damage}.")

    def describe_entry(
        self, handle: object, key: str, seconds: float, size: int, track_id: str, head: bytes
    ) -> StoredResult:
        """Describe an entry for `iter_results`, by its first bytes.

        Parameters
        ----------
        handle, key, seconds
            See `StoredResult`.
        size, track_id
            Bytes of the entry and the run that stored it, told of where its head cannot be read.
        head
            Its first bytes; more are asked for where they do not do.

        Returns
        -------
        StoredResult
            The result, with the function's name where the head can be read.
        """
        try:
            unpacked = unpack_entry(key, self._whole(key, head))
        except DamagedError as damage:
            return StoredResult(handle, key, seconds, size, "", track_id, str(damage))
        return StoredResult(
            handle,
            key,
            seconds if unpacked.time is None else unpacked.time,
            unpacked.size,
            function=function_name_in(unpacked.material),
            track_id=unpacked.track_id,
            state="" if unpacked.signed else NOT_OURS,
            material=unpacked.material,
        )

    def _answer(self, key: str, entry: bytes) -> CacheEntry:
        """Load an entry that can be trusted, and remember it if nobody can change its result."""
        unpacked = self._trusted(key, entry)
        unpacked.verify()
        answer = _to_entry(unpacked)
        if unpacked.signed and len(entry) <= _LONGEST and type(answer.result) in _ATOMS:
            if len(self._answers) >= _MOST:
                self._answers.clear()
            self._answers[key] = entry, answer
        return answer

    def _whole(self, key: str, head: bytes) -> bytes:
        """Return all of an entry's head, of which this is the beginning."""
        size = head_size(head)
        if size <= len(head):
            return head
        return self.fetch_head(key, size) or head

    def _trusted(self, key: str, stored: bytes) -> UnpackedEntry:
        """Unpack an entry that this user signed, or of somebody whom the user trusts."""
        unpacked = unpack_entry(key, stored, self._signed)
        if not unpacked.signed and not trusting():
            raise DamagedError("it does not carry your signature: somebody else may have stored it")
        return unpacked


_UNREAD: tuple[bytes, None] = (b"", None)


def _to_entry(unpacked: UnpackedEntry) -> CacheEntry:
    try:
        result = codecs.decode_result(unpacked.codec, unpacked.data)
    except Exception as error:  # noqa: BLE001 - a class may be gone, and loading may raise anything
        raise DamagedError(f"it cannot be loaded ({type(error).__name__}: {error})") from None
    return CacheEntry(
        result=result,
        track_id=unpacked.track_id,
        material=unpacked.material,
        assets=unpacked.assets,
        time=unpacked.time,
    )
