"""Buckets computed by a database: one statement for its range, and one for all figures.

An engine describes its cells as `Source` and its SQL as `Dialect`; `ask` builds the statements,
lets the engine execute them, and makes buckets of the rows. Names of columns that are made here
hold a blank, as no column for a key does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.interfaces.engines.series import Bucket, BucketValues
from xetrack.interfaces.engines.series.axis import Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.interfaces.engines.series import SeriesQuery

Execute: TypeAlias = "Callable[[str, Sequence[Any]], Iterable[Sequence[Any]]]"
"""Executes a statement with its parameters, in the order of the text, and returns the rows."""

LARGE = 1e290
"""From this size on a sum may be beyond the largest float; it is left to Python."""

LookUp: TypeAlias = "Callable[[int, Sequence[int]], Mapping[int, float]]"
"""Returns the numbers of one column of y, counted from 0, in some rows, by the row's number."""

OF_BUCKET, FIGURES = 6, 9
"""Columns of the answer before those of y, and for each of these."""

ENDS = 4, 5
"""Where the first and the last number stand among the figures of a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a database writes what these statements need."""

    parameter: str
    """A parameter by its place: ``?`` or ``%s``."""
    infinity: str
    """The infinite float."""
    floor: str
    """The largest whole number up to ``{}``, which is not negative."""
    least: str = "least"
    """The function that returns the smaller of two numbers."""
    total: str = "sum({value})"
    """The sum of ``{value}``; of those below `LARGE` where it would raise for others."""
    first: str
    """``{value}`` in the lowest ``{row}`` where it is not NULL, or the number of that row."""
    last: str
    """The same of the highest row."""
    once: str = ""
    """What keeps a subquery from being computed several times for a row, behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The rows of one table, as SQL."""

    table: str
    """The table."""
    row: str
    """The number of a row, ascending in the order logged."""
    run: str
    """The track id."""
    where: str
    """Which rows match: with WHERE, and only rows that have a text as track id."""
    x: str | None
    """The number of the axis as a float, or NULL; None for the position."""
    numbers: tuple[str, ...]
    """For each y, the number of the cell as a float, or NULL."""
    nans: tuple[str, ...]
    """For each y, a condition for cells that are nan."""
    selected: tuple[Any, ...] = ()
    """Parameters of `numbers` and `nans` by turns; `x` has none."""
    matched: tuple[Any, ...] = ()
    """Parameters of `where`."""


def ask(
    execute: Execute,
    dialect: Dialect,
    source: Source,
    query: SeriesQuery,
    look_up: LookUp | None = None,
) -> list[Bucket] | None:
    """Compute the buckets of a table by SQL.

    Parameters
    ----------
    execute
        Executes a statement; all of them see one moment of the table.
    dialect
        How the database writes them.
    source
        The rows.
    query
        What to compute.
    look_up
        For a dialect whose first and last are numbers of rows: finds the numbers in these.

    Returns
    -------
    list of Bucket or None
        As `read_series` says; None where a sum may be beyond the largest float, which
        `xetrack.interfaces.engines.series.computing` can compute.
    """
    low, high = query.low, query.high
    if query.buckets > 1 and (low is None or high is None):
        ((least, most),) = execute(*_range(dialect, source))
        if least is None or most is None:
            return []
        low = float(least) if low is None else low
        high = float(most) if high is None else high
    if low is not None and high is not None and low > high:
        return []
    rows = [*execute(*_grouped(dialect, source, query, low, high))]
    if look_up is not None:
        rows = _with_cells(rows, len(query.y), look_up)
    return to_buckets(rows, len(query.y))


def _picked(source: Source) -> str:
    """Return a SELECT of row, run, x, and number and nan of each y."""
    numbered = f"row_number() OVER (PARTITION BY {source.run} ORDER BY {source.row})"
    position = f"CAST({numbered} - 1 AS DOUBLE PRECISION)"
    cells = "".join(
        f', {number} AS "number {at}", {nan} AS "nan {at}"'
        for at, (number, nan) in enumerate(zip(source.numbers, source.nans, strict=True))
    )
    return (
        f'SELECT {source.row} AS "its row", {source.run} AS "its run", '
        f'{source.x or position} AS "its x"{cells} FROM {source.table} {source.where}'
    )


def _is_finite(dialect: Dialect, sql: str) -> str:
    return f"{sql} > -{dialect.infinity} AND {sql} < {dialect.infinity}"


