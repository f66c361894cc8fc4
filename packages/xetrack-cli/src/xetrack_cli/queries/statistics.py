"""Statistics of the numbers in a column: in one pass, with memory that stays flat."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import define

from xetrack.interfaces.query import Condition
from xetrack.model.kinds import Kind
from xetrack_cli.queries.table_query import DURATIONS, NUMBERS
from xetrack_cli.render.cells import is_measure, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xetrack.model.kinds import Value
    from xetrack_cli.queries.table_query import TableQuery
    from xetrack_cli.render.cells import Number

QUARTILES = (0.25, 0.5, 0.75)

FINITE_BELOW = -math.inf
"""Every number but nan is at least this, and nothing else is."""


STORED_AS_TEXT = {Kind.DECIMAL, Kind.HUGEINT}
"""Numbers that databases may store as text, which sorts otherwise; they are sorted here."""


def is_nan(cell: Value) -> bool:
    """Return True for a value that is no number though its type is one of numbers.

    Parameters
    ----------
    cell
        The plain value of a cell.
    """
    if isinstance(cell, Decimal):  # a signalling one is not even compared
        return cell.is_nan()
    return bool(cell != cell)  # noqa: PLR0124


def least_of(kinds: frozenset[Kind]) -> Value:
    """Return what every number of a column but nan is at least, and nothing else is.

    Parameters
    ----------
    kinds
        The kinds of the column.
    """
    return timedelta.min if kinds and kinds <= DURATIONS | {Kind.NAN} else FINITE_BELOW


@define
class Summary:
    """Running statistics of a column's cells, by Welford's method.

    B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
    Technometrics 4 (1962). It loses no digits where the mean is large and the spread small.
    """

    count: int = 0
    """Numbers; nan is none, and neither are truth values."""
    missing: int = 0
    """Cells without a value, or with nan."""
    mean: float = 0.0
    """Of those that are finite."""
    minimum: Number | None = None
    maximum: Number | None = None
    _finite: int = 0
    _squares: float = 0.0
    _infinite: float = 0.0

    def add(self, cells: Iterable[Value]) -> None:
        """Add cells to the statistics.

        Parameters
        ----------
        cells
            Values of any type; what is no number only counts as present or missing.
        """
        for cell in cells:
            if cell is None or is_nan(cell):
                self.missing += 1
                continue
            if isinstance(cell, timedelta):
                cell = cell.total_seconds()  # noqa: PLW2901 - as numbers, from here on
            if not is_number(cell):
                continue
            self.count += 1
            self._take(as_float(cell))
            if self.minimum is None or cell < self.minimum:
                self.minimum = cell
            if self.maximum is None or cell > self.maximum:
                self.maximum = cell

    def _take(self, number: float) -> None:
        if math.isinf(number):
            self._infinite += number
            return
        self._finite += 1
        off = number - self.mean
        self.mean += off / self._finite
        self._squares += off * (number - self.mean)

    @property
    def average(self) -> float | None:
        """The mean; None without a number."""
        return (self._infinite or self.mean) if self.count else None

    @property
    def standard_deviation(self) -> float | None:
        """The standard deviation of a sample; None below two numbers, nan with an infinite one."""
        if self._infinite:
            return math.nan
        return math.sqrt(self._squares / (self.count - 1)) if self.count > 1 else None


def as_float(number: Number | timedelta) -> float:
    """Convert a number to a float; one that is too large becomes infinite.

    Parameters
    ----------
    number
        An int, a float, a Decimal or a duration, of which it takes the seconds.
    """
    if isinstance(number, timedelta):
        return number.total_seconds()
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
    except ValueError:  # a signalling nan of decimals
        return math.nan


def summarize_columns(query: TableQuery, names: list[str]) -> dict[str, Summary]:
    """Summarise columns, all in one pass.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    names
        The columns.

    Returns
    -------
    dict
        A summary by the name of each column.
    """
    summary_by_name = {name: Summary() for name in names}
    for batch in query.batches(names):
        for summary, cells in zip(summary_by_name.values(), batch, strict=True):
            summary.add(cells)
    return summary_by_name


def compute_quartiles(query: TableQuery, name: str, count: int) -> list[float | None]:
    """Compute the quartiles of a column, interpolated between neighbours by a straight line.

    The database sorts; that is method 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in
    statistical packages", The American Statistician 50 (1996), which NumPy and pandas use.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    name
        The column.
    count
        How many numbers it has.

    Returns
    -------
    list
        One float for each of `QUARTILES`; None where there are no numbers.
    """
    if not count:
        return [None for _ in QUARTILES]
    places = [share * (count - 1) for share in QUARTILES]
    kinds = query.column(name).kinds
    numbers = [*query.where, Condition(name, ">=", least_of(kinds))]
    rows: Iterator[tuple[Any, ...]]  # the condition leaves but numbers
    if kinds & DURATIONS and kinds & (NUMBERS - DURATIONS - {Kind.NAN}):  # no condition is on both
        cells = (cell for (cell,) in query.rows([name]) if not is_nan(cell))
        rows = iter(sorted((as_float(cell),) for cell in cells if is_measure(cell)))
    elif kinds & STORED_AS_TEXT:
        rows = iter(sorted(query.rows([name], where=numbers)))
    else:
        rows = query.rows([name], where=numbers, order=name)
    wanted = sorted(
        {position for place in places for position in (math.floor(place), math.ceil(place))}
    )
    numbers_at: dict[int, float] = {}
    passed = 0
    for position in wanted:
        for (value,) in islice(rows, position - passed, position - passed + 1):
            numbers_at[position] = as_float(value)
        passed = position + 1
    return [_interpolate(numbers_at, place) for place in places]


def _interpolate(numbers_at: dict[int, float], place: float) -> float | None:
    low, high = numbers_at.get(math.floor(place)), numbers_at.get(math.ceil(place))
    if low is None or high is None:  # rows went away since they were counted
        return None
    return low if low == high else low + (high - low) * (place % 1)
