"""The judge: whether two runs have as many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.query import Condition, Query
from xetrack.interfaces.runs.judges import Judge, Verdict
from xetrack.model.names import TRACK_ID

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord


class ExampleJudge(Judge):
    """Counts the rows of both runs."""

    def judge(self, engine: Engine, first: RunRecord, second: RunRecord) -> Verdict | None:
        """Say how many rows each has; see `Judge.judge`."""
        before, after = (_count(engine, run) for run in (first, second))
        if before == after:
            return Verdict(True, f"{before} rows, as the first run")
        return Verdict(False, f"{after} rows, not {before}")


def _count(engine: Engine, run: RunRecord) -> int:
    query = Query(columns=(TRACK_ID,), where=(Condition(TRACK_ID, "=", run.track_id),))
    return sum(len(ids) for (ids,) in engine.read(run.table, query).batches)
