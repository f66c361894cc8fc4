"""What a chart is made of: the buckets of runs, split by values or moved to where a run began."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.series import read_series
from xetrack_ui.numbers.splitting import split_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.model.kinds import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Lines that were read at once."""

    query: SeriesQuery
    """What was asked for."""
    buckets: Sequence[Bucket]
    """The answer; x counts from `begin`."""
    value: Value = None
    """The value by which lines are split."""
    begin: float = 0.0
    """The moment at which its only run began, where x is time since then."""


def read_pieces(
    engine: Engine, table: str, query: SeriesQuery, *, by: str | None, is_elapsed: bool
) -> tuple[list[Piece], int]:
    """Return the lines of a chart, and how many values of the column have none.

    Parameters
    ----------
    engine, table
        The table.
    query
        What to compute.
    by
        A column of rows, each value of which has its own lines; None for none.
    is_elapsed
        Whether x counts from the first row of each run. Then it is a timestamp, and the range of
        the query counts so too.
    """
    begins: Mapping[str, float] = {}
    if is_elapsed:
        begins, query = _since_begin(engine, table, query)
    queries: list[tuple[Value, SeriesQuery]] = [(None, query)]
    others = 0
    if by is not None:
        queries, others = split_query(engine, table, query, by)
    pieces = []
    for value, part in queries:
        read = (
            _read_elapsed(engine, table, part, begins)
            if is_elapsed
            else [_read(engine, table, part)]
        )
        pieces += [replace(piece, value=value) for piece in read]
    return pieces, others


def _read(engine: Engine, table: str, query: SeriesQuery) -> Piece:
    return Piece(query=query, buckets=[*read_series(engine, table, query)])


def _since_begin(
    engine: Engine, table: str, query: SeriesQuery
) -> tuple[dict[str, float], SeriesQuery]:
    """Return when each run began, and the query with both ends of its range."""
    whole = replace(query, y=(), where=(), buckets=1, low=None, high=None)
    spans = [*read_series(engine, table, whole)]
    longest = max((span.high - span.low for span in spans), default=0.0)
    low = 0.0 if query.low is None else query.low
    high = longest if query.high is None else query.high
    return {span.track_id: span.low for span in spans}, replace(query, low=low, high=high)


def _read_elapsed(
    engine: Engine, table: str, query: SeriesQuery, begins: Mapping[str, float]
) -> Iterator[Piece]:
    low, high = query.low or 0.0, query.high or 0.0
    for run, begin in begins.items():
        own = replace(query, runs=(run,), low=begin + low, high=begin + high)
        piece = _read(engine, table, own)
        buckets = [
            bucket._replace(low=bucket.low - begin, high=bucket.high - begin)
            for bucket in piece.buckets
        ]
        yield replace(piece, buckets=buckets, begin=begin)
