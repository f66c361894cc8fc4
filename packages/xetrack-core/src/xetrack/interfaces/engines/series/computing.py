"""Buckets computed from what `Engine.read` gives, in memory that grows with the buckets only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.engines.series import Bucket, BucketValues
from xetrack.interfaces.engines.series.axis import Scale, axis_columns, moment_of, number_of
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import SeriesQuery
    from xetrack.model.kinds import Value

_SMALL = 2.0**-64
"""What numbers are multiplied by where their sum would be beyond the largest float."""


class _Sum:
    """The finite numbers of one column in one bucket, and what is not among them."""

    __slots__ = (
        "count", "error", "factor", "first", "infinite", "last", "maximum", "minimum", "missing",
        "nan", "negative_infinite", "total",
    )  # fmt: skip

    def __init__(self) -> None:
        self.count = self.nan = self.infinite = self.negative_infinite = self.missing = 0
        self.minimum, self.maximum = math.inf, -math.inf
        self.total = self.error = self.first = self.last = 0.0
        self.factor = 1.0

    def add(self, cell: Value) -> None:
        """Take a cell in."""
        number = number_of(cell)
        if number is None:
            self.missing += 1
        elif math.isfinite(number):
            self._add_finite(number)
        elif math.isnan(number):
            self.nan += 1
        elif number > 0:
            self.infinite += 1
        else:
            self.negative_infinite += 1

    def _add_finite(self, number: float) -> None:
        if not self.count:
            self.first = number
        self.count += 1
        self.last = number
        self.minimum = min(self.minimum, number)
        self.maximum = max(self.maximum, number)
        # Neumaier's sum, whose error does not grow with the count.
        part = number * self.factor
        total = self.total + part
        if not math.isfinite(total):
            self.factor *= _SMALL
            self.total, self.error, part = (
                self.total * _SMALL,
                self.error * _SMALL,
                part * _SMALL,
            )
            total = self.total + part
        larger, smaller = (self.total, part) if abs(self.total) >= abs(part) else (part, self.total)
        self.error += (larger - total) + smaller
        self.total = total

    def values(self) -> BucketValues:
        """Return the figures."""
        mean = (self.total + self.error) / self.count / self.factor if self.count else None
        return BucketValues(
            count=self.count,
            minimum=self.minimum if self.count else None,
            maximum=self.maximum if self.count else None,
            mean=mean,
            first=self.first if self.count else None,
            last=self.last if self.count else None,
            nan=self.nan,
            infinite=self.infinite,
            negative_infinite=self.negative_infinite,
            missing=self.missing,
        )


class _Part:
    """The rows of one run in one part of the range."""

    __slots__ = ("high", "low", "rows", "sums")

    def __init__(self, x: float, columns: int) -> None:
        self.rows, self.low, self.high = 0, x, x
        self.sums = [_Sum() for _ in range(columns)]

    def add(self, x: float, cells: Sequence[Value]) -> None:
        """Take a row in."""
        self.rows += 1
        self.low, self.high = min(self.low, x), max(self.high, x)
        for each, cell in zip(self.sums, cells, strict=True):
            each.add(cell)


def compute(engine: Engine, table: str, query: SeriesQuery) -> Iterator[Bucket]:
    """Compute the buckets from the rows; see `read_series`.

    Rows are read once where the range is known or there is one bucket, else twice. What is logged
    between the two is in the answer where it lies in the range that was seen first.

    Parameters
    ----------
    engine
        The open database.
    table
        Name of the table.
    query
        What to compute.

    Returns
    -------
    iterator of Bucket
        As `read_series` says.
    """
    return read_whole(engine, lambda: _compute(engine, table, query))


def _compute(engine: Engine, table: str, query: SeriesQuery) -> Iterator[Bucket]:
    offset = None
    if query.x == TIMESTAMP:
        offset = next((c.name for c in engine.columns(table) if c.key == UTC_OFFSET), None)
    axis = axis_columns(query.x, offset)
    low, high = query.low, query.high
    if query.buckets > 1 and (low is None or high is None):
        seen = [math.inf, -math.inf]
        # The columns of y too, so that one that is missing is an error without rows as well.
        for _, x, _ in _rows(engine, table, query, axis):
            seen = [min(seen[0], x), max(seen[1], x)]
        low = seen[0] if low is None else low
        high = seen[1] if high is None else high
    if low is not None and high is not None and low > high:
        _check(engine, table, query, axis)
        return iter(())
    scale = Scale(low or 0.0, high or 0.0, query.buckets)
    parts: dict[str, dict[int, _Part]] = {}
    for run, x, cells in _rows(engine, table, query, axis):
        if (low is not None and x < low) or (high is not None and x > high):
            continue
        number = scale.number(x) if query.buckets > 1 else 0
        numbers = parts.setdefault(run, {})
        if number not in numbers:
            numbers[number] = _Part(x, len(query.y))
        numbers[number].add(x, cells)
    return iter(
        Bucket(run, number, part.rows, part.low, part.high, tuple(s.values() for s in part.sums))
        for run, numbers in parts.items()
        for number, part in sorted(numbers.items())
    )


def _rows(
    engine: Engine, table: str, query: SeriesQuery, axis: tuple[str, ...]
) -> Iterator[tuple[str, float, list[Value]]]:
    """Yield track id, finite x and cells of y of each row, as logged."""
    where = query.where
    if query.runs is not None and len(query.runs) == 1:
        where = (*where, Condition(TRACK_ID, "=", query.runs[0]))
    runs = None if query.runs is None else frozenset(query.runs)
    positions: dict[str, int] = {}
    selection = engine.read(table, Query(columns=(TRACK_ID, *axis, *query.y), where=where))
    for batch in selection.batches:
        for run, *cells in zip(*batch, strict=True):
            if not isinstance(run, str) or (runs is not None and run not in runs):
                continue
            if not axis:
                x: float | None = float(positions.get(run, 0))
                positions[run] = positions.get(run, 0) + 1
            elif query.x == TIMESTAMP:
                x = moment_of(cells[0], cells[1] if len(axis) > 1 else None)
            else:
                x = number_of(cells[0])
            if x is not None and math.isfinite(x):
                yield run, x, cells[len(axis) :]


def _check(engine: Engine, table: str, query: SeriesQuery, axis: tuple[str, ...]) -> None:
    """Raise if the table or a column is missing."""
    names = (TRACK_ID, *axis, *query.y)
    for _ in engine.read(table, Query(columns=names, where=query.where, limit=0)).batches:
        pass
