"""The cache in a folder: diskcache stores, and a signature tells what of it is believed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import DBNAME  # type: ignore[import-untyped]

from xetrack.errors import CacheError, UntrustedPickleError, report
from xetrack.interfaces.cache import Cache, CacheEntry
from xetrack.trust import trusting
from xetrack_cache import codecs, old
from xetrack_cache.disk import BytesDisk
from xetrack_cache.entries import DamagedError, Opened, Signed, opened, packed
from xetrack_cache.folder import BUSY, Folder
from xetrack_cache.leases import lease
from xetrack_cache.private import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from xetrack_cache.folder import Stored

LOG_LIMIT = 16 << 20
"""Bytes that SQLite's log may have before it is copied into the database."""

_SETTINGS = {
    "sqlite_mmap_size": 0,  # what is mapped, a stray pointer of anybody's can change
    "sqlite_wal_autocheckpoint": 0,  # see `Folder.checkpoint`
    "tag_index": 1,  # a run is found by its tag
}


class DiskCache(Cache):
    """Results of calls in a folder."""

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        super().__init__(os.path.expanduser(location), size_limit)  # noqa: PTH111 - a text it stays
        self._folder = Folder(self.location)
        self._writer: diskcache.Cache | None = None
        self._told: set[str] = set()
        self._signed = Signed()

    def get(self, key: str) -> CacheEntry | None:
        """Return the entry, or None when there is none that can be trusted."""
        try:
            stored = self._folder.entry(key)
            if stored is None:
                return None
            found = self._trusted(key, stored)
            found.verify()
            return _entry(found, _result(found))
        except sqlite3.Error as error:
            raise CacheError(self.location, str(error)) from error
        except DamagedError as damage:
            if key not in self._told:
                self._told.add(key)
                report(f"A result in the cache {self.location!r} is not used: {damage}.")
            return None

    def put(self, key: str, entry: CacheEntry) -> None:
        """Keep an entry under a key in place of any other; see `Cache.put`."""
        try:
            codec, data = codecs.dumped(entry.result)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            reason = f"a {type(entry.result).__name__} cannot be pickled ({said})"
            raise CacheError(self.location, reason) from error
        value = packed(key, codec, data, entry.track_id, entry.material)
        try:
            self._store(key, value, entry.track_id)
            self._told.discard(key)
        except (OSError, sqlite3.Error, diskcache.Timeout) as error:
            reason = str(error) or "another process keeps it locked"
            raise CacheError(self.location, reason) from error

    def _store(self, key: str, value: bytes, tag: str) -> None:
        folder = self._folder
        with folder.lock:  # no fork in between, which would inherit the connection
            if self._writer is None or folder.connection() is None:
                self._writer = self._opened()
            disk = self._writer.disk
            try:
                self._writer.set(key, value, tag=tag)
            except BaseException:
                if disk.written is not None:  # no row names it
                    disk.written.unlink(missing_ok=True)
                raise
            finally:
                self._writer.close()
            folder.connection()  # whoever closes the last one has to empty the log
            folder.checkpoint(LOG_LIMIT)

    def _opened(self) -> diskcache.Cache:
        """Open the folder for writing; only this user may look into one that is made here."""
        path = Path(self.location)
        make_folder(path)
        os.close(os.open(path / DBNAME, os.O_RDWR | os.O_CREAT, 0o600))
        limit = self.size_limit
        policy = "none" if limit is None else "least-recently-stored"
        size = {} if limit is None else {"size_limit": limit}
        return diskcache.Cache(
            self.location, BUSY, BytesDisk, eviction_policy=policy, **_SETTINGS, **size
        )

    def computing(self, key: str, *, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the right to compute a key; see `Cache.computing`."""
        return lease(Path(self.location, "computing"), key, wait=wait)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a text, the oldest first."""
        return self._folder.keys(prefix)

    def material(self, key: str) -> bytes | None:
        """Return the material of an entry that can be trusted, without loading its result."""
        for stored in self._folder.rows(key):
            for beginning in (True, False):  # the beginning is nearly always enough
                with suppress(DamagedError):
                    data = self._folder.bytes_of(stored, beginning=beginning)
                    return self._trusted(key, data).material
        return None

    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:
        """Return an entry for someone who looks into the cache; see `Cache.read`."""
        name = key if isinstance(key, str) else old.key_bytes(key)
        for stored in self._folder.rows(name):
            try:
                return self._read(stored, trusting(trust))[1]
            except DamagedError as damage:
                report(f"A result in the cache {self.location!r} is left out: {damage}.")
        if isinstance(key, str) or not trusting(trust):
            return None
        # Pickles of equal keys may differ.
        return next((entry for one, entry in self.scan(trust=trust) if one == key), None)

    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:
        """Go through all entries, the oldest first; see `Cache.scan`."""
        for stored in self._folder.rows():
            try:
                yield self._read(stored, trusting(trust))
            except DamagedError as damage:
                report(f"A result in the cache {self.location!r} is left out: {damage}.")

    def _read(self, stored: Stored, trust: bool) -> tuple[Any, CacheEntry]:
        what = f"A result in the cache {self.location!r}"
        data = self._folder.bytes_of(stored)
        if stored.is_old:
            if not trust:
                raise UntrustedPickleError(what)
            key = stored.key if stored.raw else old.loaded(stored.key)
            result, run = old.result_of(old.loaded(data))
            return key, CacheEntry(result=result, track_id=run, material=b"")
        found = opened(stored.key, data)
        found.verify()
        if found.codec == codecs.PICKLE and not (found.signed or trust):
            raise UntrustedPickleError(what)
        return stored.key, _entry(found, _result(found))

    def _trusted(self, key: str, stored: bytes) -> Opened:
        """Take an entry apart that this user stored, or whom the user trusts."""
        found = opened(key, stored, self._signed)
        if not found.signed and not trusting():
            raise DamagedError("it does not carry your signature: somebody else may have stored it")
        return found

    def delete_run(self, track_id: str) -> int:
        """Remove the entries that a run computed, and return how many that were."""
        rows = [row for row in self._folder.rows() if self.run_of(row) == track_id]
        return self._folder.delete(rows)

    def run_of(self, stored: Stored) -> str:
        """Return the run that computed an entry, without loading anything."""
        if not stored.is_old:
            return stored.tag or ""
        try:
            return old.run_of(self._folder.bytes_of(stored))
        except DamagedError:
            return ""

    def close(self) -> None:
        """Give back every resource; a later use opens again."""
        self._folder.close()


def _result(found: Opened) -> Any:
    try:
        return codecs.loaded(found.codec, found.data)
    except Exception as error:  # noqa: BLE001 - a class may be gone, and loading may raise anything
        raise DamagedError(f"it cannot be loaded ({type(error).__name__}: {error})") from None


def _entry(found: Opened, result: Any) -> CacheEntry:
    return CacheEntry(result=result, track_id=found.track_id, material=found.material)
