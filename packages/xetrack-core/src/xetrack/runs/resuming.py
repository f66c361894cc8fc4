"""Going on with a run: its params are those that it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.runs.reading import read_last_row, read_record

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack.model.kinds import Value


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
    return record, {key: row.get(key, value) for key, value in record.params.items()}
