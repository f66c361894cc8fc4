"""Connections to one SQLite file: how they are opened, shared, retried and kept out of forks.

Why so careful (each point was seen to lose rows or to fail):

* A connection that a forked child inherits makes SQLite in that child believe that it holds
  locks which it does not hold. So before a fork the engine closes every connection (see
  `xetrack.process.forks`), and each side opens its own on next use.
* Nothing here opens a database file by ``open()``: closing that would drop the locks of every
  SQLite connection that this process holds on it.
* The switch to WAL ignores SQLite's busy handler, so it is retried like everything else.
* A connection that only reads is opened for writing with ``query_only``: one of ``mode=ro``
  leaves its ``-wal`` and ``-shm`` files behind.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
from xetrack.builtin.sqlite.connections.named_rows import named_row
from xetrack.builtin.sqlite.connections.read_modes import has_changed, read_modes, uri
from xetrack.builtin.sqlite.connections.transactions import CLOSED, Transactions
from xetrack.builtin.sqlite.driver_errors import is_busy, is_denied, translated
from xetrack.builtin.sqlite.reading import sql_functions
from xetrack.builtin.sqlite.tables import overflow
from xetrack.errors import (
    DatabaseBusyError,
    DatabaseNotFoundError,
    InterruptedReadError,
    InterruptedWriteError,
    NotADatabaseError,
    StorageError,
)
from xetrack.interfaces.engines import sqlite_files
from xetrack.model.names import INTERNAL
from xetrack.process import forks, open_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.builtin.sqlite.connections.protocols import Owner, WatchedFiles

T = TypeVar("T")

MEMORY = ":memory:"
OF_OTHERS = "Ask whoever sent the file for one that xetrack wrote."
"""What to do about a file whose inner tables are not what xetrack makes."""
_CHANGES = 20
"""How often the way to read a file may change while it is tried."""
WAL_LIMIT = 64 * 2**20
"""Bytes to which a reset log is cut."""


class ConnectionPool:
    """The connections that one engine holds in this process.

    The engine's lock guards the writer; whoever uses it holds the lock. Snapshots are
    connections of their own, so that a long read never makes a writer wait.
    """

    def __init__(self, engine: Owner) -> None:
        self.location = location = engine.location
        self.settings = engine.settings
        self._engine = engine
        self.in_memory = location == MEMORY
        self.path = location if self.in_memory else str(Path(location).absolute())
        self._writer: SQLiteConnection | None = None
        self._user: SQLiteConnection | None = None
        self._lent: WeakSet[SQLiteConnection] = WeakSet()
        self._ready: list[SQLiteConnection] = []
        """Connections for the next short looks, each of which saves a millisecond."""
        self._used = False
        self.transactions = Transactions(self, engine)
        self.files: WatchedFiles
        """Knows whether the path leads to the files that are open; the engine sets it."""
        self.before_close: list[Callable[[], None]] = []
        """Called before the connections are closed, to stop what uses others on the file."""

    def exists(self) -> bool:
        """Return True if there is a database, or something else, to open."""
        if self._writer is not None:
            with self._engine.lock:
                self.files.look()
        try:
            return self.in_memory or Path(self.path).exists()
        except OSError:
            return True  # opening it will say what is wrong

    def retry_while_locked(
        self,
        attempt: Callable[[], T],
        timeout: float | None = None,
        pause: Callable[[float], object] = time.sleep,
    ) -> T:
        """Call a function again while others hold a lock.

        Parameters
        ----------
        attempt
            The function; SQLite says "busy" or "locked" when it is to be called again.
        timeout
            Seconds until the deadline; by default those of the settings.
        pause
            Sleeps for some seconds between two calls.

        Returns
        -------
        object
            What the function returned.

        Raises
        ------
        DatabaseBusyError
            The deadline has passed.
        """
        timeout = self.settings.timeout if timeout is None else timeout
        deadline = None
        while True:
            try:
                return attempt()
            except sqlite3.Error as error:
                if not is_busy(error):
                    raise
                now = time.monotonic()
                deadline = deadline or now + timeout
                if now >= deadline:
                    raise DatabaseBusyError(self.location, timeout) from error
            # Short and uneven pauses, up to 2 ms, keep the worst case of many writers at
            # milliseconds. No `random`: importing it would be a part of each start.
            pause(1e-5 + int.from_bytes(os.urandom(2)) * 3e-8)

    @property
    def open_writer(self) -> SQLiteConnection | None:
        """The connection that stores rows, if it is open."""
        return self._writer

    @property
    def writer(self) -> SQLiteConnection:
        """The connection that stores rows; use it while holding the lock."""
        writer = self._writer
        if writer is None:
            if self.transactions.has_block():  # later rows must not be stored without earlier ones
                raise InterruptedWriteError(self.location, CLOSED)
            writer = self._writer = self._connect("rw" if self.settings.read_only else "rwc")
            self.files.opened()
        return writer  # not the attribute, as a handler may have closed the engine meanwhile

    @property
    def user(self) -> SQLiteConnection:
        """The connection for the user's own statements; in memory there is only one."""
        with self._engine.lock:
            user = self.writer if self.in_memory else self._user
            if user is None:
                user = self._user = self._connect("rw")
                user.execute("PRAGMA busy_timeout=60000")
            user.row_factory = user.row_factory or named_row
            return user

    def borrow(self, opened: Callable[[], SQLiteConnection] | None = None) -> SQLiteConnection:
        """Lend a connection to a reader.

        Parameters
        ----------
        opened
            Opens it; by default one that sees one moment of the database.

        Returns
        -------
        SQLiteConnection
            To be given back by `give_back`.
        """
        with self._engine.lock:
            opened = opened or (lambda: self.to_read(partial(self._opened, reading=True)))
            handle = self._connect("rw", opened)
            self._lent.add(handle)
            return handle

    def give_back(self, handle: SQLiteConnection) -> None:
        """Close a connection that was lent.

        Parameters
        ----------
        handle
            What `borrow` returned.
        """
        handle.end()
        # Not before it is closed: a fork in another thread closes those that are lent.
        self._lent.discard(handle)

    @contextmanager
    def reading(self, handle: SQLiteConnection) -> Iterator[None]:
        """Use a connection that was lent; a fork in another thread waits meanwhile.

        Parameters
        ----------
        handle
            What `borrow` returned.
        """
        try:
            with handle.busy:
                yield
                if has_changed(self.path, handle.state):
                    raise InterruptedReadError(self.location, "the file was changed")
        except sqlite3.Error as error:
            handle.raise_interrupt(error)
            if handle.ended:
                raise InterruptedReadError(self.location) from error
            if has_changed(self.path, handle.state):
                raise InterruptedReadError(self.location, "the file was changed") from error
            raise translated(error, self.location, "Reading") from error

    @contextmanager
    def borrowed(
        self, opened: Callable[[], SQLiteConnection] | None = None
    ) -> Iterator[SQLiteConnection]:
        """Lend a connection for a short look; in memory, the only one there is.

        Parameters
        ----------
        opened
            See `borrow`.
        """
        if self.in_memory:
            with self._engine.lock, self.reading(self.writer):
                yield self.writer
            return
        handle = self.borrow(opened)
        try:
            with self.reading(handle):
                yield handle
        finally:
            self.give_back(handle)

    @contextmanager
    def looking(self) -> Iterator[SQLiteConnection]:
        """Lend a connection for a short look, which is kept for the next one while rows are stored.

        It is never the one that stores rows: a look that is interrupted must leave nothing open
        there.
        """
        if self._writer is not None:
            self.files.look_if_free()  # or a kept connection would see a file that is gone
        if self.in_memory or self._writer is None:
            with self.borrowed() as handle:
                yield handle
            return
        try:
            handle = self._ready.pop()
            handle.execute("BEGIN")
        except (IndexError, sqlite3.ProgrammingError):  # none, or a fork closed it
            handle = self.borrow()
        try:
            with self.reading(handle):
                self.retry_while_locked(lambda: handle.execute("PRAGMA schema_version").fetchone())
                yield handle
                handle.execute("ROLLBACK")
        except BaseException:
            self.give_back(handle)
            raise
        self._ready.append(handle)

    @contextmanager
    def transaction(self, timeout: float | None = None) -> Iterator[sqlite3.Connection]:
        """Lend the writer inside a transaction; see `Transactions.begun`."""
        with self._engine.lock, self.transactions.begun(timeout) as writer:
            yield writer

    def _connect(
        self, mode: str, opened: Callable[[], SQLiteConnection] | None = None
    ) -> SQLiteConnection:
        if not self.in_memory:
            if mode == "rwc":
                self._make_folder()
            elif not self.exists():
                raise DatabaseNotFoundError(self.location)
            if os.path.isdir(self.path):  # noqa: PTH112 - never raises
                raise NotADatabaseError(self.location, "it is a folder")
        opened = opened or (lambda: self._opened(uri(self.path, mode)))
        try:
            if self._used or self.in_memory:
                return self.retry_while_locked(opened)
            return self.retry_while_locked(
                lambda: forks.locked(forks.gate(), lambda: self._first(opened))
            )
        except sqlite3.Error as error:
            doing = "Opening" if mode == "rwc" else "Reading"
            raise translated(error, self.location, doing) from error

    def _first(self, opened: Callable[[], SQLiteConnection]) -> SQLiteConnection:
        """Open the file, unless another engine of this process has it, whose locks that drops."""
        if open_files.is_held(self.path):
            raise NotADatabaseError(self.location, "another engine has it open")
        if open_files.is_one_byte(self.path):
            raise NotADatabaseError(self.location, "it is one byte long, and no database is")
        handle = opened()
        self._used = True
        return handle

    def to_read(self, opened: Callable[[str], SQLiteConnection]) -> SQLiteConnection:
        """Open the file by the first of the URIs for reading that works.

        Parameters
        ----------
        opened
            Opens the file by a URI; if it may not, the next URI is tried.
        """
        failure: sqlite3.Error | None = None
        modes = [*read_modes(self.path)]
        for _ in range(_CHANGES):
            for mode in modes:
                try:
                    handle = opened(mode.uri)
                except sqlite3.Error as error:
                    if not is_denied(error):
                        raise
                    failure = error
                else:
                    handle.state = mode.state
                    return handle
            tried, modes = modes, [*read_modes(self.path)]
            if modes == tried:  # else a log came or went meanwhile
                break
        assert failure is not None  # noqa: S101 - there is at least one
        raise failure

    def _opened(self, path: str, *, reading: bool = False) -> SQLiteConnection:
        path = MEMORY if self.in_memory else path
        handle = SQLiteConnection(
            path, uri=True, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            handle.create_function(
                sql_functions.FUNCTION, 6, sql_functions.holds, deterministic=True
            )
            overflow.create_functions(handle)
            if not self.in_memory:
                self._set_up(handle, reading=reading)
        except BaseException:
            handle.close()
            raise
        return handle

    def _set_up(self, handle: SQLiteConnection, *, reading: bool) -> None:
        execute = handle.execute
        if reading or self.settings.read_only:
            execute("PRAGMA query_only=ON")
        else:
            execute("PRAGMA journal_mode=WAL")
            full = self.settings.durability == "full"
            execute(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")
            execute(f"PRAGMA journal_size_limit={WAL_LIMIT}")
        # Checkpoints are the business of checkpoints.py, never of whoever commits.
        execute("PRAGMA wal_autocheckpoint=0")
        # mmap widens the window of SQLite's WAL-reset bug.
        execute("PRAGMA mmap_size=0")
        execute("PRAGMA trusted_schema=OFF")
        if reading:
            execute("BEGIN")
        # The first look at the file: it fails here if the file is no database, and fixes the
        # moment that a reader sees.
        execute("PRAGMA schema_version").fetchone()
        if reason := sqlite_files.foreign_object(handle, INTERNAL):
            raise NotADatabaseError(self.location, reason, OF_OTHERS)

    def _make_folder(self) -> None:
        try:
            # A link may lead to where no folder is yet.
            Path(os.path.realpath(self.path)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(self.location, "Making the folder of", str(error)) from error

    def close(self, *, drain: bool = True) -> None:
        """Close every connection; the next use opens anew. In memory nothing would be left.

        Parameters
        ----------
        drain
            Whether what waits for the end of a transaction is done before.
        """
        for stop in self.before_close:
            stop()
        with self._engine.lock:
            self.transactions.end(drain=drain)
            # Forgotten before they are closed: who is called meanwhile opens anew.
            handles = (self._writer, self._user, *self._lent)
            self._writer = self._user = None
            self._ready.clear()
            for handle in handles:
                if handle is not None:
                    handle.end()
            self._used = False
