"""The lines of runs, split by the values of a column of their rows."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engines.series import read_series
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import TRACK_ID

if TYPE_CHECKING:
    from collections.abc import Hashable

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import SeriesQuery
    from xetrack.model.kinds import Value

MOST = 20
"""Values that have lines of their own: those that most rows have."""


def split_query(
    engine: Engine, table: str, query: SeriesQuery, column: str
) -> tuple[list[tuple[Value, SeriesQuery]], int]:
    """Return a query for the rows of each value of a column; they share the edges of buckets.

    A position is that among the rows of its run that have the same value.

    Parameters
    ----------
    engine, table
        The table.
    query
        What to compute.
    column
        The column.

    Returns
    -------
    list of (Value, SeriesQuery), int
        The values in their order, and how many further ones there are.
    """
    counts, cells, longest = _count(engine, table, query, column)
    query = _bounded(engine, table, query, longest)
    frequent = [cells[value] for value, _ in counts.most_common(MOST)]
    queries = [
        (value, replace(query, where=(*query.where, Condition(column, "=", value))))
        for value in sorted(frequent, key=_order)
    ]
    return queries, len(counts) - len(frequent)


def _count(
    engine: Engine, table: str, query: SeriesQuery, column: str
) -> tuple[Counter[Hashable], dict[Hashable, Value], int]:
    """Return the number of rows of each value, these values, and the most rows of one in a run."""
    runs = None if query.runs is None else frozenset(query.runs)
    names = (TRACK_ID, column)
    counts: Counter[tuple[str, Hashable]] = Counter()
    originals: dict[Hashable, Value] = {}
    for ids, cells in engine.read(table, Query(columns=names, where=query.where)).batches:
        for run, cell in zip(ids, cells, strict=True):
            if isinstance(run, str) and (runs is None or run in runs):
                value = _hashable(cell)
                originals.setdefault(value, cell)
                counts[run, value] += 1
    by_value: Counter[Hashable] = Counter()
    for (_, value), number in counts.items():
        by_value[value] += number
    return by_value, originals, max(counts.values(), default=0)


def _hashable(cell: Value) -> Hashable:
    """Return a cell as something that is equal where conditions say so; nan is one object."""
    if isinstance(cell, float) and math.isnan(cell):
        return math.nan
    return ("repr", repr(cell)) if isinstance(cell, list | dict) else cell


def _bounded(engine: Engine, table: str, query: SeriesQuery, longest: int) -> SeriesQuery:
    """Return a query whose range is that of all values together."""
    if query.buckets == 1 or (query.low is not None and query.high is not None):
        return query
    low, high = 0.0, float(max(0, longest - 1))
    if query.x is not None:
        ends = [*read_series(engine, table, replace(query, y=(), buckets=1))]
        low = min((each.low for each in ends), default=0.0)
        high = max((each.high for each in ends), default=0.0)
    return replace(
        query,
        low=low if query.low is None else query.low,
        high=high if query.high is None else query.high,
    )


def _order(value: Any) -> tuple[int, float, str]:
    """Return where a value stands: numbers by size, then texts, then what is missing."""
    if value is None:
        return 2, 0.0, ""
    if isinstance(value, bool | int | float) and not (
        isinstance(value, float) and math.isnan(value)
    ):
        return 0, max(-1e308, min(1e308, value)), ""
    return 1, 0.0, str(value)
