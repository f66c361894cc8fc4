"""Checkpoints: the write-ahead log goes back into the database beside the writers, and safely.

SQLite before 3.51.3 can lose committed rows when a checkpoint runs while another connection
resets the log (https://sqlite.org/wal.html, "the WAL-reset bug"). A log cannot be reset as long
as a reader holds a snapshot that was taken while the log held frames not yet copied. So a
checkpoint here takes such a snapshot first:

1. a connection commits a tick while a cursor of it stays open: with that it holds a read mark
   from before the tick, whose frame can neither be copied nor be lost to a reset;
2. a second connection takes its snapshot, which for that reason is a true pin;
3. the first lets go and copies what the pin can see, in small steps for the writers.

Under a storm of writes there is always something left to copy, and the log would never start
over; so when it is large the rest is copied while the writer lock is held, which keeps resets
away too. The checkpoint that SQLite makes when the last connection closes holds an exclusive
lock and is safe.

The same is done a moment after the last row (see `xetrack.process.idle`), so that the file alone
has every row as soon as nobody writes, and a copy of it is whole.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING
from weakref import ref

from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
from xetrack.builtin.sqlite.connections.read_modes import uri
from xetrack.errors import XetrackError
from xetrack.process import idle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.builtin.sqlite.connections.pool import ConnectionPool
    from xetrack.interfaces.engine import Engine

EVERY = 1_000
"""Rows after which the log is looked at; SQLite's own default is as many pages."""

LARGE = 1_000
"""Pages of the log, 4 MB, from which it must begin anew: a log that grows is written a fifth slower
than one that is written over, and 1,000 pages are where SQLite itself would begin anew."""

PATIENCE = 1.0
"""Seconds to wait for who reads an older state, where the log has to be copied at once."""

_TICK = "UPDATE xetrack_meta SET value = value + 1 WHERE name = 'checkpoints'"


class Checkpoints:
    """Copies the log of one engine's file, in a thread of its own."""

    def __init__(self, connections: ConnectionPool, engine: Engine) -> None:
        self._connections = connections
        self._engine = engine
        self._thread: threading.Thread | None = None
        self._idle = _Idle(self, connections.path)
        self._watched = False
        """Whether something was written for which `_idle` waits."""
        self.due = 0
        """Rows until `start` is called; whoever stores rows counts it down. The first row after
        a rest calls it."""

    def stored(self, rows: int) -> None:
        """Count rows, and begin a checkpoint if it is time; called with the engine's lock held.

        Parameters
        ----------
        rows
            How many were stored since the last call; a page of other data counts as a row.
        """
        self.due -= rows
        if self.due <= 0:
            self.start()

    def start(self) -> None:
        """Begin a checkpoint, if none is going on; called with the engine's lock held.

        Within a transaction nothing can be copied, so it remains due. After a rest a few rows are
        left to the next one.
        """
        if self._connections.transactions.has_block():
            return
        few = not self._watched and self.due > -EVERY
        if not self._watched and not self._connections.in_memory:
            self.schedule()
            self._watched = True
        self.due = EVERY
        busy = self._thread is not None and self._thread.is_alive()
        if few or busy or self._connections.in_memory:
            return
        self._thread = threading.Thread(target=self._run, name="xetrack-checkpoint", daemon=True)
        # No thread can be had when the system has none left, or the interpreter is ending.
        with suppress(RuntimeError):
            self._thread.start()

    def schedule(self) -> None:
        """Come to rest as soon as nothing is written for a moment; see `rest`."""
        if not self._connections.in_memory:
            idle.schedule(self._idle)

    def rest(self) -> bool:
        """Begin as new with the next row; False where somebody is writing just now."""
        lock = self._engine.lock
        if not lock.acquire(blocking=False):
            return False
        try:
            if self._thread and self._thread.is_alive():
                return False
            self._connections.files.look()
            self._connections.transactions.recover()  # what an interrupted call left open
            self.forget()
            return True
        finally:
            lock.release()

    def is_same_file(self) -> bool:
        """Return True unless the path leads to another file than the one that is written."""
        return self._connections.files.is_same()

    def forget(self) -> None:
        """Forget that something was written."""
        self._watched = False
        self.due = 0

    def stop(self) -> None:
        """Wait for a checkpoint that is going on."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive() and thread is not threading.current_thread():
            thread.join()

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Leave what waits to SQLite, which copies all when the last connection is closed.

        As long as others have the file open, it is copied as ever.
        """
        self.forget()
        waited = idle.cancel(self._idle)
        self.stop()
        yield
        if waited and self._idle.is_needed():
            idle.schedule(self._idle)

    def copy_all(self) -> bool:
        """Copy the log through the writer, wherever its files are; called with the lock held.

        Returns
        -------
        bool
            True if the database has all of it; False where others read an older state for longer.
        """
        idle.cancel(self._idle)
        self.stop()  # two at once are in each other's way
        deadline = monotonic() + PATIENCE
        while True:
            with suppress(sqlite3.Error):
                # FULL takes the writer lock, so no log can be reset meanwhile.
                query = "PRAGMA wal_checkpoint(FULL)"
                busy, frames, copied = self._connections.writer.execute(query).fetchone()
                if not busy and frames == copied:
                    return True
            if monotonic() > deadline:
                return False
            sleep(0.01)

    def _run(self) -> None:
        # Whatever goes wrong here costs no row: the log stays, and the next checkpoint copies it.
        with suppress(sqlite3.Error, XetrackError):
            path = self._connections.path
            with closing(_connect(path)) as worker, closing(_connect(path)) as pin:
                # What was opened just now may be somebody's new database.
                if not self._connections.files.is_same():
                    return
                # Whether all was copied says nothing about what others logged meanwhile.
                if _copy_pinned(worker, pin)[0] >= LARGE:
                    _copy_locked(worker, pin)


