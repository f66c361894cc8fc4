"""Reading: a query becomes one SELECT, and its cells become plain values again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xetrack.interfaces.query import Query
from xetrack.model.kinds import Kind
from xetrack.model.names import quoted
from xetrack_duckdb.reading.conditions import (
    WhereClause,
    find_column,
    has_zones,
    is_sorted_exactly,
    where_sql,
)
from xetrack_duckdb.tables import cell_kinds, schema
from xetrack_duckdb.tables.values import decode_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engines.capabilities import ColumnData
    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import StoredColumn, Table

BATCH = 2_048
"""Rows fetched at once: DuckDB's own vectors have so many."""


def selected_columns(table: Table, query: Query) -> list[StoredColumn]:
    """Return the columns that a query asks for, in its order.

    Parameters
    ----------
    table
        The table as it is now.
    query
        What is asked.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    if query.columns is None:
        return list(table.columns)
    return [find_column(table, name) for name in query.columns]


def select_sql(
    connection: DuckDBPyConnection,
    table: Table,
    query: Query,
    shown: list[str] | None = None,
) -> tuple[str, list[Value]]:
    """Return the SELECT for a query, and its parameters; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    query
        What is asked.
    shown
        SQL for what to return. By default the columns, called ``cell 0``, ``cell 1`` and so on as a
        query may name one twice, and their notes, if there are any. No key gets a column with a
        blank in its name, so none of the names made here is a column's.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    if shown is None:
        shown = [
            f'{column.sql} AS "cell {at}"'
            for at, column in enumerate(selected_columns(table, query))
        ]
        shown.append(quoted(cell_kinds.COLUMN) if table.has_kinds_column else "NULL")
    clause = where_sql(connection, table, query.where)
    direction = "DESC" if query.descending else "ASC"
    order = f"rowid {direction}"
    if query.order is not None:
        column = find_column(table, query.order)
        if not is_sorted_exactly(column):
            return _sorted_in_python(connection, table, query, column, clause, shown), []
        zone = (
            f"{cell_kinds.is_noted(column.name, Kind.DATETIME)} {direction}, "
            if has_zones(table, column)
            else ""
        )
        order = f"{column.sql} IS NULL, {zone}{column.sql} {direction}, rowid ASC"
    limits = "" if query.limit is None else f" LIMIT {query.limit}"
    limits += f" OFFSET {query.offset}" if query.offset else ""
    source = f"{table.sql}{clause.sql}"
    by_order = "" if order == "rowid ASC" and not limits else f" ORDER BY {order}"
    listed = ", ".join(shown)
    if query.tail is None:
        return f"SELECT {listed} FROM {source}{by_order}{limits}", clause.values
    # Numbered in the order asked for, so that the end can be taken from the other side.
    inner = (
        f'SELECT rowid AS "a row", row_number() OVER (ORDER BY {order}) AS "a place" '
        f'FROM {source} ORDER BY "a place"{limits}'
    )
    if query.order is None and not limits:
        other = "ASC" if query.descending else "DESC"
        inner = f"SELECT rowid FROM {source} ORDER BY rowid {other} LIMIT {query.tail}"
        return (
            f"SELECT {listed} FROM {table.sql} WHERE rowid IN ({inner}) ORDER BY rowid {direction}"
        ), clause.values
    last = f'SELECT "a row", "a place" FROM ({inner}) ORDER BY "a place" DESC LIMIT {query.tail}'
    return (
        f'SELECT {listed} FROM {table.sql} AS t JOIN ({last}) AS l ON t.rowid = l."a row" '
        'ORDER BY l."a place"'
    ), clause.values