def _range(dialect: Dialect, source: Source) -> tuple[str, list[Any]]:
    """Return a statement for the smallest and the largest x."""
    if source.x is None:
        counts = (
            f'SELECT count(*) AS "its rows" FROM {source.table} {source.where} '
            f"GROUP BY {source.run}"
        )
        return f'SELECT 0, max("its rows") - 1 FROM ({counts}) AS counts', [*source.matched]
    own = f'SELECT {source.x} AS "its x" FROM {source.table} {source.where}{dialect.once}'
    sql = f'SELECT min("its x"), max("its x") FROM ({own}) AS picked WHERE '
    return sql + _is_finite(dialect, '"its x"'), [*source.matched]


def _grouped(
    dialect: Dialect, source: Source, query: SeriesQuery, low: float | None, high: float | None
) -> tuple[str, list[Any]]:
    """Return the statement for all figures."""
    mark = dialect.parameter
    values: list[Any] = []
    place = "0"
    scale = Scale(low or 0.0, high or 0.0, query.buckets)
    if query.buckets > 1 and scale.width:
        place = dialect.floor.format(f'("its x" * {mark} - {mark}) / {mark} * {mark}')
        place = f"{dialect.least}({place}, {query.buckets - 1})"
        values += [scale.factor, scale.start, scale.width, float(query.buckets)]
    columns = range(len(query.y))
    finite = "".join(_finite_column(dialect, at) for at in columns)
    within = _is_finite(dialect, '"its x"')
    values += [*source.selected, *source.matched]
    for end, sign in ((low, ">="), (high, "<=")):
        if end is not None:
            within += f' AND "its x" {sign} {mark}'
            values.append(end)
    placed = (
        f'SELECT picked.*, {place} AS "its place"{finite} '
        f"FROM ({_picked(source)}{dialect.once}) AS picked WHERE {within}{dialect.once}"
    )
    figures = "".join(", " + _figures(dialect, at) for at in columns)
    return (
        'SELECT "its run", "its place", min("its row"), count(*), min("its x"), max("its x")'
        f'{figures} FROM ({placed}) AS placed GROUP BY "its run", "its place"'
    ), values


def _finite_column(dialect: Dialect, at: int) -> str:
    name = f'"number {at}"'
    return f', CASE WHEN {_is_finite(dialect, name)} THEN {name} END AS "finite {at}"'


def _figures(dialect: Dialect, at: int) -> str:
    """Return what is computed of one column."""
    finite, number = f'"finite {at}"', f'"number {at}"'
    return ", ".join(
        [
            *(f"{function}({finite})" for function in ("count", "min", "max")),
            dialect.total.format(value=finite),
            dialect.first.format(value=finite, row='"its row"'),
            dialect.last.format(value=finite, row='"its row"'),
            f'count(CASE WHEN "nan {at}" THEN 1 END)',
            f"count(CASE WHEN {number} = {dialect.infinity} THEN 1 END)",
            f"count(CASE WHEN {number} = -{dialect.infinity} THEN 1 END)",
        ]
    )


def _with_cells(
    rows: Sequence[Sequence[Any]], columns: int, look_up: LookUp
) -> list[Sequence[Any]]:
    """Return an answer in which numbers of rows were replaced by the cells in them."""
    replaced = list(map(list, rows))
    for at in range(columns):
        ends = [OF_BUCKET + at * FIGURES + place for place in ENDS]
        wanted = {row[end] for row in replaced for end in ends} - {None}
        cells = look_up(at, [*wanted])
        for row in replaced:
            for end in ends:
                row[end] = cells.get(row[end])
    return [*replaced]


def to_buckets(rows: Sequence[Sequence[Any]], columns: int) -> list[Bucket] | None:
    """Return the buckets of an answer; None where a number is too large for sums.

    Parameters
    ----------
    rows
        What the statement of all figures gave.
    columns
        The number of columns of y.
    """
    order: dict[str, int] = {}
    for run, _, row, *_ in rows:
        order[run] = min(row, order.get(run, row))
    buckets = []
    for run, place, _, count, low, high, *figures in sorted(
        rows, key=lambda row: (order[row[0]], row[1])
    ):
        values = []
        for at in range(columns):
            column = _values(count, figures[at * FIGURES : (at + 1) * FIGURES])
            if column is None:
                return None
            values.append(column)
        buckets.append(Bucket(run, int(place), count, low, high, tuple(values)))
    return buckets


def _values(rows: int, figures: Sequence[Any]) -> BucketValues | None:
    count, minimum, maximum, total, first, last, nan, infinite, negative_infinite = figures
    if count and max(-minimum, maximum) >= LARGE:
        return None
    missing = rows - count - nan - infinite - negative_infinite
    mean = total / count if count else None
    return BucketValues(
        count, minimum, maximum, mean, first, last, nan, infinite, negative_infinite, missing
    )
