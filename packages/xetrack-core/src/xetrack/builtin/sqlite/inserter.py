"""The prepared insert: one autocommit statement for a row, one transaction for a batch."""

from __future__ import annotations

import sqlite3
from itertools import chain, islice
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from xetrack.builtin.sqlite.driver_errors import (
    REFUSALS,
    MovedError,
    RefusedError,
    StaleError,
    checked_count,
    is_busy,
    is_nested,
    is_stale,
    translated,
)
from xetrack.builtin.sqlite.tables import cell_kinds, overflow
from xetrack.builtin.sqlite.tables.storage import encoded, is_noted, meanings
from xetrack.interfaces.engine import Inserter
from xetrack.model.kinds import KIND_OF_TYPE, TO_TEXT, Kind, kind_of
from xetrack.model.names import TIMESTAMP, TRACK_ID, quoted

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

    from xetrack.builtin.sqlite.connections.checkpoints import Checkpoints
    from xetrack.builtin.sqlite.connections.file_identity import FileIdentity
    from xetrack.builtin.sqlite.connections.pool import ConnectionPool
    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn
    from xetrack.interfaces.engine import Field
    from xetrack.model.kinds import Value

ROWS_PER_STATEMENT = 40
"""More rows in one statement bring nothing further; 40 are 1.5 times as fast as one."""

ATTEMPTS = 10
"""How often a table may be dropped between making it and writing to it: others may be
starting at the same moment, each with an empty table."""

_BOUND = frozenset(KIND_OF_TYPE.values()) - frozenset(TO_TEXT)
"""Kinds that the driver binds as they are."""


class RowWriter(Protocol):
    """The engine, as its inserters know it."""

    location: str
    lock: threading.RLock
    cursor: sqlite3.Cursor | None
    connections: ConnectionPool
    checkpoints: Checkpoints
    files: FileIdentity

    def open_cursor(self) -> sqlite3.Cursor:
        """Make the cursor that stores rows."""

    def ensure_columns(self, table: str, fields: Sequence[Field]) -> tuple[StoredColumn, ...]:
        """Return the stored columns for the fields, after adding and widening them.

        Parameters
        ----------
        table
            Name of the table.
        fields
            What is to be written.

        Returns
        -------
        tuple of StoredColumn
            One for each field.
        """

    def forget(self, table: str) -> None:
        """Forget what a table looked like, because a statement found it changed.

        Parameters
        ----------
        table
            Name of the table.
        """

    def is_writing(self) -> bool:
        """Return True if this thread is in the midst of another write to the file."""

    def after_write(self, work: Callable[[], object]) -> None:
        """Do some work when that write is over.

        Parameters
        ----------
        work
            Takes nothing; it is called with the engine's lock held.
        """


