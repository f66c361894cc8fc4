"""Runs side by side: their params, results, and how each ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Column, Selection
from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack.model.kinds import kind_of
from xetrack.runs.reading import read_record
from xetrack.runs.summaries.last_values import RunRows, read_last_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Engine

_FIELDS = ("status", "duration", "group", "host", "python")


def compare_runs(
    engine: Engine, table: str, runs: Sequence[str], *, only_differing: bool
) -> Selection:
    """Return a row for each value that one of some runs has.

    Parameters
    ----------
    engine, table
        The table.
    runs
        The ids of the runs.
    only_differing
        Leave out the values in which all runs are equal.

    Returns
    -------
    Selection
        The columns ``name`` and ``differs``, and one for each run.
    """
    described = [_describe(engine, table, run) for run in runs]
    names = dict.fromkeys(name for each in described for name in each)
    lines = [(name, [each.get(name) for each in described]) for name in names]
    rows = [
        (name, differs, *cells)
        for name, cells in lines
        if (differs := len({repr(cell) for cell in cells}) > 1) or not only_differing
    ]
    columns = [[row[at] for row in rows] for at in range(2 + len(runs))]
    described_columns = tuple(
        Column(name, name, frozenset(kind for cell in column if (kind := kind_of(cell))))
        for name, column in zip(("name", "differs", *runs), columns, strict=True)
    )
    return Selection(described_columns, iter([columns] if rows else []))


def _describe(engine: Engine, table: str, track_id: str) -> dict[str, Any]:
    """Return what is compared of a run, its params first."""
    rows = read_last_values(engine, table, track_id).get(track_id, RunRows())
    record = read_record(engine, table, track_id)
    record = record or RunRecord(track_id=track_id, status=RunStatus.UNKNOWN, table=table)
    git = record.facts.get("git")
    fields: dict[str, Any] = {name: getattr(record, name) for name in _FIELDS}
    fields["status"] = str(record.status)
    fields["commit"] = git.get("commit") if isinstance(git, dict) else None
    names = {column.key: column.name for column in engine.columns(table)}
    params = {names.get(key, key): value for key, value in record.params.items()}
    return {
        **params,
        **rows.values,
        "rows": rows.number,
        **{f"record.{name}": value for name, value in fields.items() if value is not None},
    }
