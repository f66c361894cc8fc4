"""What is said of the numbers of a column: counted in one pass, with memory that stays flat."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from attrs import define

from xetrack.interfaces.query import Condition
from xetrack.model.kinds import Kind
from xetrack_cli.render.cells import is_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.model.kinds import Value
    from xetrack_cli.queries.table_query import Asked

QUARTILES = (0.25, 0.5, 0.75)

FINITE_BELOW = -math.inf
"""Every number but nan is at least this, and nothing else is."""


KEPT_AS_TEXT = {Kind.DECIMAL, Kind.HUGEINT}
"""Numbers that databases may keep as text, which sorts otherwise; they are sorted here."""


def is_nan(cell: Value) -> bool:
    """Tell whether a value is no number though it is of such a type."""
    if isinstance(cell, Decimal):  # a signalling one is not even compared
        return cell.is_nan()
    return bool(cell != cell)  # noqa: PLR0124


@define
class Summary:
    """Counts the cells of a column as they come, by Welford's method.

    B. P. Welford, "Note on a method for calculating corrected sums of squares and products",
    Technometrics 4 (1962). It loses no digits where the mean is large and the spread small.
    """

    count: int = 0
    """Numbers; nan is none, and neither are truth values."""
    missing: int = 0
    """Cells without a value, or with nan."""
    mean: float = 0.0
    """Of those that are finite."""
    least: Value = None
    most: Value = None
    _finite: int = 0
    _squares: float = 0.0
    _infinite: float = 0.0

    def add(self, cells: Iterable[Value]) -> None:
        """Take more cells."""
        for cell in cells:
            if cell is None or is_nan(cell):
                self.missing += 1
                continue
            if not is_number(cell):
                continue
            self.count += 1
            self._take(as_float(cell))
            if self.least is None or cell < self.least:
                self.least = cell
            if self.most is None or cell > self.most:
                self.most = cell

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
    def deviation(self) -> float | None:
        """The standard deviation of a sample; None below two numbers, nan with an infinite one."""
        if self._infinite:
            return math.nan
        return math.sqrt(self._squares / (self.count - 1)) if self.count > 1 else None


def as_float(number: Any) -> float:
    """Return a number as a float; one that is too large is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
    except ValueError:  # a signalling nan of decimals
        return math.nan


def summaries(asked: Asked, names: list[str]) -> dict[str, Summary]:
    """Summarise columns, all in one pass."""
    found = {name: Summary() for name in names}
    for batch in asked.batches(names):
        for summary, cells in zip(found.values(), batch, strict=True):
            summary.add(cells)
    return found


def quartiles(asked: Asked, name: str, count: int) -> list[float | None]:
    """Return the quartiles of a column's numbers, between neighbours by a straight line.

    The database sorts; that is method 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in
    statistical packages", The American Statistician 50 (1996), which NumPy and pandas use.

    Parameters
    ----------
    asked
        Where the column is.
    name
        Its name.
    count
        How many numbers it has.
    """
    if not count:
        return [None for _ in QUARTILES]
    places = [share * (count - 1) for share in QUARTILES]
    numbers = [*asked.where, Condition(name, ">=", FINITE_BELOW)]
    if asked.column(name).kinds & KEPT_AS_TEXT:
        rows = iter(sorted(asked.rows([name], where=numbers)))
    else:
        rows = asked.rows([name], where=numbers, order=name)
    wanted = sorted({at for place in places for at in (math.floor(place), math.ceil(place))})
    found: dict[int, float] = {}
    passed = 0
    for at in wanted:
        for (value,) in islice(rows, at - passed, at - passed + 1):
            found[at] = as_float(value)
        passed = at + 1
    return [_between(found, place) for place in places]


def _between(found: dict[int, float], place: float) -> float | None:
    low, high = found.get(math.floor(place)), found.get(math.ceil(place))
    if low is None or high is None:  # rows went away since they were counted
        return None
    return low if low == high else low + (high - low) * (place % 1)