class SQLiteInserter(Inserter):
    """Stores rows of one table; see `xetrack.interfaces.engine.Inserter`."""

    def __init__(self, engine: RowWriter, table: str, fields: Sequence[Field]) -> None:
        self._engine = engine
        self.table = table
        self._fields = tuple(fields)
        self._files = engine.files
        self._remember = engine.files.recent.append
        self._prepare()
        engine.files.inserters.add(self)

    def renew(self) -> None:
        """Prepare anew with the next row, as that may go to another file."""
        self._direct = False
        self._stale = True

    def prepared(self) -> tuple[str, ...]:
        """Prepare anew if need be, and return the columns."""
        if self._stale:
            self._prepare()
        return self.columns

    def _prepare(self) -> None:
        columns = self._engine.ensure_columns(self.table, self._fields)
        self.columns = tuple(column.name for column in columns)
        # Positions of the cells that have a column of their own, and of those that lie in JSON.
        self._real = [at for at, column in enumerate(columns) if not column.in_overflow]
        self._overflowing = [at for at, column in enumerate(columns) if column.in_overflow]
        stored = [self.columns[at] for at in self._real]
        stored += [overflow.MORE] if self._overflowing else []
        self._into = f"INSERT INTO {quoted(self.table)} ({', '.join(map(quoted, stored))}) VALUES "
        self._values = f"({', '.join('?' * len(stored))})"
        self._width = len(stored)
        self._sql = self._into + self._values
        # Positions of the cells that may need a note, and with which meanings.
        self._noted = [
            (at, meanings(column.kinds))
            for at, (column, field) in enumerate(zip(columns, self._fields, strict=True))
            if not column.in_overflow
            and any(is_noted(kind, meanings(column.kinds)) for kind in field.kinds)
        ]
        self._encoded = [
            at for at in self._real if not self._fields[at].kinds <= _BOUND | {Kind.BIGINT}
        ]
        self._direct = not self._noted and not self._encoded and not self._overflowing
        self._stale = False

    def append(self, row: Sequence[Value]) -> None:
        """Store one row by one statement, a transaction of its own; see `Inserter.append`."""
        engine = self._engine
        now = monotonic()
        late = now > self._files.due
        if late:
            self._files.look_before(now)  # which may find that another file is there
        if not self._direct:
            if engine.is_writing():  # in a savepoint it would be undone with what is around it
                engine.after_write(lambda: self.write((row,)))
            else:
                self.write((row,))
            return
        try:
            cursor = (engine.cursor or engine.open_cursor()).execute(self._sql, row)
            if cursor.rowcount != 1:
                raise RefusedError
            self._remember((self, row))
            checkpoints = engine.checkpoints
            checkpoints.due = due = checkpoints.due - 1
            if due <= 0:
                checkpoints.start()
        except REFUSALS as error:
            if engine.is_writing():  # of this thread: it must end first
                engine.after_write(lambda: self.write((row,)))
            else:
                self._recover(error, (row,))
            return
        if late:
            self._files.confirm(row)

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows; see `Inserter.write`."""
        try:
            if rows:
                self.prepared()
                self._write_batch(rows)
        except REFUSALS as error:
            self._recover(error, rows)

    def _recover(self, error: Exception, rows: Sequence[Sequence[Value]]) -> None:
        """Try again when others hold a lock or changed the table under us; else raise."""
        location = self._engine.location
        for _ in range(ATTEMPTS):
            if isinstance(error, MovedError):
                self._files.restore(self, rows)
                return
            if is_stale(error):
                self._engine.forget(self.table)
                self._prepare()
            elif not (is_busy(error) or is_nested(error)):
                break
            try:
                self._engine.connections.retry_while_locked(lambda: self._write_batch(rows))
            except REFUSALS as another:
                error = another
            else:
                return
        raise translated(error, location, "Writing to") from error

    def _write_batch(self, rows: Sequence[Sequence[Value]]) -> None:
        engine = self._engine
        with engine.lock:
            with engine.connections.transaction() as connection:
                self._check(connection)
                for chunk in self._chunks(rows, self._per_statement(connection)):
                    sql = self._into + ", ".join([self._values] * len(chunk))
                    done = connection.execute(sql, list(chain.from_iterable(chunk)))
                    checked_count(done, len(chunk))
                    last = done.lastrowid or 0
                if self._noted:
                    self._note(connection, rows, last - len(rows) + 1)
            engine.checkpoints.stored(len(rows))

    def _check(self, connection: sqlite3.Connection) -> None:
        """Check what SQLite would not say: that names in JSON are still the table's."""
        names = [self.columns[at] for at in self._overflowing]
        if names and not overflow.has_names(connection, self.table, names):
            raise StaleError("others keep dropping the table")

    def _per_statement(self, connection: sqlite3.Connection) -> int:
        most = connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return max(1, min(ROWS_PER_STATEMENT, most // self._width))

    def _chunks(
        self, rows: Sequence[Sequence[Value]], size: int
    ) -> Iterator[list[Sequence[Value]]]:
        as_they_are = not self._encoded and not self._overflowing
        stored = iter(rows) if as_they_are else map(self._stored, rows)
        while chunk := list(islice(stored, size)):
            yield chunk

    def _stored(self, row: Sequence[Value]) -> list[Value]:
        cells = list(row)
        for at in self._encoded:
            cells[at] = encoded(cells[at])
        if not self._overflowing:
            return cells
        overflow_json = overflow.packed((self.columns[at], row[at]) for at in self._overflowing)
        return [*(cells[at] for at in self._real), overflow_json]

    def _note(
        self, connection: sqlite3.Connection, rows: Sequence[Sequence[Value]], first: int
    ) -> None:
        """Note what the storage classes of some cells do not say; row numbers are consecutive."""
        names = self.columns
        track_id, timestamp = names.index(TRACK_ID), names.index(TIMESTAMP)
        notes = [
            (self.table, names[at], row[timestamp], row[track_id], number, kind)
            for number, row in enumerate(rows, first)
            for at, meaning in self._noted
            if (kind := kind_of(row[at])) is not None and is_noted(kind, meaning)
        ]
        cell_kinds.add(connection, notes)
