"""Smoothed lines: computed from every point, before buckets are made of the points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.series.axis import Scale, moment_of, number_of
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import TIMESTAMP, TRACK_ID, UTC_OFFSET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import SeriesQuery
    from xetrack.model.kinds import Value
    from xetrack_ui.numbers.pieces import Piece

Smoothed = dict[tuple[str, int], list[float | None]]
"""For each run and bucket, the smoothed number of each column."""


class _Line:
    """The exponential moving average of one column of one run, free of where it began."""

    __slots__ = ("_rest", "_total", "weight")

    def __init__(self, weight: float) -> None:
        self.weight = weight
        self._total = 0.0
        self._rest = 1.0

    def add(self, number: float | None) -> float | None:
        """Take a number in, and return the average; None for what is not finite."""
        if number is None or not math.isfinite(number):
            return None
        self._total = self.weight * self._total + (1 - self.weight) * number
        self._rest *= self.weight
        return self._total / (1 - self._rest)


def smooth(
    engine: Engine, table: str, query: SeriesQuery, weight: float, low: float, high: float
) -> Smoothed:
    """Return the smoothed number of each bucket: that of the last row in it that has a number.

    Parameters
    ----------
    engine, table
        The table.
    query
        What the buckets were made for.
    weight
        How much of the average so far stays when a number comes, from 0 to below 1.
    low, high
        The range of the buckets.
    """
    scale = Scale(low, high, query.buckets)
    lines: dict[str, list[_Line]] = {}
    smoothed: Smoothed = {}
    for run, x, cells in read_points(engine, table, query):
        if run not in lines:
            lines[run] = [_Line(weight) for _ in query.y]
        averages = [line.add(number_of(cell)) for line, cell in zip(lines[run], cells, strict=True)]
        if x is None or not low <= x <= high:
            continue
        bucket = smoothed.setdefault((run, scale.number(x)), [None] * len(averages))
        for at, average in enumerate(averages):
            if average is not None:
                bucket[at] = average
    return smoothed


def smooth_piece(
    engine: Engine, table: str, piece: Piece, weight: float
) -> list[Sequence[float | None]]:
    """Return the smoothed numbers of each bucket of a piece.

    Parameters
    ----------
    engine, table
        The table.
    piece
        The buckets.
    weight
        See `smooth`.
    """
    query, buckets = piece.query, piece.buckets
    ends = [bucket.low for bucket in buckets] + [bucket.high for bucket in buckets]
    low = query.low if query.low is not None else min(ends, default=0.0)
    high = query.high if query.high is not None else max(ends, default=1.0)
    smoothed = smooth(engine, table, query, weight, low, high)
    nothing = [None] * len(query.y)
    return [smoothed.get((each.track_id, each.number), nothing) for each in buckets]


def read_points(
    engine: Engine, table: str, query: SeriesQuery, offset: int = 0, limit: int | None = None
) -> Iterator[tuple[str, float | None, Sequence[Value]]]:
    """Yield track id, x and cells of each row, as logged; a row without a track id is left out.

    Parameters
    ----------
    engine, table
        The table.
    query
        Which columns of which runs, over which axis.
    offset, limit
        Which rows of the table; all of them. Positions in the run begin with the first.
    """
    offsets = [column.name for column in engine.columns(table) if column.key == UTC_OFFSET]
    axis = (
        () if query.x is None else (query.x, *offsets[:1]) if query.x == TIMESTAMP else (query.x,)
    )
    where = query.where
    runs = None if query.runs is None else frozenset(query.runs)
    if runs is not None and len(runs) == 1 and limit is None:
        where = (*where, Condition(TRACK_ID, "=", *runs))
    columns = (TRACK_ID, *axis, *query.y)
    positions: dict[str, int] = {}
    selection = engine.read(table, Query(columns=columns, where=where, offset=offset, limit=limit))
    for batch in selection.batches:
        for run, *cells in zip(*batch, strict=True):
            if not isinstance(run, str) or (runs is not None and run not in runs):
                continue
            x: float | None
            if not axis:
                x = float(positions.get(run, 0))
                positions[run] = positions.get(run, 0) + 1
            elif query.x == TIMESTAMP:
                x = moment_of(cells[0], cells[1] if len(axis) > 1 else None)
            else:
                x = number_of(cells[0])
            yield run, x if x is not None and math.isfinite(x) else None, cells[len(axis) :]
