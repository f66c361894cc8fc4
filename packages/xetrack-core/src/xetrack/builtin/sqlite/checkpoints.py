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
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.handles import Handle
from xetrack.builtin.sqlite.read_modes import uri

if TYPE_CHECKING:
    from xetrack.builtin.sqlite.connections import Connections

EVERY = 1_000
"""Rows after which the log is looked at; SQLite's own default is as many pages."""

LARGE = 1_000
"""Pages of the log, 4 MB, from which it must begin anew: a log that grows is written a fifth slower
than one that is written over, and 1,000 pages are where SQLite itself would begin anew."""

_TICK = "UPDATE xetrack_meta SET value = value + 1 WHERE name = 'checkpoints'"


class Checkpoints:
    """Copies the log of one engine's file, in a thread of its own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._thread: threading.Thread | None = None
        self.due = EVERY
        """Rows until the next look at the log; whoever stores rows counts it down."""

    def stored(self, rows: int) -> None:
        """Count rows, and begin a checkpoint if it is time; called with the engine's lock held."""
        self.due -= rows
        if self.due <= 0:
            self.start()

    def start(self) -> None:
        """Begin a checkpoint, if none is going on; called with the engine's lock held.

        Within a transaction nothing can be copied, so it remains due.
        """
        if self._connections.within:
            return
        self.due = EVERY
        if self._connections.in_memory or (self._thread and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=self._run, name="xetrack-checkpoint", daemon=True)
        # No thread can be had when the system has none left, or the interpreter is ending.
        with suppress(RuntimeError):
            self._thread.start()

    def stop(self) -> None:
        """Wait for a checkpoint that is going on."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive() and thread is not threading.current_thread():
            thread.join()

    def copy_all(self) -> None:
        """Copy the log through the writer, wherever its files are; called with the lock held."""
        # FULL takes the writer lock, so no log can be reset meanwhile.
        with suppress(sqlite3.Error):
            self._connections.writer.execute("PRAGMA wal_checkpoint(FULL)").fetchone()

    def _run(self) -> None:
        # Whatever goes wrong here costs no row: the log stays, and the next checkpoint copies it.
        with suppress(sqlite3.Error):
            path = self._connections.path
            with closing(_connect(path)) as worker, closing(_connect(path)) as pin:
                # What was opened just now may be somebody's new database.
                if not self._connections.files.is_same():
                    return
                # Whether all was copied says nothing about what others logged meanwhile.
                if _copy_pinned(worker, pin) >= LARGE:
                    _copy_locked(worker, pin)


def _connect(path: str) -> Handle:
    connection = Handle(uri(path, "rw"), uri=True, isolation_level=None, timeout=1)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("PRAGMA mmap_size=0")
    return connection


def _copy_pinned(worker: sqlite3.Connection, pin: sqlite3.Connection) -> int:
    """Copy what a pin can see, and return how many pages the log has."""
    worker.execute("BEGIN IMMEDIATE")
    worker.execute(_TICK)
    reading = worker.execute("SELECT name FROM xetrack_meta")
    reading.fetchone()
    worker.execute("COMMIT")
    pin.execute("BEGIN")
    pin.execute("SELECT value FROM xetrack_meta").fetchall()
    reading.close()
    _, frames, _ = worker.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    pin.execute("COMMIT")
    return int(frames)


def _copy_locked(worker: sqlite3.Connection, lock: sqlite3.Connection) -> None:
    """Copy the rest of the log, so that the next writer begins it anew."""
    lock.execute("BEGIN IMMEDIATE")
    worker.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    lock.execute("COMMIT")
