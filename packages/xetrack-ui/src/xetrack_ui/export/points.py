"""The numbers of runs row by row, where a file has room for all of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.series.axis import number_of
from xetrack_ui.answers.series import PARTS
from xetrack_ui.numbers.smoothing import read_points
from xetrack_ui.values.binary import Columns, precision
from xetrack_ui.values.cells import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import SeriesQuery

_NAN, _INFINITE, _NEGATIVE_INFINITE, _MISSING = 1, 2, 4, 8
"""Bits of what is no finite number, as in a bucket."""

Row = tuple[float, list[float | None]]
"""Place on the axis, and the number of each column."""


def pack_points(
    engine: Engine, table: str, query: SeriesQuery, token: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each column and its numbers, as `pack` has those of buckets of one row.

    Parameters
    ----------
    engine, table
        The table.
    query
        Which columns of which runs, over which axis.
    token
        What the table's token was before.
    """
    runs: dict[str, list[Row]] = {}
    for run, x, cells in read_points(engine, table, query):
        if x is not None:
            runs.setdefault(run, []).append((x, [*map(number_of, cells)]))
    if query.x is not None:
        for rows in runs.values():
            rows.sort(key=lambda row: row[0])
    every = [row for rows in runs.values() for row in rows]
    xs = [x for x, _ in every]
    head = {
        "token": token,
        "x": query.x,
        "low": number(min(xs, default=0.0)),
        "high": number(max(xs, default=1.0)),
        "buckets": query.buckets,
        "runs": [*_runs(runs)],
    }
    for at, name in enumerate(query.y):
        numbers = [cells[at] for _, cells in every]
        columns = Columns()
        columns.add_equal(("x_low", "x_high"), "f64", xs)
        columns.add("rows", "u32", [1] * len(every))
        finite = [None if each is None or not math.isfinite(each) else each for each in numbers]
        names = [f"{name}:{part}" for part in PARTS]
        columns.add_equal(names, precision([finite]), finite)
        columns.add(f"{name}:odd", "u32", map(_odd, numbers))
        yield name, columns.pack({**head, "y": [name]})


def _runs(runs: dict[str, list[Row]]) -> Iterator[dict[str, object]]:
    offset = 0
    for run, rows in runs.items():
        yield {"track_id": run, "rows": len(rows), "offset": offset, "length": len(rows)}
        offset += len(rows)


def _odd(cell: float | None) -> int:
    """Return what a cell is beside a finite number, as bits."""
    if cell is None:
        return _MISSING
    if math.isfinite(cell):
        return 0
    if math.isnan(cell):
        return _NAN
    return _INFINITE if cell > 0 else _NEGATIVE_INFINITE
