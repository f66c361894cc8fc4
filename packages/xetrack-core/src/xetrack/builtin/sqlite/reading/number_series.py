"""Buckets of columns that hold finite numbers only, by one plain statement.

The statement that fits all columns makes a row of each test of each cell, and SQLite sorts these
rows by run and bucket. Where a column is known to hold ints, floats and booleans, it takes a third
of the time to name the cells themselves. That no cell is infinite, or a text that another program
wrote, shows in the answer: infinities and texts are its largest or smallest cells.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.tables import cell_kinds
from xetrack.interfaces.engines.series import statements
from xetrack.interfaces.engines.series.axis import Scale
from xetrack.model.kinds import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn
    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.interfaces.engines.series.statements import Source

_NUMBERS = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT})
_MINIMUM, _MAXIMUM = 1, 2
"""Where the smallest and the largest number stand among the figures of a column."""


def are_numbers(columns: Sequence[StoredColumn]) -> bool:
    """Return True if all that xetrack wrote into some columns are numbers, none of them nan.

    Parameters
    ----------
    columns
        Columns of one table.
    """
    return all(column.kinds and _NUMBERS.issuperset(column.kinds) for column in columns)


def needs_axis(query: SeriesQuery) -> bool:
    """Return True if each row needs its x; one bucket of all rows has positions by their count.

    Parameters
    ----------
    query
        What to compute.
    """
    return (
        query.x is not None or query.buckets > 1 or query.low is not None or query.high is not None
    )


def ask(
    connection: sqlite3.Connection,
    source: Source,
    x: str | None,
    names: Sequence[str],
    query: SeriesQuery,
) -> list[Bucket] | None:
    """Compute the buckets of a table.

    Parameters
    ----------
    connection
        In a transaction.
    source
        The rows; its numbers are replaced by those of the columns themselves.
    x
        The column of the axis, quoted; None where there `needs_axis` none.
    names
        The columns of y, quoted. All columns are those of `are_numbers`.
    query
        What to compute.

    Returns
    -------
    list of Bucket or None
        The answer; None where a cell is infinite or no number.
    """
    within, values = source.where, [*source.matched]
    low, high = query.low, query.high
    if x is not None:
        within += f" AND {x} > -9e999 AND {x} < 9e999"
        if query.buckets > 1 and (low is None or high is None):
            sql = f"SELECT min({x}), max({x}) FROM {source.table}{within}"
            ((least, most),) = connection.execute(sql, values)
            if least is None:
                return []
            low = float(least) if low is None else low
            high = float(most) if high is None else high
    if low is not None and high is not None and low > high:
        return []
    for end, sign in ((low, ">="), (high, "<=")):
        if end is not None:
            within += f" AND {x} {sign} ?"
            values.append(end)
    place, parameters = _place(x, Scale(low or 0.0, high or 0.0, query.buckets))
    ends = f"min({x}), max({x})" if x else "0.0, count(*) - 1.0"
    sql = (
        f'SELECT {source.run}, {place} AS "its place", min({source.row}), count(*), {ends}'
        f"{_figures(source, names)} FROM {source.table}{within} GROUP BY 1, 2"
    )
    rows = list(map(list, connection.execute(sql, (*parameters, *values))))
    if not made_floats(rows, len(names)):
        return None
    look_up(connection, source, names, rows)
    return statements.to_buckets(rows, len(names))


def _place(x: str | None, scale: Scale) -> tuple[str, list[float]]:
    if x is None or scale.buckets == 1 or not scale.width:
        return "0", []
    part = f"CAST(({x} * ? - ?) / ? * ? AS INTEGER)"
    values = [scale.factor, scale.start, scale.width, float(scale.buckets)]
    return f"min({part}, {scale.buckets - 1})", values


def _figures(source: Source, names: Sequence[str]) -> str:
    figures = ""
    for name in names:
        row = f"CASE WHEN {name} IS NOT NULL THEN {source.row} END"
        figures += f", count({name}), min({name}), max({name}), total({name})"
        figures += f", min({row}), max({row}), 0, 0, 0"
    return figures


def look_up(
    connection: sqlite3.Connection, source: Source, names: Sequence[str], rows: list[list[Any]]
) -> None:
    """Replace the numbers of the rows of the first and the last cells by these cells.

    Parameters
    ----------
    connection
        In a transaction.
    source
        The rows.
    names
        The columns of y, quoted.
    rows
        Of an answer.
    """
    begins = [statements.OF_BUCKET + at * statements.FIGURES for at in range(len(names))]
    ends = [(at, begin + end) for at, begin in enumerate(begins) for end in statements.ENDS]
    wanted = {row[place] for row in rows for _, place in ends} - {None}
    cells = "".join(f", CAST({name} AS REAL)" for name in names)
    sql = f"SELECT {source.row}{cells} FROM {source.table} WHERE {source.row} IN {cell_kinds.ROWS}"
    numbers = {row: cells for row, *cells in connection.execute(sql, (json.dumps([*wanted]),))}
    for row in rows:
        for at, place in ends:
            number = row[place]
            row[place] = None if number is None else numbers[number][at]


def made_floats(rows: list[list[Any]], columns: int) -> bool:
    """Make floats of the ends of the axis and of the figures, and return whether all are finite.

    Parameters
    ----------
    rows
        Of an answer.
    columns
        The number of columns of y.
    """
    places = [4, 5]
    for at in range(columns):
        begin = statements.OF_BUCKET + at * statements.FIGURES
        places += [begin + _MINIMUM, begin + _MAXIMUM]
    for row in rows:
        for place in places:
            number = row[place]
            if type(number) is int:
                row[place] = float(number)
            elif number is not None and not (type(number) is float and math.isfinite(number)):
                return False
    return True