def _sorted_in_python(
    connection: DuckDBPyConnection,
    table: Table,
    query: Query,
    column: StoredColumn,
    clause: WhereClause,
    shown: list[str],
) -> str:
    """Sort rows in Python by a column that DuckDB sorts otherwise; return SQL for the answer."""
    notes_sql = quoted(cell_kinds.COLUMN) if table.has_kinds_column else "NULL"
    sql = f"SELECT rowid, {column.sql}, {notes_sql} FROM {table.sql}{clause.sql} ORDER BY rowid"
    rows = connection.execute(sql, clause.values).fetchall()
    ids, stored, notes = zip(*rows, strict=True) if rows else ((), (), ())
    (cells,) = decode_cells([column], [stored], notes)
    arranged = np.array(query.arrange(ids, cells), dtype="int64")
    places = {"a row": arranged, "a place": np.arange(len(arranged))}
    connection.register("xetrack_order", places)
    return (
        f"SELECT {', '.join(shown)} FROM {table.sql} AS t JOIN xetrack_order AS l "
        'ON t.rowid = l."a row" ORDER BY l."a place"'
    )


def read_batches(
    connection: DuckDBPyConnection, table: Table, query: Query
) -> Iterator[Sequence[Sequence[Value]]]:
    """Yield the cells of the answer, column by column; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    query
        What is asked.
    """
    columns = selected_columns(table, query)
    sql, values = select_sql(connection, table, query)
    connection.execute(sql, values)
    while rows := connection.fetchmany(BATCH):
        *stored, notes = zip(*rows, strict=True)
        yield decode_cells(columns, stored, notes)


_ARRAYS = frozenset(
    map(
        frozenset,
        (
            [Kind.BOOL],
            [Kind.INT],
            [Kind.INT, Kind.BIGINT],
            [Kind.FLOAT],
            [Kind.FLOAT, Kind.NAN],
            [Kind.FLOAT, Kind.INT],
            [Kind.FLOAT, Kind.INT, Kind.NAN],
            [Kind.TEXT],
        ),
    )
)
"""Kinds that NumPy has a dtype for, or that are text, and whose cells need no note but nan."""


def read_arrays(connection: DuckDBPyConnection, table: Table, query: Query) -> list[ColumnData]:
    """Return the answer column by column, as arrays where that is quicker.

    Called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    query
        What is asked.

    Returns
    -------
    list[ColumnData]
        For each column an array with its mask, or a list of plain values.
    """
    columns = selected_columns(table, query)
    quick = [
        at
        for at, column in enumerate(columns)
        if column.key is not None and column.kinds in _ARRAYS
    ]
    answer: list[ColumnData] = [[] for _ in columns]
    if quick:
        names = tuple(columns[at].name for at in quick)
        sql, values = select_sql(connection, table, with_columns(query, names))
        fetched: Mapping[str, Any] = connection.execute(sql, values).fetchnumpy()
        for number, at in enumerate(quick):
            array = fetched[f"cell {number}"]
            mask = getattr(array, "mask", None)
            bare = array if mask is None else array.data
            answer[at] = (bare, mask if mask is not None and mask.any() else None)
    slow = [at for at in range(len(columns)) if at not in set(quick)]
    if slow:
        lists: list[list[Value]] = [[] for _ in slow]
        names = tuple(columns[at].name for at in slow)
        for batch in read_batches(connection, table, with_columns(query, names)):
            for cells, chunk in zip(lists, batch, strict=True):
                cells.extend(chunk)
        for cells, at in zip(lists, slow, strict=True):
            answer[at] = cells
    return answer


def with_columns(query: Query, names: tuple[str, ...]) -> Query:
    """Return the query for other columns.

    Parameters
    ----------
    query
        What is asked of the rows.
    names
        The columns to ask for.
    """
    return Query(
        columns=names,
        where=query.where,
        order=query.order,
        descending=query.descending,
        offset=query.offset,
        limit=query.limit,
        tail=query.tail,
    )


def count(connection: DuckDBPyConnection, name: str, conditions: Sequence[Condition]) -> int:
    """Count the rows that fulfil all conditions, none without a table; called in a transaction.

    What the columns are is asked only where a condition is on one: that takes as long as counting.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    name
        The name of the table.
    conditions
        All of them must be fulfilled.
    """
    names = schema.all_tables(connection)
    table: Table | None = schema.Table(name, ())
    if conditions or name not in schema.row_tables(names):
        table = schema.load(connection, name, names)
    if table is None:
        return 0
    clause = where_sql(connection, table, conditions)
    query = f"SELECT count(*) FROM {table.sql}{clause.sql}"
    row = connection.execute(query, clause.values).fetchone()
    return 0 if row is None else int(row[0])
