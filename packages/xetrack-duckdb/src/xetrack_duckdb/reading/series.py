"""Buckets of a chart, computed by DuckDB; see `xetrack.interfaces.engines.series`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.interfaces.engines.series import moments, statements
from xetrack.interfaces.engines.series.axis import axis_columns
from xetrack.interfaces.engines.series.statements import Dialect, Source
from xetrack.model.kinds import Kind
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET
from xetrack_duckdb.reading.conditions import find_column, where_sql
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.column_types import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.interfaces.engines.series.statements import Execute
    from xetrack_duckdb.tables.schema import StoredColumn, Table

_PLAIN = frozenset({Kind.BOOL, Kind.INT, Kind.BIGINT, Kind.FLOAT, Kind.DURATION, Kind.NAN})
"""Numbers that SQL sees as such in a column that has a type of numbers."""

_ANY = NUMBERS | {Kind.DURATION, Kind.LONGDURATION}

_TEXT = frozenset({Kind.TEXT})

_TYPES = frozenset(
    "BOOLEAN TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER FLOAT DOUBLE".split()
)
"""Types whose cells are numbers of their nearest float."""

_DIALECT = Dialect(
    parameter="?",
    infinity="'infinity'::DOUBLE",
    floor="CAST(floor({}) AS BIGINT)",
    total="fsum({value})",  # of Kahan
    first="arg_min({value}, {row}) FILTER (WHERE {value} IS NOT NULL)",
    last="arg_max({value}, {row}) FILTER (WHERE {value} IS NOT NULL)",
)


def ask(connection: DuckDBPyConnection, table: Table, query: SeriesQuery) -> list[Bucket] | None:
    """Compute the buckets of a table; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    query
        What to compute.

    Returns
    -------
    list of Bucket or None
        The answer; None where SQL cannot say it exactly.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    axis = [find_column(table, name) for name in axis_columns(query.x, _offset(table))]
    columns = [find_column(table, name) for name in query.y]
    run = find_column(table, TRACK_ID)

    def execute(sql: str, parameters: Sequence[Any]) -> list[Any]:
        return connection.execute(sql, [*parameters]).fetchall()

    placed = _placed(execute, table, axis, query.x)
    numbers = [number for column in columns if (number := _number(column)) is not None]
    if placed is None or len(numbers) < len(columns) or run.type != "VARCHAR":
        return None
    where = where_sql(connection, table, query.where)
    values = [*where.values]
    text = f"{where.sql}{' AND' if where.sql else ' WHERE'} {run.sql} IS NOT NULL"
    if query.runs is not None:
        text += f" AND {run.sql} IN (SELECT unnest(?::VARCHAR[]))"
        values.append([*query.runs])
    source = Source(
        table=placed.table,
        row="rowid",
        run=run.sql,
        where=text,
        x=placed.x,
        numbers=tuple(numbers),
        nans=tuple(map(_nan, [table] * len(columns), columns, numbers)),
        matched=(*placed.values, *values),
    )
    return statements.ask(execute, _DIALECT, source, query)


@frozen
class _Placed:
    """A table whose rows have a place on the axis, as SQL."""

    table: str
    x: str | None
    values: tuple[Any, ...] = ()


def _offset(table: Table) -> str | None:
    return next((column.name for column in table.columns if column.key == UTC_OFFSET), None)


def _placed(
    execute: Execute, table: Table, axis: Sequence[StoredColumn], x: str | None
) -> _Placed | None:
    """Return the table with its axis; None where SQL does not see all places."""
    if x is None:
        return _Placed(table.sql, None)
    if x != TIMESTAMP:
        number = _number(axis[0])
        return None if number is None else _Placed(table.sql, number)
    if any(column.type != "VARCHAR" or not column.kinds <= _TEXT for column in axis):
        return None
    stamp, *offsets = [column.sql for column in axis]
    offset = f"coalesce({offsets[0]}, '')" if offsets else "''"
    is_stamp = f"regexp_full_match({stamp}, '{moments.STAMP}')"
    minutes = moments.read_minutes(execute, table.sql, stamp, offset, is_stamp)
    if minutes is None:
        return None
    listed = (
        f"SELECT unnest(?::VARCHAR[]) AS {moments.MINUTE}, "
        f"unnest(?::VARCHAR[]) AS {moments.OFFSET}, unnest(?::DOUBLE[]) AS {moments.START}"
    )
    timed = (
        f"(SELECT t.*, t.rowid AS rowid, minutes.{moments.START} FROM {table.sql} AS t "
        f"JOIN ({listed}) AS minutes ON {moments.matching_sql(stamp, offset)}) AS timed"
    )
    return _Placed(timed, moments.moment_sql(stamp), minutes)


def _number(column: StoredColumn) -> str | None:
    """Return SQL for the number of a cell; None where SQL does not see all of them."""
    if column.type in _TYPES and (column.key is None or column.kinds <= _PLAIN):
        return f"CAST({column.sql} AS DOUBLE)"
    if column.key is not None and column.kinds.isdisjoint(_ANY):
        return "CAST(NULL AS DOUBLE)"
    return None


def _nan(table: Table, column: StoredColumn, number: str) -> str:
    """Return SQL for whether a cell is nan: in a column of another program it lies as such."""
    noted = "false"
    if table.has_kinds_column and Kind.NAN in column.kinds:
        noted = f"{column.sql} IS NULL AND {cell_kinds.is_noted(column.name, 'nan;')}"
    return f"coalesce(isnan({number}), {noted})"
