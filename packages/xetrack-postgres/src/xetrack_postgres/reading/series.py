"""Buckets of a chart, computed by PostgreSQL; see `xetrack.interfaces.engines.series`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engines.series import statements
from xetrack.interfaces.engines.series.axis import axis_columns
from xetrack.interfaces.engines.series.statements import LARGE, Dialect, Source
from xetrack.model.kinds import Kind
from xetrack.model.names import TIMESTAMP, TRACK_ID, quoted
from xetrack_postgres.names import MORE, ROW, is_sayable
from xetrack_postgres.reading.select import find_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from psycopg import Connection

    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
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
    axis = [find_column(table, name) for name in axis_columns(query.x, None)]
    columns = [find_column(table, name) for name in query.y]
    run = find_column(table, TRACK_ID)
    # Only Python knows what local time was, for a timestamp that says no offset.
    if query.x == TIMESTAMP or not all(map(_is_seen, (*axis, *columns))):
        return None
    conditions, values = reader.where(query.where)
    name = quoted(run.name).replace("%", "%%")
    where = f"WHERE {conditions} AND {name} IS NOT NULL"
    if query.runs is not None:
        where += f" AND {name} = ANY(%s::text[])"
        values = [*values, [each for each in query.runs if is_sayable(each)]]
    source = Source(
        table=relation.replace("%", "%%"),
        row=ROW,
        run=name,
        where=where,
        x=_number(axis[0]) if axis else None,
        numbers=tuple(map(_number, columns)),
        nans=tuple(map(_nan, columns)),
        matched=tuple(values),
    )

    def execute(sql: str, parameters: Sequence[Any]) -> Iterable[Sequence[Any]]:
        return connection.execute(sql, parameters, binary=True).fetchall()

    return statements.ask(execute, _DIALECT, source, query)


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
