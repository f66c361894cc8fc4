"""Runs as their rows show them: how many there are, from when to when, and what came last."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.repeats import read_chosen, read_whole
from xetrack.interfaces.query import Condition
from xetrack.model.names import OWN, TIMESTAMP, TRACK_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engine import Column, Engine
    from xetrack.model.kinds import Value


@dataclass(slots=True)
class RunRows:
    """The rows of one run."""

    first: Value = None
    """The timestamp of the first row."""
    last: Value = None
    """The timestamp of the last row."""
    number: int = 0
    """How many there are."""
    values: dict[str, Value] = field(default_factory=dict)
    """The last value that there is in each column."""


def read_last_values(engine: Engine, table: str, run: str | None = None) -> dict[str, RunRows]:
    """Read a table once, and return what its rows say of each run, in the order of their begins.

    Parameters
    ----------
    engine, table
        The table. Where it does not exist there are no runs.
    run
        Only this run.
    """
    return read_whole(engine, lambda: _read_last_values(engine, table, run))


def _read_last_values(engine: Engine, table: str, run: str | None) -> dict[str, RunRows]:
    runs: dict[str, RunRows] = {}
    where = () if run is None else (Condition(TRACK_ID, "=", run),)
    selection = read_chosen(engine, table, _own_columns_first, where)
    if selection is None:
        return runs
    values = [column.name for column in selection.columns][2:]
    for ids, stamps, *columns in selection.batches:
        for track_id, begin, end in _segments(ids):
            if not isinstance(track_id, str):
                continue  # another program may have written rows without one
            rows = runs.setdefault(track_id, RunRows())
            rows.first = stamps[begin] if rows.first is None else rows.first
            rows.last = stamps[end - 1]
            rows.number += end - begin
            for name, cells in zip(values, columns, strict=True):
                last = next((cell for cell in reversed(cells[begin:end]) if cell is not None), None)
                if last is not None:
                    rows.values[name] = last
    return runs


def _own_columns_first(columns: Sequence[Column]) -> tuple[str, ...]:
    names = [column.name for column in columns]
    if not {*OWN} <= {*names}:
        return ()
    return (TRACK_ID, TIMESTAMP, *(name for name in names if name not in OWN))


def _segments(ids: Sequence[Value]) -> Iterator[tuple[Value, int, int]]:
    """Yield the runs of neighbouring rows, with where these begin and end."""
    begin = 0
    for track_id, rows in groupby(ids):
        end = begin + sum(1 for _ in rows)
        yield track_id, begin, end
        begin = end
