"""Whether the files that an engine writes are still those at its path.

SQLite goes on writing to a file that was removed, renamed or replaced, and to a log that was, so
rows would be acknowledged that nobody can read, or get into somebody's new database. So each row
gets a look at the three files before it is stored and after. Two looks cost as much as the row, so
in a long tight loop there is but one in ten milliseconds, after a row, and the rows since the last
good look are kept at hand.

Where other files are there, the old connections are closed, in a way that leaves the new database
alone; the rows kept at hand are stored in the file at the path, each once; and a warning says so.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import sqlite3
import stat
from collections import deque
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from xetrack.builtin.sqlite.connections.inodes import Files, file_names, free_name, inode_of
from xetrack.builtin.sqlite.connections.protocols import Owner
from xetrack.builtin.sqlite.driver_errors import MovedError
from xetrack.errors import NotADatabaseError, StorageError, XetrackError, report
from xetrack.model.names import TIMESTAMP, TRACK_ID, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.builtin.sqlite.connections.checkpoints import Checkpoints
    from xetrack.builtin.sqlite.connections.pool import ConnectionPool
    from xetrack.builtin.sqlite.connections.protocols import Appender
    from xetrack.model.kinds import Value

PAUSE = 0.01
"""Seconds between two looks in a tight loop: one row in some hundred waits for one."""

SHARE = 200
"""A slow look, as on a slow disk, is not repeated for so many times as long as it took."""

BURST = 120
"""Looks after a quiet time that are made at each row, before a loop counts as long."""

QUIET = 0.1
"""Seconds after which a loop begins anew."""

_SHARED = (
    "its files -wal or -shm were removed while several connections of this process had it open: "
    "close all of them"
)

_READ = (
    "its log was removed while another program reads the database, so the rows in it cannot be "
    "copied yet: end that program"
)

_REJOIN = (
    "before you open the old file, move this one beside it, and give it the name of that with -wal "
    "at its end"
)


class FileOwner(Owner, Protocol):
    """The engine, as the identity of its files knows it."""

    connections: ConnectionPool
    checkpoints: Checkpoints


class FileIdentity:
    """Knows which files the writer of one engine has open, and which rows nobody has seen there.

    **Thread safety.** Everything is called while the engine's lock is held.
    """

    def __init__(self, engine: FileOwner) -> None:
        connections = engine.connections
        self._engine = engine
        self._location = engine.location
        self._path = path = connections.path
        self._ignored = connections.in_memory
        self._paths = (path, path, path) if self._ignored else file_names(path)
        self._files: Files | None = None
        self._renewing = False
        self._last = 0.0
        self._burst = BURST
        self.due = math.inf if self._ignored else 0.0
        """From when on a row gets a look of its own, by `time.monotonic`."""
        self.recent: deque[tuple[Appender, Sequence[Value]]] = deque(
            maxlen=0 if self._ignored else None
        )
        """The rows stored one by one since the last good look."""
        self.carried: list[tuple[Appender, Sequence[Value]]] = []
        """The rows that are not in the file at the path, although they were acknowledged."""
        self.inserters: WeakSet[Appender] = WeakSet()
        """All that were prepared for the present file."""
        self.renewing: Callable[[], None] | None = None
        """Called when another file was found, before the old one is let go."""
        self.renewed: Callable[[], None] | None = None
        """Called when another file was found, before any row is stored in it."""

    def opened(self) -> None:
        """Note which files the writer has, which was opened just now."""
        if not self._ignored:
            self._paths = file_names(self._path)
            self._files = self._seen()
            _look_at_the_end(self)

    def closed(self) -> None:
        """Take note that the writer is closed; what it is opened on next may be another file."""
        self._files = None
        if not self._ignored:
            self.due = 0.0
            for inserter in tuple(self.inserters):
                inserter.renew()

    def _seen(self) -> Files:
        return Files(*map(inode_of, self._paths))

    def is_same(self) -> bool:
        """Return True unless the path leads to other files than those that are open."""
        known = self._files
        if known is None:
            return True
        try:
            seen = self._seen()
        except OSError:  # who may not look there any more can still write what is open
            return True
        if seen == known:
            return True
        if known.log is None and seen.database == known.database:
            self._files = seen  # a log has come: another program switched to one
            return True
        return False

    def look(self) -> None:
        """Begin anew if the path leads to other files than those that are open.

        Raises
        ------
        XetrackError
            What is at the path now takes no rows.
        """
        if self._renewing or self._engine.connections.transactions.has_block():
            return
        began = monotonic()
        if self.is_same() and not self.carried:
            self.recent.clear()
            self._wait(began)
            return
        try:
            self._renewing = True
            self._renew()
        finally:
            self._renewing = False

    def _wait(self, began: float) -> None:
        """Decide when the next look is due, after a good one that began then."""
        now = monotonic()
        self._burst = BURST if now - self._last > QUIET else self._burst - 1
        self._last = now
        if not self._ignored:
            self.due = 0.0 if self._burst > 0 else now + max(PAUSE, SHARE * (now - began))

    def look_before(self, now: float) -> None:
        """Look before a row is stored, but for a row of a long loop.

        The rows before that had no look, and one after it will do for them all.

        Parameters
        ----------
        now
            By `time.monotonic`; a look is due by then.
        """
        if not self.due or now - self.due > QUIET:
            self.look()

    def look_if_free(self) -> None:
        """Look, unless another thread has the engine for itself."""
        if self._engine.lock.acquire(blocking=False):
            try:
                self.look()
            finally:
                self._engine.lock.release()

    def confirm(self, row: Sequence[Value]) -> None:
        """Look after a row was stored; where that raises, the row is not acknowledged.

        Parameters
        ----------
        row
            The cells of the row, the same object as when it was noted.
        """
        try:
            self.look()
        except BaseException:
            self.carried = [entry for entry in self.carried if entry[1] is not row]
            raise

    def committed(self) -> None:
        """Raise if a transaction that was just committed went to a file that is gone.

        Where only the log was lost, the next look brings what it held into the file.
        """
        known = self._files
        if not self.is_same() and known is not None and self._seen()[0] != known[0]:
            raise MovedError("the file was removed, renamed or replaced meanwhile")

    def restore(self, inserter: Appender, rows: Sequence[Sequence[Value]]) -> None:
        """Store rows that were committed to a file that is gone, unless they are at the path.

        Parameters
        ----------
        inserter
            Stores them.
        rows
            The rows, as the inserter takes them.

        Raises
        ------
        XetrackError
            What is at the path now takes no rows.
        """
        self.carried += [(inserter, row) for row in rows]
        try:
            self.look()
        except BaseException:
            ids = set(map(id, rows))
            self.carried = [entry for entry in self.carried if id(entry[1]) not in ids]
            raise

    def _renew(self) -> None:
        """Close what is open, and store the rows at hand in the file at the path."""
        before = self._files
        what = spare = ""
        if before is not None and not self.is_same():
            what = self._what(before)
            # First, as from here on an interrupt may come at any line.
            self.carried += self.recent
            self.recent.clear()
            self.due = 0.0
            if self.renewing is not None:
                self.renewing()
            spare = self._let_go(before)
            # What a signal handler logged meanwhile went where nobody looks, too.
            self.carried += self.recent
            self.recent.clear()
            self._paths = file_names(self._path)
            if self._seen().database is not None:
                self._check()
            now = self._files
            if now is not None and now[0] == before[0] and now.log and not now.memory:
                # A reader or a user's own connection in this process kept the lost index.
                self._engine.close_connections(drain=False)
                raise StorageError(self._location, "Writing to", _SHARED)
            if self.renewed is not None:
                try:
                    self.renewed()
                except BaseException:  # the next row finds the files as this one did
                    self._engine.close_connections(drain=False)
                    self._files = before
                    raise
        elif not self.carried:
            return
        rows = len(self.carried)
        if rows:
            self._restore()
        if what:
            suffix = f", and the last {rows:,} before it too" if rows else ""
            rest = f", but for rows that lie in {spare!r}: {_REJOIN}" if spare else ""
            report(
                f"The database {self._location!r} {what} while a tracker had it open. Rows from now"
                f" on are stored in the file at this path{suffix}; what came before is in the old "
                f"file, if that is still somewhere{rest}. Close trackers before you remove, rename "
                "or replace a database. To silence this, filter xetrack.errors.XetrackWarning."
            )

    def _what(self, known: Files) -> str:
        """Return what happened to the files, as a text."""
        seen = self._seen()
        if seen.database is None:
            return "was removed or renamed"
        return "was replaced" if seen.database != known.database else "lost its files -wal or -shm"

    def _let_go(self, known: Files) -> str:
        """Close every connection, and leave nothing that SQLite would take for the new file's.

        Returns
        -------
        str
            Where the log of the old file is now, if it has rows that the file lacks; else "".
        """
        seen = self._seen()
        replaced = seen.database != known.database
        if not replaced and self._is_shared(known):
            # All that is open on one file in one process shares an index, so that only
            # closing all of it brings a new one.
            raise StorageError(self._location, "Writing to", _SHARED)
        # To a file that was renamed this brings what its log had.
        is_whole = not (replaced or seen.log is None) or self._engine.checkpoints.copy_all()
        if not is_whole and not replaced:
            raise StorageError(self._location, "Writing to", _READ)
        self._engine.close_connections(drain=False)
        spare = ""
        if replaced:
            # SQLite would take them for those of the file at the path.
            for path, inode in zip(self._paths[1:], known[1:], strict=True):
                with suppress(OSError):
                    if inode is None or inode_of(path) != inode:
                        continue
                    if is_whole or path == self._paths[2]:
                        os.unlink(path)  # noqa: PTH108 - as `inode_of`
                    else:
                        spare = free_name(f"{path}-old")
                        os.rename(path, spare)  # noqa: PTH104 - as `inode_of`
        return spare

    def _is_shared(self, known: Files) -> bool:
        """Return True if another engine of this process has the files open, too."""
        return any(
            other is not self and other._files is not None and other._files[0] == known[0]  # noqa: SLF001
            for other in tuple(_open)
        )

    def _check(self) -> None:
        """Refuse what is no database."""
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(os.stat(self._paths[0]).st_mode):  # noqa: PTH116
                reason = "a folder, a pipe or a device has taken the place of the database"
                raise NotADatabaseError(self._location, reason, "Remove it, or give another path.")
        self._engine.connections.writer  # noqa: B018 - opening it is what may fail

    def _restore(self) -> None:
        """Store the rows that are not in the file at the path."""
        try:
            with self._engine.connections.transaction() as connection:
                present: dict[str, set[tuple[Value, Value]]] = {}
                for inserter, row in self.carried:
                    inserter.renew()
                    names = inserter.prepared()
                    identity = row[names.index(TIMESTAMP)], row[names.index(TRACK_ID)]
                    table = inserter.table
                    if table not in present:
                        present[table] = self._present(connection, table)
                    if identity not in present[table]:
                        inserter.write((row,))
                        present[table].add(identity)
        except sqlite3.Error as error:
            raise StorageError(self._location, "Writing to", str(error)) from error
        self.carried.clear()

    def _present(self, connection: sqlite3.Connection, table: str) -> set[tuple[Value, Value]]:
        """Return which of the carried rows a table has."""
        stamps = [
            row[inserter.columns.index(TIMESTAMP)]
            for inserter, row in self.carried
            if inserter.table == table
        ]
        query = (
            f"SELECT {TIMESTAMP}, {TRACK_ID} FROM {quoted(table)} "
            f"WHERE {TIMESTAMP} IN (SELECT value FROM json_each(?))"
        )
        return set(connection.execute(query, (json.dumps(stamps),)))


_open: WeakSet[FileIdentity] = WeakSet()


def _look_at_the_end(files: FileIdentity) -> None:
    """Register a last look at the end of the program, for trackers that nobody closed."""
    if not _open:
        atexit.unregister(_last_look)
        atexit.register(_last_look)
    _open.add(files)


def _last_look() -> None:
    for files in tuple(_open):
        with suppress(XetrackError):
            files.look_if_free()
