"""The cache in a folder: diskcache stores, and a signature decides what is believed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import DBNAME  # type: ignore[import-untyped]

from xetrack.assets.signing import trusting
from xetrack.errors import CacheError, DamagedCacheError, UntrustedPickleError
from xetrack.interfaces.cache import CacheEntry
from xetrack.interfaces.engines.capabilities import StoredResult
from xetrack.process.paths import absolute
from xetrack_cache.folder_cache import legacy_entries, lock_files
from xetrack_cache.folder_cache.bytes_disk import BytesDisk
from xetrack_cache.folder_cache.known_contents import check_journal, check_settings, known_tables
from xetrack_cache.folder_cache.private_files import make_private_folder
from xetrack_cache.folder_cache.stored_rows import BUSY, CacheFolder
from xetrack_cache.signed.cache import NOT_OURS, SignedCache
from xetrack_cache.signed.entries import DamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import FileIO

    from xetrack_cache.folder_cache.stored_rows import StoredRow

LOG_LIMIT = 16 << 20
"""Bytes that SQLite's log may have before it is copied into the database."""

LARGE = 128 << 20
"""Bytes of an entry that is read only if this user stored it: what others put there has bounds."""

LOCKS = "computing"
"""The folder of lock files, in that of the cache."""

_SETTINGS = {
    "sqlite_mmap_size": 0,  # what is mapped, a stray pointer of anybody's can change
    "sqlite_wal_autocheckpoint": 0,  # see `Folder.checkpoint`
    "tag_index": 1,  # a run is found by its tag
}


