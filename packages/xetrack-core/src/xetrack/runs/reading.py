"""Records as they are now, of one run or of all runs of a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import TIMESTAMP, TRACK_ID
from xetrack.runs.events import RunEvents
from xetrack.runs.folding import fold_events

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack.model.kinds import Value


def read_records(engine: Engine, table: str) -> dict[str, RunRecord]:
    """Return the records of all runs of a table, in the order in which they began.

    What recorders wrote down is left out, as it is long.

    Parameters
    ----------
    engine, table
        The table.

    Returns
    -------
    dict
        Records by the name of the run.
    """
    folded = read_whole(engine, lambda: fold_events(RunEvents(engine).read(table)))
    return {run.track_id: run.record() for run in folded.values()}


def read_record(
    engine: Engine, table: str, track_id: str, *, facts: bool = True
) -> RunRecord | None:
    """Return the record of a run with all that is known; None if it has none.

    Parameters
    ----------
    engine, table, track_id
        The run.
    facts
        Whether to read what recorders wrote down, which is long.
    """
    events = RunEvents(engine)
    every = read_whole(engine, lambda: fold_events(events.read(table, track_id, facts=facts)))
    folded = every.get((table, track_id))
    if folded is None:
        return None
    expanded = read_whole(
        engine, lambda: {name: events.expand(values) for name, values in folded.facts.items()}
    )
    return replace(folded.record(), facts=expanded)


def read_last_row(engine: Engine, table: str, track_id: str) -> dict[str, Value] | None:
    """Return the row of a run that was logged last, by key; None if it has none.

    Parameters
    ----------
    engine, table, track_id
        The run.
    """
    if table not in engine.tables():
        return None
    query = Query(where=(Condition(TRACK_ID, "=", track_id),), tail=1)
    selection = engine.read(table, query)
    keys = [column.key or column.name for column in selection.columns]
    for batch in selection.batches:
        for cells in zip(*batch, strict=True):
            row = dict(zip(keys, cells, strict=True))
            return {key: cell for key, cell in row.items() if key not in {TIMESTAMP, TRACK_ID}}
    return None


def read_state(
    engine: Engine, table: str, track_id: str
) -> tuple[RunRecord | None, dict[str, Value] | None]:
    """Return the record of a run, and its params as its last row has them.

    Parameters
    ----------
    engine, table, track_id
        The run.

    Returns
    -------
    tuple
        None instead of the record, where there is none; None instead of the params, where the run
        has no row.
    """
    record = read_record(engine, table, track_id)
    row = read_last_row(engine, table, track_id)
    if record is None or row is None:
        return record, None if row is None else {}
    # The last row may be of a program that had some of them only.
    last = {key: cell for key, cell in row.items() if cell is not None}
    return record, {**record.params, **{key: last[key] for key in record.params if key in last}}
