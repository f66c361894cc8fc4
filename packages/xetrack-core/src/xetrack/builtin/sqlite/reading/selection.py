"""The answer to a query: batches, or a copy of the file for who reads whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.reading import select
from xetrack.builtin.sqlite.tables import row_numbers, schema
from xetrack.interfaces.engine import Selection
from xetrack.interfaces.engines.capabilities import NumberedRows, TableState
from xetrack.interfaces.engines.snapshots import CopiesSQLite
from xetrack.interfaces.query import Query

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
    from xetrack.builtin.sqlite.connections.pool import ConnectionPool
    from xetrack.builtin.sqlite.tables.stored_columns import TableSchema
    from xetrack.interfaces.engines.snapshots import StoredTable

_WHOLE = Query()


def iterate_on_connection(
    connections: ConnectionPool, begin: Callable[[sqlite3.Connection], Iterator[Any]]
) -> Iterator[Any]:
    """Yield what steps on a connection of their own yield, and let a fork come between two.

    In memory, where there is but one connection, all steps are taken at once.

    Parameters
    ----------
    connections
        Those of the engine.
    begin
        Called with the connection; returns the steps.
    """
    if connections.in_memory:
        with connections.borrowed() as handle:
            steps = list(begin(handle))
        yield from steps
        return
    handle = connections.borrow()
    try:
        yield from _iterate_guarded(connections, handle, begin(handle))
    finally:
        connections.give_back(handle)


def _iterate_guarded(
    connections: ConnectionPool, handle: SQLiteConnection, steps: Iterator[Any]
) -> Iterator[Any]:
    while True:
        with connections.reading(handle):
            step = next(steps, None)
        if step is None:
            return
        yield step


def select_numbered(
    connections: ConnectionPool,
    find: Callable[[sqlite3.Connection, str], TableSchema],
    table: str,
    after: int,
) -> NumberedRows:
    """Read the rows with a higher number, from one moment; see `NumbersRows.read_numbered`.

    Parameters
    ----------
    connections
        Those of the engine.
    find
        Returns a table as it is in the transaction of a connection.
    table
        Name of the table.
    after
        The number.
    """

    def steps(connection: sqlite3.Connection) -> Iterator[Any]:
        stored = find(connection, table)
        state = _state(connection, stored)
        yield state
        yield from select.numbered(connection, stored, max(after, state.discarded))

    lazy = iterate_on_connection(connections, steps)
    state = next(lazy)
    return NumberedRows(state.made, state.discarded, state.last, state.columns, lazy)


def read_states(
    connection: sqlite3.Connection, tables: Sequence[str] | None
) -> dict[str, TableState]:
    """Return how far the rows of tables go; see `NumbersRows.table_states`.

    Parameters
    ----------
    connection
        In a transaction.
    tables
        Their names; None for all tables.
    """
    loaded = (
        schema.load(connection, name)
        for name in schema.table_names(connection)
        if tables is None or name in tables
    )
    return {stored.name: _state(connection, stored) for stored in loaded if stored is not None}


def _state(connection: sqlite3.Connection, stored: TableSchema) -> TableState:
    return TableState(
        row_numbers.creation_number(connection, stored.name),
        row_numbers.discarded(connection, stored.name),
        row_numbers.highest(connection, stored),
        tuple(column.public() for column in stored.columns),
    )


class LazySelection(Selection, CopiesSQLite):
    """A selection that holds a connection until it is read, closed or forgotten."""

    def __init__(
        self, connections: ConnectionPool, find: Callable[[Any], TableSchema], query: Query
    ) -> None:
        def begin(handle: Any) -> Iterator[Any]:
            table = find(handle)
            yield (
                handle,
                table,
                tuple(column.public() for column in select.selected_columns(table, query)),
            )
            yield from select.batches(handle, table, query)

        lazy: Any = iterate_on_connection(connections, begin)
        handle, table, columns = next(lazy)
        super().__init__(columns, lazy)
        # Selections are frozen.
        vars(self).update(
            _connections=connections,
            _handle=handle,
            _table=table,
            _is_whole=query == _WHOLE and not connections.in_memory,
        )

    _connections: ConnectionPool
    _handle: SQLiteConnection
    _table: TableSchema
    _is_whole: bool

    def stored(self) -> StoredTable | None:
        """Describe the table; see `CopiesSQLite.stored`."""
        if not self._is_whole:
            return None
        from xetrack.builtin.sqlite.reading import snapshots  # noqa: PLC0415 - few make a frame

        with self._connections.reading(self._handle):
            return snapshots.describe(self._handle, self._table)

    def nan_rows(self, names: Sequence[str]) -> dict[str, list[int]]:
        """Return the numbers of the rows with nan; see `CopiesSQLite.nan_rows`."""
        from xetrack.builtin.sqlite.reading import snapshots  # noqa: PLC0415 - few make a frame

        with self._connections.reading(self._handle):
            return snapshots.nan_rows(self._handle, self._table, names)

    def copy(self) -> AbstractContextManager[str]:
        """Lend the path of a copy of the file; see `CopiesSQLite.copy`."""
        from xetrack.builtin.sqlite.reading import snapshots  # noqa: PLC0415 - few make a frame

        return snapshots.copy(self._connections, self._handle)

    def rest(self, names: Sequence[str]) -> Selection:
        """Return the selection of some columns; see `CopiesSQLite.rest`."""
        columns = tuple(column for column in self.columns if column.name in names)
        if columns:
            return Selection(columns, self._rest(Query(columns=tuple(names))))
        self._end()
        return Selection((), iter(()))

    def _rest(self, query: Query) -> Iterator[Any]:
        """Yield the batches of a query, in place of those of the selection."""
        steps = select.batches(self._handle, self._table, query)
        try:
            yield from _iterate_guarded(self._connections, self._handle, steps)
        finally:
            self._end()

    def _end(self) -> None:
        self.batches.close()  # type: ignore[attr-defined]  # it is a generator
