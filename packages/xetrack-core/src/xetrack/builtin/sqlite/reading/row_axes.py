"""The x of rows that lie together, for `row_ranges`: position, a column of numbers, or time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from xetrack.interfaces.engines.series.axis import Scale, moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xetrack.builtin.sqlite.reading.row_ranges import Rows, RunRows
    from xetrack.interfaces.engines.series import SeriesQuery

_NEAR = 64
"""Rows among which one that has an x is looked for."""

_OUTSIDE = -1
"""The bucket of what is not in the range that is wanted."""

_DIGIT = "[0-9]"
_DAY = f"{_DIGIT * 4}-{_DIGIT * 2}-{_DIGIT * 2}"
_STAMP = f"{_DAY} {_DIGIT * 2}:[0-5][0-9]:[0-5][0-9].{_DIGIT * 6}"
"""A timestamp of ours, for GLOB. Between two of one day, each such text is a time of that day."""


class Place(NamedTuple):
    """Where a range of rows is on the axis."""

    number: int | None
    """The bucket; None where it is not in the range that is wanted."""
    low: float
    high: float


class Axis(Protocol):
    """Finds the bucket of rows and of ranges of them."""

    columns: str
    """What a statement over a range selects for the axis, each with a comma before it."""
    number: int
    """How many columns that is."""
    within: str
    """Which rows are on the axis, with AND before it."""
    values: tuple[float, ...]
    """The parameters of that."""

    def part_finder(self, rows: Rows, run: RunRows) -> Callable[[int], Any]:
        """Return what says for the number of a row what is equal in all rows of its bucket.

        Parameters
        ----------
        rows
            Reads the rows of the table.
        run
            The rows of one run.
        """
        ...

    def place(
        self, run: RunRows, count: int, ends: tuple[int, int], cells: Sequence[Any]
    ) -> Place | None:
        """Return the bucket of all rows of a range; None if they may be in several.

        Parameters
        ----------
        run
            Whose rows they are.
        count
            How many rows there are.
        ends
            The first and the last number of a row.
        cells
            What `columns` gave.
        """
        ...

    def is_whole(self, lines: Iterable[Sequence[Any]]) -> bool:
        """Return True if the smallest and the largest x are those that were taken to be so.

        Parameters
        ----------
        lines
            The rows that a statement read, each with what `columns` gave.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Parts:
    """The range of the axis in its parts."""

    scale: Scale
    low: float | None
    """None for none."""
    high: float | None
    is_found: bool
    """Whether an end of the scale is that of rows that were taken to be the outermost."""

    def number(self, x: float) -> int:
        """Return the part of a number."""
        if (self.low is not None and x < self.low) or (self.high is not None and x > self.high):
            return _OUTSIDE
        return self.scale.number(x) if self.scale.buckets > 1 else 0

    def place(self, low: float, high: float) -> Place | None:
        """Return the part of all numbers between two; None if it is not one."""
        number = self.number(low)
        if number == _OUTSIDE:
            is_below = self.low is not None and high < self.low
            is_above = self.high is not None and low > self.high
            return Place(None, low, high) if is_below or is_above else None
        return Place(number, low, high) if number == self.number(high) else None

    def is_whole(self, lines: Iterable[Sequence[Any]]) -> bool:
        """See `Axis.is_whole`."""
        if not self.is_found:
            return True
        lows, highs = zip(*((line[4], line[5]) for line in lines), strict=True)
        return (self.low is not None or min(lows) == self.scale.low) and (
            self.high is not None or max(highs) == self.scale.high
        )


def _parts(query: SeriesQuery, ends: Callable[[], Sequence[float | None]]) -> _Parts | None:
    """Return the parts of a range; its ends are looked up where nobody gave them."""
    low, high = query.low, query.high
    is_found = query.buckets > 1 and (low is None or high is None)
    if is_found:
        numbers = [each for each in ends() if each is not None]
        if not numbers:
            return None
        low = min(numbers) if low is None else low
        high = max(numbers) if high is None else high
    scale = Scale(low or 0.0, high or 0.0, query.buckets)
    return _Parts(scale, query.low, query.high, is_found)


class PositionAxis:
    """The number of rows of a run before a row; rows have no gaps between them.

    Parameters
    ----------
    parts
        Its parts.
    """

    columns, number, within = "", 0, ""
    values: tuple[float, ...] = ()

    def __init__(self, parts: _Parts) -> None:
        self._parts = parts
        self.is_whole = parts.is_whole

    def part_finder(self, rows: Rows, run: RunRows) -> Callable[[int], Any]:  # noqa: ARG002 - as others
        """See `Axis.part_finder`."""
        return lambda row: self._parts.number(float(row - run.first + run.position))

    def place(
        self,
        run: RunRows,
        count: int,
        ends: tuple[int, int],
        cells: Sequence[Any],  # noqa: ARG002 - as others
    ) -> Place | None:
        """See `Axis.place`."""
        if count != ends[1] - ends[0] + 1:
            return None
        low, high = (float(end - run.first + run.position) for end in ends)
        return self._parts.place(low, high)


