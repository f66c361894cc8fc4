"""Reading: a query becomes one SELECT, and its cells become plain values again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xetrack.interfaces.query import Query
from xetrack.model.kinds import Kind
from xetrack.model.names import quoted
from xetrack_duckdb.reading.conditions import Where, has_zones, is_sorted_exactly, located, where
from xetrack_duckdb.tables import cell_kinds, schema
from xetrack_duckdb.tables.values import plain_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.capabilities import ColumnData
    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import StoredColumn, Table

BATCH = 2_048
"""Rows fetched at once: DuckDB's own vectors have so many."""


def wanted(table: Table, query: Query) -> list[StoredColumn]:
    """Return the columns that a query asks for, in its order."""
    if query.columns is None:
        return list(table.columns)
    return [located(table, name) for name in query.columns]


def select(
    connection: DuckDBPyConnection,
    table: Table,
    query: Query,
    shown: list[str] | None = None,
) -> tuple[str, list[Value]]:
    """Return the SELECT for a query and the values for it.

    It gives what `shown` says in SQL; else the columns, called ``cell 0``, ``cell 1`` and so on as
    a query may name one twice, and their notes, if there are any. No key gets a column with a
    blank in its name, so none of the names made here is a column's.
    """
    if shown is None:
        shown = [f'{column.sql} AS "cell {at}"' for at, column in enumerate(wanted(table, query))]
        shown.append(quoted(cell_kinds.COLUMN) if table.has_notes else "NULL")
    cut = where(connection, table, query.where)
    down = "DESC" if query.descending else "ASC"
    order = f"rowid {down}"
    if query.order is not None:
        column = located(table, query.order)
        if not is_sorted_exactly(column):
            return _arranged(connection, table, query, column, cut, shown), []
        zone = (
            f"{cell_kinds.is_noted(column.name, Kind.DATETIME)} {down}, "
            if has_zones(table, column)
            else ""
        )
        order = f"{column.sql} IS NULL, {zone}{column.sql} {down}, rowid ASC"
    limits = "" if query.limit is None else f" LIMIT {query.limit}"
    limits += f" OFFSET {query.offset}" if query.offset else ""
    source = f"{table.sql}{cut.sql}"
    by_order = "" if order == "rowid ASC" and not limits else f" ORDER BY {order}"
    listed = ", ".join(shown)
    if query.tail is None:
        return f"SELECT {listed} FROM {source}{by_order}{limits}", cut.values
    # Numbered in the order asked for, so that the end can be taken from the other side.
    inner = (
        f'SELECT rowid AS "a row", row_number() OVER (ORDER BY {order}) AS "a place" '
        f'FROM {source} ORDER BY "a place"{limits}'
    )
    if query.order is None and not limits:
        other = "ASC" if query.descending else "DESC"
        inner = f"SELECT rowid FROM {source} ORDER BY rowid {other} LIMIT {query.tail}"
        return (
            f"SELECT {listed} FROM {table.sql} WHERE rowid IN ({inner}) ORDER BY rowid {down}"
        ), cut.values
    last = f'SELECT "a row", "a place" FROM ({inner}) ORDER BY "a place" DESC LIMIT {query.tail}'
    return (
        f'SELECT {listed} FROM {table.sql} AS t JOIN ({last}) AS l ON t.rowid = l."a row" '
        'ORDER BY l."a place"'
    ), cut.values


def _arranged(
    connection: DuckDBPyConnection,
    table: Table,
    query: Query,
    column: StoredColumn,
    cut: Where,
    shown: list[str],
) -> str:
    """Sort rows in Python by a column that DuckDB sorts otherwise; return SQL for the answer."""
    noted = quoted(cell_kinds.COLUMN) if table.has_notes else "NULL"
    sql = f"SELECT rowid, {column.sql}, {noted} FROM {table.sql}{cut.sql} ORDER BY rowid"
    rows = connection.execute(sql, cut.values).fetchall()
    ids, stored, texts = zip(*rows, strict=True) if rows else ((), (), ())
    (cells,) = plain_cells([column], [stored], texts)
    arranged = np.array(query.arrange(ids, cells), dtype="int64")
    places = {"a row": arranged, "a place": np.arange(len(arranged))}
    connection.register("xetrack_order", places)
    return (
        f"SELECT {', '.join(shown)} FROM {table.sql} AS t JOIN xetrack_order AS l "
        'ON t.rowid = l."a row" ORDER BY l."a place"'
    )


def batches(
    connection: DuckDBPyConnection, table: Table, query: Query
) -> Iterator[Sequence[Sequence[Value]]]:
    """Yield the cells of the answer, column by column; called inside a transaction."""
    columns = wanted(table, query)
    sql, values = select(connection, table, query)
    connection.execute(sql, values)
    while rows := connection.fetchmany(BATCH):
        *stored, noted = zip(*rows, strict=True)
        yield plain_cells(columns, stored, noted)


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


def arrays(connection: DuckDBPyConnection, table: Table, query: Query) -> list[ColumnData]:
    """Return the answer column by column; called inside a transaction."""
    columns = wanted(table, query)
    quick = [at for at, one in enumerate(columns) if one.key is not None and one.kinds in _ARRAYS]
    found: list[ColumnData] = [[] for _ in columns]
    if quick:
        names = tuple(columns[at].name for at in quick)
        sql, values = select(connection, table, evolved(query, names))
        given: Mapping[str, Any] = connection.execute(sql, values).fetchnumpy()
        for number, at in enumerate(quick):
            array = given[f"cell {number}"]
            mask = getattr(array, "mask", None)
            bare = array if mask is None else array.data
            found[at] = (bare, mask if mask is not None and mask.any() else None)
    slow = [at for at in range(len(columns)) if at not in set(quick)]
    if slow:
        lists: list[list[Value]] = [[] for _ in slow]
        names = tuple(columns[at].name for at in slow)
        for batch in batches(connection, table, evolved(query, names)):
            for cells, more in zip(lists, batch, strict=True):
                cells.extend(more)
        for cells, at in zip(lists, slow, strict=True):
            found[at] = cells
    return found


def evolved(query: Query, names: tuple[str, ...]) -> Query:
    """Return the query for other columns."""
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
    """
    there = schema.all_tables(connection)
    table: Table | None = schema.Table(name, ())
    if conditions or name not in schema.of_rows(there):
        table = schema.load(connection, name, there)
    if table is None:
        return 0
    cut = where(connection, table, conditions)
    query = f"SELECT count(*) FROM {table.sql}{cut.sql}"
    row = connection.execute(query, cut.values).fetchone()
    return 0 if row is None else int(row[0])