class DiskCache(SignedCache):
    """A cache of results of calls in a folder; see `Cache`."""

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        super().__init__(absolute(location), size_limit)
        self._folder = CacheFolder(self.location)
        self._writer: diskcache.Cache | None = None

    def fetch(self, key: str) -> bytes | None:
        """Read an entry; see `SignedCache.fetch`."""
        try:
            entry = self._folder.entry(key, LARGE)
            if entry is None or len(entry) < LARGE:
                return entry
            self._trusted(key, self._whole(key, entry))
            return self._folder.entry(key)
        except sqlite3.Error as error:
            raise CacheError(self.location, str(error)) from error

    def fetch_head(self, key: str, size: int) -> bytes | None:
        """Read the first bytes of an entry; see `SignedCache.fetch_head`."""
        try:
            return self._folder.entry(key, size)
        except sqlite3.Error as error:
            raise CacheError(self.location, str(error)) from error

    def store(self, key: str, entry: bytes, track_id: str) -> None:
        """Store an entry; see `SignedCache.store`."""
        try:
            self._store(key, entry, track_id)
        except CacheError:
            raise
        except (OSError, sqlite3.Error, diskcache.Timeout) as error:
            reason = str(error) or "another process keeps it locked"
            raise CacheError(self.location, reason) from error

    def _store(self, key: str, value: bytes, tag: str) -> None:
        folder = self._folder
        with folder.changing():  # no fork in between, which would inherit the connection
            connection, writer = self._writable(), self._writer
            if writer is None or connection is None:
                writer = self._writer = self._open_writer()
            try:
                writer.set(key, value, tag=tag)
                writer.close()
            except BaseException:
                self._writer = None  # it may believe that it is within a transaction
                writer.close()
                self._drop_file(writer.disk)
                raise
            folder.connection()  # whoever closes the last one has to empty the log
            folder.checkpoint(LOG_LIMIT)

    def _writable(self) -> sqlite3.Connection | None:
        """Return the open connection, if there is nothing that diskcache would obey.

        Somebody else may change the database between two times that diskcache opens it.
        """
        connection = self._folder.connection()
        check_journal(str(Path(self.location, DBNAME)), self.location)
        if connection is not None:
            known_tables(connection, self.location)
            check_settings(connection, self.location)
        return connection

    def _drop_file(self, disk: BytesDisk) -> None:
        """Remove the file of a value that was not stored."""
        file = disk.written
        with suppress(OSError, sqlite3.Error):  # a file that is left behind does no harm
            if file is not None and not self._folder.has_file("/".join(file.parts[-3:])):
                file.unlink(missing_ok=True)

    def _open_writer(self) -> diskcache.Cache:
        """Open the folder for writing; only this user may look into one that is made here."""
        path = Path(self.location)
        make_private_folder(path)
        os.close(os.open(path / DBNAME, os.O_RDWR | os.O_CREAT, 0o600))
        if os.path.getsize(path / DBNAME) == 1:  # noqa: PTH202 - see CacheFolder.connection
            raise sqlite3.DatabaseError(f"{DBNAME} is no database")
        limit = self.size_limit
        policy = "none" if limit is None else "least-recently-stored"
        size = {} if limit is None else {"size_limit": limit}
        return diskcache.Cache(
            self.location, BUSY, BytesDisk, eviction_policy=policy, **_SETTINGS, **size
        )

    def acquire(self, key: str, *, wait: bool) -> FileIO | None:
        """Lock the file of a key; see `SignedCache.acquire`."""
        try:
            return lock_files.lock_file(Path(self.location, LOCKS, key), wait=wait)
        except OSError as error:
            raise CacheError(self.location, error.strerror or str(error)) from error

    def release(self, key: str, lock: FileIO) -> None:
        """Unlock the file of a key; see `SignedCache.release`."""
        lock_files.unlock_file(Path(self.location, LOCKS, key), lock)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a text, the oldest first; see `Cache.keys`."""
        with self._readable():
            return self._folder.keys(prefix)

    def read(self, key: Any, *, trust: bool | None = None) -> CacheEntry | None:
        """Return an entry for someone who looks into the cache; see `Cache.read`."""
        name = key if isinstance(key, str) else legacy_entries.key_bytes(key)
        with self._readable():
            for stored in self._folder.rows(name):
                try:
                    return self._read(stored, trust)[1]
                except DamagedError as damage:
                    self.exclude(damage)
        if isinstance(key, str) or not trusting(trust):
            return None
        # Pickles of equal keys may differ.
        return next((entry for other, entry in self.scan(trust=trust) if other == key), None)

    def scan(self, *, trust: bool | None = None) -> Iterator[tuple[Any, CacheEntry]]:
        """Yield all entries, the oldest first; see `Cache.scan`."""
        with self._readable():
            for stored in self._folder.rows():
                try:
                    yield self._read(stored, trust)
                except DamagedError as damage:
                    self.exclude(damage)

    def _read(self, stored: StoredRow, trust: bool | None) -> tuple[Any, CacheEntry]:
        if not stored.is_old:
            if not isinstance(stored.key, str):
                raise DamagedError("its key is no text")
            if stored.size >= LARGE and not trusting(trust):
                head = self._folder.bytes_of(stored, beginning=True)
                self._trusted(stored.key, self._whole(stored.key, head))
            data = self._folder.bytes_of(stored)
            return stored.key, self.load_entry(stored.key, data, trust=trust)
        if not trusting(trust):
            raise UntrustedPickleError(f"A result in the cache {self.location!r}")
        data = self._folder.bytes_of(stored)
        key = stored.key if stored.raw else legacy_entries.load_pickle(stored.key)
        result, run = legacy_entries.result_of(legacy_entries.load_pickle(data))
        return key, CacheEntry(result=result, track_id=run, material=b"")

    def delete_run(self, track_id: str) -> int:
        """Remove and count the entries that a run computed; see `Cache.delete_run`."""
        with self._readable():
            rows = [row for row in self._folder.rows() if self._run_of(row) == track_id]
            return self._folder.delete(rows)

    def _run_of(self, stored: StoredRow) -> str:
        if not stored.is_old:
            return stored.tag or ""
        try:
            return legacy_entries.run_of(self._legacy_bytes(stored))
        except DamagedError:
            return ""

    def _legacy_bytes(self, stored: StoredRow) -> bytes:
        if stored.size >= LARGE:
            raise DamagedError("it is too large to look into")
        return self._folder.bytes_of(stored)

    def exists(self) -> bool:
        """Return True if the folder has a database; see `ListsResults.exists`."""
        return Path(self.location, DBNAME).is_file()

    def iter_results(self) -> Iterator[StoredResult]:
        """Yield all results, the oldest first; see `ListsResults.iter_results`."""
        with self._readable():
            for stored in self._folder.rows():
                yield self._described(stored)

    def _described(self, stored: StoredRow) -> StoredResult:
        key, run = stored.key if isinstance(stored.key, str) else "", stored.tag or ""
        try:
            data = (
                self._legacy_bytes(stored)
                if stored.is_old
                else self._folder.bytes_of(stored, beginning=True)
            )
        except DamagedError as damage:
            return StoredResult(stored, key, stored.time, stored.size, "", run, str(damage))
        if not stored.is_old:
            return self.describe_entry(stored, key, stored.time, stored.size, run, data)
        function = "" if stored.raw else legacy_entries.function_of(stored.key)
        run, state = legacy_entries.run_of(data), f"of 0.7, {NOT_OURS}"
        return StoredResult(stored, "", stored.time, len(data), function, run, state)

    def remove(self, results: Sequence[StoredResult]) -> int:
        """Remove results and their files; see `ListsResults.remove`."""
        with self._readable():
            return self._folder.delete([result.handle for result in results])

    def clear(self) -> int:
        """Remove all results, and a database that is unreadable; see `ListsResults.clear`."""
        number = 0
        try:
            with self._readable(), self._folder.lock:
                number = self._folder.delete([*self._folder.rows()])
                self._writable()  # or nothing could be stored here later
        except DamagedCacheError:
            self.close()
            for path in Path(self.location).glob(f"{DBNAME}*"):
                path.unlink()
        shutil.rmtree(Path(self.location, LOCKS), ignore_errors=True)
        return number

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DamagedCacheError(self.location, str(error)) from error

    def size(self) -> int:
        """Return the bytes of all files but SQLite's temporary ones; see `ListsResults.size`."""
        self.close()
        paths = Path(self.location).rglob("*")
        return sum(path.stat().st_size for path in paths if path.is_file())

    def close(self) -> None:
        """Release every resource; a later use opens again."""
        self._folder.close()