class _Idle(idle.IdleTask):
    """The checkpoint of a file that nobody writes to."""

    def __init__(self, owner: Checkpoints, path: str) -> None:
        super().__init__()
        self._owner = ref(owner)
        self._path = path

    def state(self) -> object:
        """Return how many rows came, as far as that is counted."""
        owner = self._owner()
        return None if owner is None else owner.due

    def is_needed(self) -> bool:
        """Return True if there is a log, which the last to close the file would have removed."""
        # SQLite puts it beside what a link leads to.
        return os.path.exists(os.path.realpath(self._path) + "-wal")  # noqa: PTH110 - never raises

    def work(self, patience: float) -> bool:  # noqa: ARG002 - others have the log but for moments
        """Copy all that is in the log."""
        owner = self._owner()
        if owner is not None and not owner.rest():
            return False
        if self.is_needed():
            with closing(_connect(self._path)) as worker, closing(_connect(self._path)) as pin:
                if owner is not None and not owner.is_same_file():
                    return False
                frames, copied = _copy_pinned(worker, pin)
                return frames == copied
        return True

    def forget(self) -> None:
        """Make the owner ask anew."""
        super().forget()
        owner = self._owner()
        if owner is not None:
            owner.forget()


def _connect(path: str) -> SQLiteConnection:
    connection = SQLiteConnection(uri(path, "rw"), uri=True, isolation_level=None, timeout=1)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("PRAGMA mmap_size=0")
    return connection


def _copy_pinned(worker: sqlite3.Connection, pin: sqlite3.Connection) -> tuple[int, int]:
    """Copy what a pin can see; return how many pages the log has, and how many are copied."""
    worker.execute("BEGIN IMMEDIATE")
    worker.execute(_TICK)
    reading = worker.execute("SELECT name FROM xetrack_meta")
    reading.fetchone()
    worker.execute("COMMIT")
    pin.execute("BEGIN")
    pin.execute("SELECT value FROM xetrack_meta").fetchall()
    reading.close()
    busy, frames, copied = worker.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    pin.execute("COMMIT")
    return int(frames), -2 if busy else int(copied)


def _copy_locked(worker: sqlite3.Connection, lock: sqlite3.Connection) -> None:
    """Copy the rest of the log, so that the next writer begins it anew."""
    lock.execute("BEGIN IMMEDIATE")
    worker.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    lock.execute("COMMIT")
