"""The prepared insert: one statement for a row, COPY for a batch, and each of them but once.

A server that dies after a COMMIT and before its answer leaves open whether the rows are stored.
Every row gets a random number of its own, and is known by it, its run and its timestamp in a
unique index; so it is sent again as one that may be there already, and is there once. Another
session waits at that index for one whose outcome is open, so this holds for a cut network too.
"""

from __future__ import annotations

import time
from itertools import compress, count
from typing import TYPE_CHECKING

import psycopg

from xetrack.errors import XetrackError
from xetrack.interfaces.engine import Inserter
from xetrack.model.names import quoted
from xetrack_postgres.driver_errors import (
    REFUSALS,
    StaleError,
    is_gone,
    is_stale,
    may_be_stored,
    to_open_outcome,
)
from xetrack_postgres.names import ID, MORE
from xetrack_postgres.tables.storage import TYPES, encode_cell, is_direct, pack_strays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Field
    from xetrack.model.kinds import Value
    from xetrack_postgres.tables.catalog import Catalog
    from xetrack_postgres.tables.schema import StoredColumn, TableSchema
    from xetrack_postgres.writing.protocols import RowWriter

_COPIED_AS = {"json": "text"}
"""In binary, JSON is its text."""


class _PreparedInsert:
    """All that a statement is made of, in one object: an interrupt may come between any two."""

    def __init__(
        self,
        table: TableSchema,
        columns: Sequence[StoredColumn],
        fields: Sequence[Field],
        catalog: Catalog,
        undone: int,
    ) -> None:
        self.undone = undone
        self.columns = columns
        self.real = [column.is_real for column in columns]
        self.strays = {column.name for column in columns if column.strays or column.in_more}
        self.is_direct = all(
            not column.in_more and is_direct(field.kinds, column.meaning)
            for column, field in zip(columns, fields, strict=True)
        )
        self.is_whole = all(self.real)
        self.name = catalog.qualified(table.relation)
        self.guard = catalog.guard(table.version)
        self.sql = self._insert_sql([])
        self.more_sql = self._insert_sql([(MORE, "json")])

    def stored(self) -> list[tuple[str, str]]:
        """Return the names and types of the columns that cells go into."""
        return [(column.name, TYPES[column.meaning]) for column in self.columns if column.meaning]

    def _insert_sql(self, extra: Sequence[tuple[str, str]]) -> str:
        names, types = zip(*self.stored(), *extra, strict=True)
        listed = ", ".join(map(quoted, [*names, ID]))
        values = ", ".join(f"%s::{sql_type}" for sql_type in [*types, "bigint"])
        # A per cent sign may be in the schema's name.
        head = f"INSERT INTO {self.name} ({listed}) SELECT ".replace("%", "%%")
        return f"{head}{values} WHERE {self.guard.replace('%', '%%')}"


