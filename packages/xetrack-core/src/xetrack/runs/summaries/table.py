"""All runs of a table as one selection: records beside the last values of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Column, Selection
from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack.model.kinds import kind_of
from xetrack.model.names import TRACK_ID
from xetrack.runs.reading import read_record, read_records
from xetrack.runs.summaries.last_values import RunRows, read_last_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value

_FIELDS = ("name", "group", "parent", "notes", "host", "user", "error_type", "error_message")


def select_runs(engine: Engine, table: str) -> Selection:
    """Return a row for each run of a table, those that have no rows yet among them.

    A column of the rows that has the name of a field of the record is called ``NAME_2``.

    Parameters
    ----------
    engine, table
        The table.
    """
    records = read_records(engine, table)
    rows = read_last_values(engine, table)
    begun = {name for name, record in records.items() if record.started is not None}
    cells = [
        _cells(records.get(track_id), rows.get(track_id, RunRows()), track_id)
        for track_id in dict.fromkeys([*(name for name in rows if name not in begun), *records])
    ]
    own = [name for name, _ in cells[0][0]] if cells else [TRACK_ID]
    values = list(dict.fromkeys(name for _, run in cells for name in run.values))
    columns: dict[str, list[Value]] = {
        **{name: [dict(record)[name] for record, _ in cells] for name in own},
        **{
            f"{name}_2" if name in own else name: [run.values.get(name) for _, run in cells]
            for name in values
        },
    }
    described = tuple(
        Column(name, name, frozenset(kind for cell in column if (kind := kind_of(cell))))
        for name, column in columns.items()
    )
    return Selection(described, iter([list(columns.values())] if cells else []))


def summarize_run(
    engine: Engine, table: str, track_id: str, replaced: Mapping[str, Value]
) -> dict[str, Value]:
    """Return the row of `select_runs` for one run, by column.

    Parameters
    ----------
    engine, table, track_id
        The run.
    replaced
        Values by column that stand instead of the last ones.
    """
    rows = read_last_values(engine, table, track_id).get(track_id, RunRows())
    rows.values |= replaced
    cells, _ = _cells(read_record(engine, table, track_id), rows, track_id)
    own = dict(cells)
    values = {f"{name}_2" if name in own else name: cell for name, cell in rows.values.items()}
    return {**own, **values}


def _cells(
    record: RunRecord | None, run: RunRows, track_id: str
) -> tuple[list[tuple[str, Any]], RunRows]:
    known = record or RunRecord(track_id=track_id, status=RunStatus.UNKNOWN, table="")
    duration = known.duration
    return [
        (TRACK_ID, track_id),
        ("status", str(known.status)),
        ("started", known.started),
        ("ended", known.ended),
        ("duration", None if duration is None else duration.total_seconds()),
        ("rows", run.number),
        ("first", run.first),
        ("last", run.last),
        ("tags", list(known.tags)),
        *((name, getattr(known, name)) for name in _FIELDS),
    ], run
