"""Which points a plot has: read one by one, with memory that stays bounded."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import define, field

from xetrack.errors import InvalidArgumentError
from xetrack.model.kinds import Kind
from xetrack.model.names import TIMESTAMP
from xetrack_cli.plots.chart import Series, widen_range
from xetrack_cli.plots.terminal import SERIES
from xetrack_cli.render.cells import is_number, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xetrack.model.kinds import Value
    from xetrack_cli.queries.table_query import TableQuery

Point: TypeAlias = tuple[str, float, float]
"""The name of its series, x and y."""

MOST = 20_000
"""Points that are drawn as they are; more are drawn on a grid."""

GRID = 1_000
"""Steps of that grid from end to end: finer than any terminal."""


@define
class Axis:
    """A column as numbers: times are seconds since the first."""

    name: str
    is_time: bool
    is_log: bool = False
    """Only numbers above 0 have a place on it."""
    start: datetime | None = None

    @classmethod
    def of_column(cls, query: TableQuery, name: str, *, log: bool = False) -> Axis:
        """Make the axis of a column.

        Parameters
        ----------
        query
            The table, and the rows of it that are meant.
        name
            The column.
        log
            Whether the axis is logarithmic.

        Returns
        -------
        Axis
            One of times or of numbers.

        Raises
        ------
        ColumnNotFoundError
            The table has no such column.
        """
        column = query.column(name)
        return cls(name, Kind.DATETIME in column.kinds or name == TIMESTAMP, log)

    def number(self, value: Value) -> float | None:
        """Return the number that is drawn for a cell; None where there is none.

        Parameters
        ----------
        value
            The cell of the axis's column.

        Returns
        -------
        float | None
            A finite number; of a time, the seconds since the first one that was asked for.
        """
        number = self._seconds(value) if self.is_time else self._finite(value)
        return None if self.is_log and number is not None and number <= 0 else number

    @staticmethod
    def _finite(value: Value) -> float | None:
        if isinstance(value, timedelta):
            return value.total_seconds()
        if not is_number(value):
            return float(value) if isinstance(value, bool) else None
        try:
            number = float(value)
        except (OverflowError, ValueError):  # too large, or a signaling NaN
            return None
        return number if math.isfinite(number) else None

    def _seconds(self, value: Value) -> float | None:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            if not isinstance(moment, datetime):
                return None
            self.start = self.start or moment
            return (moment - self.start).total_seconds()
        except (ValueError, TypeError):  # no time, or one with a time zone among those without
            return None

    @property
    def label(self) -> str:
        """What is written along the axis."""
        return f"seconds since {self.start:%Y-%m-%d %H:%M:%S}" if self.start else self.name


@define
class Points:
    """The points of two columns; they are read anew each time they are iterated."""

    query: TableQuery
    x: Axis
    y: Axis
    by: str | None = None
    left_out: int = field(default=0, init=False)
    """Rows that lack a number in one of the columns."""
    merged: bool = field(default=False, init=False)
    """Whether some points are means of several rows."""

    def __iter__(self) -> Iterator[Point]:
        self.left_out = 0
        names = list(dict.fromkeys([self.x.name, self.y.name, *([self.by] if self.by else [])]))
        places = {name: at for at, name in enumerate(names)}
        for row in self.query.rows(names):
            x = self.x.number(row[places[self.x.name]])
            y = self.y.number(row[places[self.y.name]])
            if x is None or y is None:
                self.left_out += 1
                continue
            yield (text_of(row[places[self.by]]) or "missing") if self.by else "", x, y


@define
class Box:
    """The ranges of all points, and a grid in them."""

    x: tuple[float, float] = (math.inf, -math.inf)
    y: tuple[float, float] = (math.inf, -math.inf)

    @classmethod
    def around(cls, points: Iterable[Point]) -> Box:
        """Return the box of all points, made in one pass.

        Parameters
        ----------
        points
            Pairs of numbers.
        """
        box = cls()
        for _, x, y in points:
            box.x = min(box.x[0], x), max(box.x[1], x)
            box.y = min(box.y[0], y), max(box.y[1], y)
        return box

    @classmethod
    def snap(cls, number: float, limits: tuple[float, float], *, log: bool = False) -> float:
        """Round a number to the next line of the grid.

        Parameters
        ----------
        number
            An x or a y.
        limits
            The range of all such numbers.
        log
            Whether the lines are those of a logarithmic axis.

        Returns
        -------
        float
            The line.
        """
        if log:
            low, high = map(math.log10, limits)
            return float(10.0 ** cls.snap(math.log10(number), (low, high)))
        low, high = widen_range(*limits)
        step = (high - low) / GRID
        return low + round((number - low) / step) * step


def scatter_series(points: Points) -> tuple[Series, ...]:
    """Make series of the points, each once.

    Parameters
    ----------
    points
        Of two columns.

    Returns
    -------
    tuple of Series
        One for each value of the column that tells series apart.

    Raises
    ------
    InvalidArgumentError
        There are too many series.
    """
    distinct: dict[Point, None] = {}
    for point in points:
        distinct[point] = None
        if len(distinct) > MOST:
            break
    else:
        return _series(points, distinct)
    box = Box.around(points)
    x_is_log, y_is_log = points.x.is_log, points.y.is_log
    snapped = (
        (name, box.snap(x, box.x, log=x_is_log), box.snap(y, box.y, log=y_is_log))
        for name, x, y in points
    )
    return _series(points, dict.fromkeys(snapped))


def mean_series(points: Points) -> tuple[Series, ...]:
    """Make series of the mean y of each x.

    Parameters
    ----------
    points
        Of two columns.

    Returns
    -------
    tuple of Series
        One for each value of the column that tells series apart.

    Raises
    ------
    InvalidArgumentError
        There are too many series.
    """
    sums = _sums(points)
    if sums is None:
        box = Box.around(points)
        log = points.x.is_log
        snapped = ((name, box.snap(x, box.x, log=log), y) for name, x, y in points)
        sums = _sums(snapped, math.inf) or []
    points.merged = any(count > 1 for *_, count in sums)
    return _series(points, sorted((name, x, total / count) for name, x, total, count in sums))


def _sums(
    points: Iterable[Point], most: float = MOST
) -> list[tuple[str, float, float, int]] | None:
    """Return the name, x, sum and number of ys; None where there are too many."""
    sums: dict[tuple[str, float], list[Any]] = defaultdict(lambda: [0.0, 0])
    for name, x, y in points:
        total_and_count = sums[name, x]
        total_and_count[0] += y
        total_and_count[1] += 1
        if len(sums) > most:
            return None
    return [(*key, *total_and_count) for key, total_and_count in sums.items()]


def _series(points: Points, drawn: Iterable[Point]) -> tuple[Series, ...]:
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, x, y in drawn:
        groups[name].append((x, y))
    if len(groups) > SERIES:
        expected = f"a column with at most {SERIES} different values, or fewer rows by --where"
        raise InvalidArgumentError("--by", points.by, expected)
    return tuple(
        Series(name, tuple(x for x, _ in pairs), tuple(y for _, y in pairs))
        for name, pairs in sorted(groups.items())
    )
