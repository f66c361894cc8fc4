"""Reading the folder of a cache, by a connection of our own, which creates nothing.

diskcache writes when it opens a folder, and has a connection for each thread, which a fork would
inherit. So it only stores (see `DiskCache.put`), and its connection is closed each time.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen
from diskcache.core import DBNAME, MODE_PICKLE  # type: ignore[import-untyped]

from xetrack.errors import report
from xetrack.process.forks import protect
from xetrack.process.regular_files import read_regular
from xetrack_cache.folder_cache.bytes_disk import path_of, remove_file
from xetrack_cache.folder_cache.known_contents import check_journal, check_settings, known_tables
from xetrack_cache.signed.entries import DamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = 60.0
"""Seconds to wait for another process that writes."""

_COLUMNS = "rowid, key, raw, mode, filename, value, tag, store_time, size"
_HIT = "SELECT value, filename, size FROM Cache WHERE key = ? AND raw = 1"
_INTERVAL = 0.1
"""Seconds between two checks, in reading, that the database is still in its place."""

_LONGEST = 16 << 20
"""Bytes of a cell; whatever has more than 32 kB is in a file."""

_LAST = 253_370_764_800
"""Seconds of 1970 up to the year 9999, the last that Python has."""

_BEGINNING = 1 << 20
"""Bytes of a file that are read for the head of its entry; few have so much material."""


@frozen
class StoredRow:
    """One row of the cache's table."""

    number: int
    key: Any
    raw: bool
    """Whether the key is a text; otherwise a pickle, as xetrack 0.7 has it."""
    mode: int
    filename: str | None
    value: Any
    tag: str | None
    time: float
    """Seconds since 1970."""
    size: int

    @property
    def is_old(self) -> bool:
        """True if xetrack 0.7 stored it."""
        return not self.raw or self.mode == MODE_PICKLE


def _with_valid_cells(row: StoredRow) -> StoredRow:
    """Return a row with a valid time, size and run, as somebody else may have written it."""
    time, size, tag = (_as_stored(cell) for cell in (row.time, row.size, row.tag))
    return evolve(
        row,
        time=time if isinstance(time, int | float) and 0 <= time < _LAST else 0.0,
        size=size if isinstance(size, int) else 0,
        tag=tag if isinstance(tag, str) else None,
    )


def _as_stored(cell: Any) -> Any:
    """Return a cell of which the types above are not yet true."""
    return cell


