"""``/api/db/{db}/{table}/runs``: the runs of a table, page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from xetrack.errors import ColumnNotFoundError
from xetrack.interfaces.runs.record import RunStatus
from xetrack_ui.tables.choosing import Choice, choose_runs
from xetrack_ui.tables.runs import TEXTS
from xetrack_ui.values.cells import moment, number, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xetrack.interfaces.engines.series import BucketValues
    from xetrack_ui.answers.question import Question
    from xetrack_ui.tables.runs import ShownRun
    from xetrack_ui.tables.state import TableState
    from xetrack_ui.values.parameters import Parameters

MOST = 10_000
"""Runs in one answer."""

_METRICS = 200
"""So many metrics are in an answer whose request names none."""

CHOICE = ("sort", "desc", "where", "status", "q", "ids")
"""The parameters by which runs are chosen."""


def list_runs(question: Question) -> dict[str, Any]:
    """Return some of the runs that are chosen, in their order.

    Parameters
    ----------
    question
        Its path names the table. Parameters: those of `CHOICE`, ``offset``, ``metrics``, and
        ``limit`` (100 runs if not given).

    Returns
    -------
    dict
        For JSON: how many runs there are, how many are chosen, and the ones from ``offset`` on.
    """
    parameters = question.parameters(*CHOICE, "offset", "limit", "metrics")
    choice = read_choice(parameters)
    offset = parameters.whole("offset", 0, most=10**9)
    limit = parameters.whole("limit", 100, most=MOST)
    with question.opened() as (_, state):
        metrics = chosen_metrics(state, parameters)
        chosen = choose_runs(state, choice)
        return {
            "total": len(state.runs),
            "matching": len(chosen),
            "token": state.token,
            "params": to_json(state.params),
            "metrics": state.metrics,
            "runs": run_rows(state, chosen[offset : offset + limit], metrics),
        }


def read_choice(parameters: Parameters) -> Choice:
    """Return which runs a request wants.

    Parameters
    ----------
    parameters
        Those of the request, `CHOICE` among them.
    """
    return Choice(
        ids=parameters.names("ids"),
        status=parameters.choices("status", [str(each) for each in RunStatus]),
        text=parameters.text("q"),
        where=parameters.text("where"),
        sort=parameters.text("sort"),
        descending=parameters.flag("desc"),
    )


def chosen_metrics(state: TableState, parameters: Parameters) -> Sequence[str]:
    """Return the metrics that are wanted: all, unless a request says which.

    Parameters
    ----------
    state
        The table.
    parameters
        Those of the request.

    Raises
    ------
    ColumnNotFoundError
        One is no column of numbers.
    """
    if not parameters.has("metrics"):
        return state.metrics[:_METRICS]
    names = parameters.names("metrics")
    numbers = [each.name for each in state.columns if each.kind in {"number", "bool"}]
    for name in names:
        if name not in numbers:
            raise ColumnNotFoundError(name, state.reader.table, numbers)
    return names


def run_rows(
    state: TableState, runs: Iterable[ShownRun], metrics: Sequence[str]
) -> list[dict[str, Any]]:
    """Return what the list shows of runs.

    Parameters
    ----------
    state
        The table.
    runs
        The runs.
    metrics
        The columns of numbers to show.
    """
    runs, now = list(runs), datetime.now(UTC)
    figures = state.figures(metrics, [run.track_id for run in runs])
    return [_row(run, figures, now) for run in runs]


def _row(
    run: ShownRun, figures: Mapping[str, Mapping[str, BucketValues]], now: datetime
) -> dict[str, Any]:
    record, span = run.record, run.span
    values = {
        name: _values(by_run[run.track_id])
        for name, by_run in figures.items()
        if run.track_id in by_run
    }
    return {
        "track_id": run.track_id,
        "number": run.number,
        **{name: to_json(getattr(record, name)) for name in TEXTS},
        "tags": to_json(record.tags),
        "status": str(record.status),
        "started": moment(run.started),
        "ended": moment(record.ended),
        "duration": run.seconds(now),
        "first": moment(span.began),
        "last": moment(span.ended),
        "rows": span.rows,
        "params": to_json(dict(run.params)),
        "values": {name: value for name, value in values.items() if value is not None},
    }


def _values(values: BucketValues) -> dict[str, Any] | None:
    """Return the figures of a metric in a run; None where it has no number."""
    if values.count:
        last, least, most = map(number, (values.last, values.minimum, values.maximum))
        return {"last": last, "min": least, "max": most}
    odd = {"nan": values.nan, "inf": values.infinite, "-inf": values.negative_infinite}
    text = next((name for name, count in odd.items() if count), None)
    return None if text is None else {"last": text, "min": None, "max": None}
