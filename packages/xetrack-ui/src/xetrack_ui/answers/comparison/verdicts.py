"""``/api/db/{db}/{table}/verdicts``: what judges of plugins say of runs beside a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError, describe_error
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.runs.judges import Verdict
from xetrack.plugins.registry import registry
from xetrack_ui.answers.comparison.sides import read_compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.runs.record import RunRecord
    from xetrack_ui.answers.question import Question

_LONGEST = 500
"""Characters of a line that are shown."""


def list_verdicts(question: Question) -> dict[str, Any]:
    """Return for each judge what it says of each run but the baseline.

    Parameters
    ----------
    question
        Its path names the table, its parameters ``runs`` and ``baseline`` the runs.

    Returns
    -------
    dict
        For JSON. A judge that says nothing of any run is left out.
    """
    with question.opened() as (reader, _):
        records, at = read_compared(question, reader)
        judges = registry().components(PartKind.JUDGE)
        rows = [
            {
                "name": judge.name,
                "summary": judge.summary,
                "verdicts": _verdicts(judge.name, reader.engine, records, at),
            }
            for judge in judges
        ]
    return {
        "runs": [record.track_id for record in records],
        "baseline": at,
        "judges": [row for row in rows if any(row["verdicts"])],
    }


def _verdicts(
    name: str, engine: Engine, records: Sequence[RunRecord], baseline: int
) -> list[dict[str, Any] | None]:
    try:
        judge = registry().load(PartKind.JUDGE, name)({})
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a judge costs its verdicts, no more
        verdicts: list[dict[str, Any] | None] = [_failed(error)] * len(records)
    else:
        verdicts = [_verdict(judge, engine, records[baseline], record) for record in records]
    return [None if at == baseline else verdict for at, verdict in enumerate(verdicts)]


def _verdict(
    judge: Any, engine: Engine, first: RunRecord, second: RunRecord
) -> dict[str, Any] | None:
    if first.track_id == second.track_id:
        return None
    try:
        verdict = judge.judge(engine, first, second)
        if verdict is None:
            return None
        if not isinstance(verdict, Verdict):
            return {"same": None, "text": f"no verdict, but {type(verdict).__name__}"}
        is_same = None if verdict.is_same is None else bool(verdict.is_same)
        return {"same": is_same, "text": str(verdict.summary)[:_LONGEST]}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        return _failed(error)


def _failed(error: BaseException) -> dict[str, Any]:
    text = str(error) if isinstance(error, XetrackError) else describe_error(error)
    return {"same": None, "text": f"could not be judged: {text}"[:_LONGEST]}