class CacheFolder:
    """The database and the files of one cache.

    **Thread safety**: its methods may be called from any thread.

    **Forks**: the connection is closed before one.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock = threading.RLock()
        self._database = os.path.join(path, DBNAME)  # noqa: PTH118 - asked for at every hit
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._checked_at = 0.0
        self._is_lost = False
        self._changes = False
        protect(self)

    def before_fork(self) -> None:
        """Close the connection, which no child may inherit."""
        self.close()

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        with self.lock:
            connection, self._connection, self._file = self._connection, None, None
            if connection is not None:
                connection.close()

    def connection(self) -> sqlite3.Connection | None:
        """Return an open connection to the database.

        **Thread safety**: call it with `lock` held.

        Returns
        -------
        Connection or None
            None when there is no table yet.

        Raises
        ------
        sqlite3.Error
            The database cannot be opened.
        DamagedCacheError
            It has something that is none of diskcache's.
        """
        try:
            status = os.stat(self._database)  # noqa: PTH116 - at every hit
        except (FileNotFoundError, NotADirectoryError):
            self._disconnect(None)
            return None
        except OSError as error:
            raise sqlite3.OperationalError(str(error)) from error
        if not stat.S_ISREG(status.st_mode):  # SQLite would open a pipe or a device
            raise sqlite3.OperationalError(f"{DBNAME} is no regular file")
        if status.st_size == 1:  # SQLite would take it for empty, and write over it
            raise sqlite3.DatabaseError(f"{DBNAME} is no database")
        # Another database may be in its place: the folder was removed, and made again.
        file = status.st_ino, status.st_dev
        connection = self._connection  # a handler may close the cache at any line
        if connection is None or self._file != file:
            self._disconnect(file)
            connection = self._connect()
            self._connection, self._file = connection, file
        return connection

    def _disconnect(self, file: tuple[int, int] | None) -> None:
        """Close the connection, and warn once that another database, or none, is in its place."""
        before = self._file
        self.close()
        if before not in {None, file} and not self._is_lost:
            self._is_lost = True
            report(
                f"The cache {self.path!r} was removed or replaced while it was in use. Results "
                "that are not in it any more are computed again."
            )

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock for a change; a call within it, as of a signal handler, must do without.

        Raises
        ------
        sqlite3.OperationalError
            This thread is changing the folder already: it would wait for itself.
        """
        with self.lock:
            if self._changes:
                raise sqlite3.OperationalError("this thread is changing it at the moment")
            try:
                self._changes = True
                yield
            finally:
                try:
                    self._changes = False
                except BaseException:  # an interrupt at just that line
                    self._changes = False
                    raise

    def _connect(self) -> sqlite3.Connection | None:
        check_journal(self._database, self.path)
        connection = sqlite3.connect(
            self._database, timeout=BUSY, isolation_level=None, check_same_thread=False
        )
        try:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            for pragma in ("mmap_size = 0", "trusted_schema = OFF", "wal_autocheckpoint = 0"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            tables = known_tables(connection, self.path)
            if {"Cache", "Settings"} <= tables:
                return connection
            if "Settings" in tables:
                check_settings(connection, self.path)
        except BaseException:
            connection.close()
            raise
        connection.close()  # another process is about to make the table
        return None

    def _recent(self) -> sqlite3.Connection | None:
        """Return the connection; a folder that was removed is noticed after a moment only."""
        now, connection = monotonic(), self._connection
        if connection is None or now - self._checked_at > _INTERVAL:
            self._checked_at = now
            return self.connection()
        return connection

    def entry(self, key: str, size: int = -1) -> bytes | None:
        """Read the bytes that are stored under a key of this version.

        Parameters
        ----------
        key
            The key.
        size
            Bytes that are wanted, from the first on; all of them by default.

        Returns
        -------
        bytes or None
            None when there is no entry.

        Raises
        ------
        DamagedError
            The file that holds them is missing, or elsewhere.
        sqlite3.Error
            The database cannot be read.
        """
        with self.lock:
            connection = self._recent()
            if connection is None:
                return None
            # Fetched to the end, so that no lock stays behind.
            rows = connection.execute(_HIT, (key,)).fetchall()
        if not rows:
            return None
        ((value, filename, length),) = rows
        if filename is not None or type(value) is not bytes:
            return self.content(filename, length, size)
        return value if size < 0 else value[:size]

    def content(self, filename: object, size: object, length: int = -1) -> bytes:
        """Read the file of an entry.

        Parameters
        ----------
        filename
            What the database has for the file.
        size
            The bytes that it must have.
        length
            Bytes that are wanted, from the first on; all of them by default.

        Returns
        -------
        bytes
            The content.

        Raises
        ------
        DamagedError
            The file is missing, elsewhere, or of another size.
        """
        try:
            with read_regular(path_of(self.path, filename), follow=False) as file:
                there = os.fstat(file.fileno()).st_size
                if there != size:
                    raise DamagedError(f"its file has {there} bytes instead of {size}")
                return file.read(there if length < 0 else min(length, there))
        except OSError as error:
            raise DamagedError(f"its file cannot be read ({error.strerror})") from None

    def bytes_of(self, stored: StoredRow, *, beginning: bool = False) -> bytes:
        """Read the value of a row.

        Parameters
        ----------
        stored
            The row.
        beginning
            Read only so much as has the head of an entry.

        Returns
        -------
        bytes
            The value; empty where it is none of bytes.
        """
        if stored.filename is not None:
            return self.content(stored.filename, stored.size, _BEGINNING if beginning else -1)
        return stored.value if type(stored.value) is bytes else b""

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a text of digits, the oldest first.

        Parameters
        ----------
        prefix
            The first hexadecimal digits of the keys; an empty text for all.
        """
        after = prefix + "~"  # behind every digit and "-"
        sql = "SELECT key FROM Cache WHERE raw = 1 AND key >= ? AND key < ? ORDER BY rowid"
        return [key for (key,) in self._all(sql, (prefix, after))]

    def rows(self, key: str | bytes | None = None) -> Iterator[StoredRow]:
        """Read all rows, or those of one key, the oldest first.

        Parameters
        ----------
        key
            A key as the database has it, or None for all rows.

        Yields
        ------
        StoredRow
            A row of diskcache's table, without its value.
        """
        where, values = ("", ()) if key is None else ("WHERE key = ?", (key,))
        numbers = self._all(f"SELECT rowid FROM Cache {where} ORDER BY rowid", values)  # noqa: S608
        for (number,) in numbers:  # one by one: not all of them may fit into memory
            sql = f"SELECT {_COLUMNS} FROM Cache WHERE rowid = ?"  # noqa: S608
            for row in self._all(sql, (number,)):
                yield _with_valid_cells(StoredRow(*row))

    def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self.lock:
            connection = self.connection()
            if connection is None:
                return []
            return connection.execute(sql, values).fetchall()

    def delete(self, rows: list[StoredRow]) -> int:
        """Remove rows and their files.

        Parameters
        ----------
        rows
            As they were read.

        Returns
        -------
        int
            Rows that were still there.
        """
        removed = 0
        with self.changing():
            connection = self.connection()
            if connection is None:
                return 0
            try:
                connection.execute("BEGIN IMMEDIATE")
                for row in rows:
                    sql = "DELETE FROM Cache WHERE rowid = ? AND key = ?"
                    removed += connection.execute(sql, (row.number, row.key)).rowcount
                connection.execute("COMMIT")
            except BaseException:
                self.close()  # which undoes what was begun
                raise
        for row in rows:
            if row.filename is not None:
                remove_file(self.path, row.filename)
        return removed

    def has_file(self, file: str) -> bool:
        """Return True if a row has its value in this file.

        Parameters
        ----------
        file
            The path of the file beneath the folder.
        """
        return bool(self._all("SELECT 1 FROM Cache WHERE filename = ?", (file,)))

    def checkpoint(self, most: int) -> None:
        """Copy the log into the database when it has more than so many bytes.

        Under the writer lock, as TRUNCATE does it: a commit beside a checkpoint is what SQLite's
        WAL-reset bug takes (https://www.sqlite.org/wal.html#walresetbug).

        Parameters
        ----------
        most
            Bytes.
        """
        try:
            size = Path(f"{self._database}-wal").stat().st_size
        except OSError:
            return
        if size > most:
            self._all("PRAGMA wal_checkpoint(TRUNCATE)")