class NumberAxis:
    """A column that holds numbers.

    Parameters
    ----------
    parts
        Its parts.
    x
        The column, quoted.
    """

    number = 2

    def __init__(self, parts: _Parts, x: str) -> None:
        self._parts = parts
        self._x = x
        self.is_whole = parts.is_whole
        self.columns = f", min({x}), max({x})"
        self.within = _finite(x)
        self.values: tuple[float, ...] = ()
        for end, sign in ((parts.low, ">="), (parts.high, "<=")):
            if end is not None:
                self.within += f" AND {x} {sign} ?"
                self.values += (end,)

    def part_finder(self, rows: Rows, run: RunRows) -> Callable[[int], Any]:
        """See `Axis.part_finder`."""

        def find(row: int) -> int | None:
            cells = _near(rows, run, row, self._x, _finite(self._x))
            return None if cells is None else self._parts.number(float(cells[0]))

        return find

    def place(
        self,
        run: RunRows,  # noqa: ARG002 - as others
        count: int,  # noqa: ARG002 - as others
        ends: tuple[int, int],  # noqa: ARG002 - as others
        cells: Sequence[Any],
    ) -> Place | None:
        """See `Axis.place`."""
        return self._parts.place(float(cells[0]), float(cells[1]))


class TimeAxis:
    """Timestamps of ours, with an offset beside them or in local time.

    In one day at one offset from UTC, their texts are in the order of their moments.

    Parameters
    ----------
    parts
        Its parts.
    stamp
        The column of timestamps, quoted.
    offset
        That of offsets, or ``NULL``.
    """

    number = 6
    within = ""
    values: tuple[float, ...] = ()

    def __init__(self, parts: _Parts, stamp: str, offset: str) -> None:
        self._parts = parts
        self._cells = f"{stamp}, {offset}"
        self.is_whole = parts.is_whole
        self.columns = (
            f", min({stamp}), max({stamp}), total({stamp} GLOB '{_STAMP}')"
            f", min({offset}), max({offset}), count({offset})"
        )

    def part_finder(self, rows: Rows, run: RunRows) -> Callable[[int], Any]:
        """See `Axis.part_finder`."""

        def find(row: int) -> tuple[int, str, float] | None:
            cells = _near(rows, run, row, self._cells)
            return None if cells is None else self._key(*cells)

        return find

    def _key(self, stamp: Any, offset: Any) -> tuple[int, str, float] | None:
        """Return bucket, day, and offset from UTC."""
        moment = moment_of(stamp, offset) if isinstance(stamp, str) else None
        if moment is None:
            return None
        shift = datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp() - moment
        return self._parts.number(moment), stamp[:10], shift

    def place(
        self,
        run: RunRows,  # noqa: ARG002 - as others
        count: int,
        ends: tuple[int, int],  # noqa: ARG002 - as others
        cells: Sequence[Any],
    ) -> Place | None:
        """See `Axis.place`."""
        first, last, stamps, offset, other, offsets = cells
        if stamps != count or not isinstance(last, str) or offset != other:
            return None
        if offsets not in {0, count}:
            return None
        low, high = self._key(first, offset), self._key(last, offset)
        if low is None or high is None or low[1:] != high[1:]:
            return None
        moments = moment_of(first, offset), moment_of(last, offset)
        return None if None in moments else self._parts.place(*moments)  # type: ignore[arg-type]


def _finite(x: str) -> str:
    return f" AND {x} > -9e999 AND {x} < 9e999"


def _near(
    rows: Rows, run: RunRows, row: int, cells: str, within: str = "", order: str = "ASC"
) -> Sequence[Any] | None:
    """Return cells of the first row from one on that is on the axis; None where none is near."""
    first, last = (row, row + _NEAR) if order == "ASC" else (row - _NEAR, row)
    sql = (
        f"SELECT {cells} FROM {rows.table} WHERE {rows.row} BETWEEN ? AND ?{within} "
        f"ORDER BY {rows.row} {order} LIMIT 1"
    )
    values = (max(first, run.first), min(last, run.last))
    nearest: Sequence[Any] | None = rows.connection.execute(sql, values).fetchone()
    return nearest


def _outermost(
    rows: Rows, runs: Iterable[RunRows], cells: str, within: str = ""
) -> Iterable[Sequence[Any]]:
    """Yield cells of the first and of the last row of runs, as far as they are on the axis."""
    for run in runs:
        for row, order in ((run.first, "ASC"), (run.last, "DESC")):
            outermost = _near(rows, run, row, cells, within, order)
            if outermost is not None:
                yield outermost


def position_axis(runs: Sequence[RunRows], query: SeriesQuery) -> Axis | None:
    """Return the axis of positions; None where there is no row.

    Parameters
    ----------
    runs
        Those that are wanted.
    query
        Says which range is.
    """
    lasts = [float(run.position + run.last - run.first) for run in runs]
    parts = _parts(query, lambda: [0.0, *lasts] if lasts else [])
    return None if parts is None else PositionAxis(parts)


def number_axis(rows: Rows, runs: Sequence[RunRows], query: SeriesQuery, x: str) -> Axis | None:
    """Return the axis of a column of numbers; None where no outermost row has one.

    Parameters
    ----------
    rows
        The table.
    runs, query
        See `position_axis`.
    x
        The column, quoted.
    """
    parts = _parts(query, lambda: [float(c[0]) for c in _outermost(rows, runs, x, _finite(x))])
    return None if parts is None else NumberAxis(parts, x)


def time_axis(
    rows: Rows, runs: Sequence[RunRows], query: SeriesQuery, stamp: str, offset: str
) -> Axis | None:
    """Return the axis of timestamps; None where no outermost row has one.

    Parameters
    ----------
    rows, runs, query
        See `number_axis`.
    stamp
        The column of timestamps, quoted.
    offset
        That of offsets, or ``NULL``.
    """
    cells = f"{stamp}, {offset}"
    parts = _parts(query, lambda: [moment_of(*each) for each in _outermost(rows, runs, cells)])
    return None if parts is None else TimeAxis(parts, stamp, offset)
