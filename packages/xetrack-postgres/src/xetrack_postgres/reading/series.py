"""Buckets of a chart, computed by PostgreSQL; see `xetrack.interfaces.engines.series`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.interfaces.engines.series import moments, statements
from xetrack.interfaces.engines.series.axis import axis_columns
from xetrack.interfaces.engines.series.statements import LARGE, Dialect, Source
from xetrack.model.kinds import Kind
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET, quoted
from xetrack_postgres.names import MORE, ROW, is_sayable
from xetrack_postgres.reading.select import find_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.interfaces.engines.series.statements import Execute
    from xetrack_postgres.reading.select import TableReader
    from xetrack_postgres.tables.schema import StoredColumn, TableSchema

_NUMBERS = frozenset(
    {
        *(Kind.BOOL, Kind.INT, Kind.BIGINT, Kind.HUGEINT, Kind.FLOAT, Kind.DECIMAL),
        *(Kind.DURATION, Kind.LONGDURATION),
    }
)

_SEEN: Mapping[Kind, frozenset[Kind]] = {
    Kind.BOOL: frozenset({Kind.BOOL}),
    Kind.INT: frozenset({Kind.BOOL, Kind.INT, Kind.BIGINT}),
    Kind.FLOAT: frozenset({Kind.BOOL, Kind.INT, Kind.BIGINT, Kind.FLOAT}),
    Kind.DURATION: frozenset({Kind.DURATION, Kind.LONGDURATION}),
}
"""For each meaning of a column, the numbers whose nearest float stands in the column itself."""

# `array_agg` would keep all cells. Arrays compare by their first elements, the numbers of rows,
# which are exact as floats. A sum beyond the largest float would be an error.
_DIALECT = Dialect(
    parameter="%s",
    infinity="'Infinity'::float8",
    floor="floor({})",
    total=f"sum(CASE WHEN abs({{value}}) < {LARGE} THEN {{value}} END)",
    first="(min(ARRAY[{row}::float8, {value}]) FILTER (WHERE {value} IS NOT NULL))[2]",
    last="(max(ARRAY[{row}::float8, {value}]) FILTER (WHERE {value} IS NOT NULL))[2]",
)


def ask(
    connection: Connection[Any],
    reader: TableReader,
    table: TableSchema,
    relation: str,
    query: SeriesQuery,
) -> list[Bucket] | None:
    """Compute the buckets of a table.

    Parameters
    ----------
    connection
        In a transaction that sees one moment.
    reader
        Makes SQL of conditions, on that connection.
    table
        The table as it is at that moment.
    relation
        The table as SQL writes it.
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
    offset = table.by_key.get(UTC_OFFSET)
    names = axis_columns(query.x, None if offset is None else offset.name)
    axis = [find_column(table, name) for name in names]
    columns = [find_column(table, name) for name in query.y]
    run = find_column(table, TRACK_ID)

    def execute(sql: str, parameters: Sequence[Any]) -> list[Any]:
        return connection.execute(sql, parameters, binary=True).fetchall()

    placed = _placed(execute, relation.replace("%", "%%"), axis, query.x)
    if placed is None or not all(map(_is_seen, columns)):
        return None
    conditions, values = reader.where(query.where)
    name = quoted(run.name).replace("%", "%%")
    where = f"WHERE {conditions} AND {name} IS NOT NULL"
    if query.runs is not None:
        where += f" AND {name} = ANY(%s::text[])"
        values = [*values, [each for each in query.runs if is_sayable(each)]]
    source = Source(
        table=placed.table,
        row=ROW,
        run=name,
        where=where,
        x=placed.x,
        numbers=tuple(map(_number, columns)),
        nans=tuple(map(_nan, columns)),
        matched=(*placed.values, *values),
    )
    return statements.ask(execute, _DIALECT, source, query)


@frozen
class _Placed:
    """A table whose rows have a place on the axis, as SQL."""

    table: str
    x: str | None
    values: tuple[Any, ...] = ()


def _placed(
    execute: Execute, table: str, axis: Sequence[StoredColumn], x: str | None
) -> _Placed | None:
    """Return the table with its axis; None where SQL does not see all places."""
    if x is None:
        return _Placed(table, None)
    if x != TIMESTAMP:
        return _Placed(table, _number(axis[0])) if _is_seen(axis[0]) else None
    if any(column.meaning is not Kind.TEXT or column.strays for column in axis):
        return None
    stamp, *offsets = [quoted(column.name).replace("%", "%%") for column in axis]
    offset = f"coalesce({offsets[0]}, '')" if offsets else "''"
    minutes = moments.read_minutes(execute, table, stamp, offset, f"{stamp} ~ '^{moments.STAMP}$'")
    if minutes is None:
        return None
    listed = f"{moments.MINUTE}, {moments.OFFSET}, {moments.START}"
    timed = (
        f"{table} JOIN unnest(%s::text[], %s::text[], %s::float8[]) AS minutes ({listed}) "
        f"ON {moments.matching_sql(stamp, offset)}"
    )
    return _Placed(timed, moments.moment_sql(stamp), minutes)


def _is_seen(column: StoredColumn) -> bool:
    """Return True if each number of a column stands in it, as far as there are any."""
    if column.in_more:
        return False
    if column.key is None:  # of another program, whose numeric type says more than a float
        return column.meaning in _SEEN or column.meaning is Kind.TEXT
    seen = frozenset[Kind]() if column.meaning is None else _SEEN.get(column.meaning, frozenset())
    return column.kinds & _NUMBERS <= seen


def _number(column: StoredColumn) -> str:
    name = quoted(column.name).replace("%", "%%")
    if column.meaning not in _SEEN:
        return "NULL::float8"
    return f"{name}::int::float8" if column.meaning is Kind.BOOL else f"{name}::float8"


def _nan(column: StoredColumn) -> str:
    """Return SQL for whether a cell is nan: ours lies in the JSON, that of others in the column."""
    conditions = []
    if column.meaning in _SEEN:
        conditions.append(f"{_number(column)} = 'NaN'::float8")
    if column.key is not None and Kind.NAN in column.kinds:
        cell = f"{MORE} -> {_literal(column.name)}"
        value, tag = f"{cell} ->> 'value'", f"{cell} ->> '$xetrack'"
        conditions.append(f"{value} = 'nan' AND {tag} = 'float'")
    return " OR ".join(conditions) or "false"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"