class PostgresInserter(Inserter):
    """A prepared insert into one table of PostgreSQL; see `xetrack.interfaces.engine.Inserter`."""

    def __init__(self, engine: RowWriter, table: str, fields: Sequence[Field]) -> None:
        self._engine = engine
        self._table = table
        self._fields = tuple(fields)
        self._prepared: _PreparedInsert | None = None
        self._quick: str | None = None
        """The statement that takes a row as it is."""
        with engine.lock:
            self.columns = engine.prepare_or_guess(self._prepare, self._fields)

    def _prepare(self) -> tuple[str, ...]:
        self._quick = None
        undone = self._engine.connections.undone  # before it looks
        table, columns = self._engine.find_columns(self._table, self._fields)
        prepared = _PreparedInsert(table, columns, self._fields, self._engine.catalog, undone)
        self.columns = tuple(column.name for column in columns)
        self._prepared = prepared
        self._quick = prepared.sql if prepared.is_direct and prepared.is_whole else None
        return self.columns

    def _knows(self) -> bool:
        """Return whether nothing was undone since this was prepared, which may be part of that."""
        prepared = self._prepared
        return prepared is not None and prepared.undone == self._engine.connections.undone

    def append(self, row: Sequence[Value]) -> None:
        """Store one row by one statement, a transaction by itself; see `Inserter.append`."""
        engine, sql = self._engine, self._quick
        # Taken, not looked at: a call within this one must not use it meanwhile.
        cursor, engine.cursor = engine.cursor, None
        if cursor is None or sql is None or not self._knows():
            self._append_with_lock(row)
            return
        number = next(engine.numbers)
        try:
            if cursor.execute(sql, (*row, number), prepare=True).rowcount == 1:
                engine.cursor = cursor
                return
            error: Exception = StaleError()
        except REFUSALS as refusal:
            error = refusal
        self.store((row,), number, error)

    def _append_with_lock(self, row: Sequence[Value]) -> None:
        engine = self._engine
        with engine.lock:
            number = engine.take_numbers(1)
            if engine.connections.is_within:
                # A tracker's own row is no part of a block that it interrupts.
                engine.pending_rows.store(self._table, self._fields, (row,), number)
            else:
                self.store((row,), number)

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows; see `Inserter.write`."""
        if rows:
            with self._engine.lock:
                self.store(rows, self._engine.take_numbers(len(rows)))

    def store(
        self,
        rows: Sequence[Sequence[Value]],
        first: int,
        error: Exception | None = None,
        *,
        again: bool = False,
    ) -> None:
        """Store rows with these numbers, in the database, in the spool or later.

        Parameters
        ----------
        rows
            The cells of each row, in the order of the fields.
        first
            The number of the first; those of the others follow.
        error
            Of an attempt before this.
        again
            Whether the rows may be there already.
        """
        engine = self._engine
        with engine.lock:
            if engine.connections.is_taken:
                engine.pending_rows.store(self._table, self._fields, rows, first)
                return
            engine.cursor = None
            if engine.spool is None or engine.connections.is_within:
                self.write_with_retries(rows, first, error, again=again)
            else:
                engine.spool.store(self, self._table, self._fields, rows, first, error)

    def write_with_retries(
        self,
        rows: Sequence[Sequence[Value]],
        first: int,
        error: Exception | None = None,
        *,
        again: bool = False,
    ) -> None:
        """Store rows once, whatever others and the server do meanwhile, until the deadline.

        Parameters
        ----------
        rows
            See `write`.
        first
            The number of the first; those of the others follow.
        error
            Of an attempt before this.
        again
            Whether the rows may be there already; then the caller keeps them until they are.

        Raises
        ------
        OutcomeUnknownError
            A connection was lost with them, and nobody could say whether they are stored.
        """
        deadline = time.monotonic() + self._engine.settings.timeout
        connections = self._engine.connections
        is_kept, is_open = again, may_be_stored(error)

        def attempt() -> None:
            nonlocal error, again, is_open
            again = again or (error is not None and is_gone(error))
            while True:
                try:
                    if not self._knows() or (error is not None and is_stale(error)):
                        self._engine.forget(self._table)
                        self._prepare()
                    assert self._prepared is not None  # noqa: S101 - just made
                    self._write_once(self._prepared, rows, first, again=again)
                except XetrackError:
                    raise
                except REFUSALS as refusal:
                    error = refusal
                    is_open = is_open or may_be_stored(refusal)
                    # Others may go on dropping or changing the table, each a little.
                    if not is_stale(refusal) or time.monotonic() >= deadline:
                        raise
                else:
                    return

        try:
            connections.retry(attempt, "Writing to")
        except XetrackError as failure:
            # Within a block, its end decides.
            if is_kept or not is_open or connections.is_within:
                raise
            raise to_open_outcome(failure, self._engine.address) from failure

    def _write_once(
        self, prepared: _PreparedInsert, rows: Sequence[Sequence[Value]], first: int, *, again: bool
    ) -> None:
        if prepared.is_direct:
            cells = (
                rows if prepared.is_whole else [tuple(compress(row, prepared.real)) for row in rows]
            )
            try:
                self._send(prepared, cells, None, first, again=again)
            except psycopg.DataError:
                # A text with NUL, for one, which only a closer look finds. What was undone with it
                # had learnt nothing.
                prepared.undone = self._engine.connections.undone
            else:
                return
        pairs = [_encode_row(prepared.columns, row) for row in rows]
        new_strays = {name for _, strays in pairs for name in strays} - prepared.strays
        if new_strays:
            self._engine.register_strays(self._table, new_strays)
            prepared.strays |= new_strays
        stray_texts = [pack_strays(strays) for _, strays in pairs]
        cells = [cells for cells, _ in pairs]
        self._send(prepared, cells, stray_texts if any(stray_texts) else None, first, again=again)

    def _send(
        self,
        prepared: _PreparedInsert,
        cells: Sequence[Sequence[Value]],
        stray_texts: Sequence[str | None] | None,
        first: int,
        *,
        again: bool,
    ) -> None:
        connections, sql = (
            self._engine.connections,
            prepared.more_sql if stray_texts else prepared.sql,
        )
        texts = () if stray_texts is None else (stray_texts,)
        rows = [(*row, *rest) for row, *rest in zip(cells, *texts, count(first))]
        if len(rows) == 1 and not again and not connections.is_within:
            cursor = connections.writer.connection.cursor()
            if cursor.execute(sql, rows[0], prepare=True).rowcount != 1:
                raise StaleError("the table was changed")
            self._engine.cursor = cursor
            return
        with connections.transaction() as connection:
            mode = "SHARE ROW EXCLUSIVE" if connections.is_nested else "ROW EXCLUSIVE"
            connection.execute(f"LOCK TABLE {prepared.name} IN {mode} MODE")
            if connection.execute(f"SELECT 1 WHERE {prepared.guard}").fetchone() is None:
                raise StaleError("the table was changed")
            if again:
                inserted = connection.execute(f"{sql} ON CONFLICT DO NOTHING", rows[0])
                if not inserted.rowcount:
                    return  # all of them are there, as they came in one transaction
                rows = rows[1:]
            stored = [
                *prepared.stored(),
                *([(MORE, "json")] if stray_texts else []),
                (ID, "bigint"),
            ]
            listed = ", ".join(quoted(name) for name, _ in stored)
            copy_sql = f"COPY {prepared.name} ({listed}) FROM STDIN (FORMAT BINARY)"
            with connection.cursor().copy(copy_sql) as copy:
                copy.set_types([_COPIED_AS.get(sql_type, sql_type) for _, sql_type in stored])
                for row in rows:
                    copy.write_row(row)


def _encode_row(
    columns: Sequence[StoredColumn], row: Sequence[Value]
) -> tuple[list[Value], dict[str, Value]]:
    """Return the cells that have a column of their own, and those that the JSON says."""
    cells, strays = [], {}
    for column, value in zip(columns, row, strict=True):
        exactly = value is None
        if column.is_real and column.meaning:
            cell, exactly = encode_cell(value, column.meaning)
            cells.append(cell)
        if not exactly:
            strays[column.name] = value
    return cells, strays
