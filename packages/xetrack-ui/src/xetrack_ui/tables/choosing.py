"""Which runs a page shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError, near
from xetrack.interfaces.query import sort_key
from xetrack.model.kinds import shown
from xetrack_ui.tables.run_filter import filter_runs
from xetrack_ui.tables.runs import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from xetrack.interfaces.engines.series import BucketValues
    from xetrack.model.kinds import Value
    from xetrack_ui.tables.runs import ShownRun
    from xetrack_ui.tables.state import TableState

ENDS = ("last", "min", "max", "best")
"""What a metric is shown by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a request says of the runs that it wants."""

    ids: tuple[str, ...] = ()
    """These alone; empty for all."""
    status: tuple[str, ...] = ()
    """Only those of one of these; empty for all."""
    text: str = ""
    """Only those that have it in an id, a name, a tag, a note or a param, whatever its case."""
    where: str = ""
    """Only those for which this condition of SQL is true."""
    sort: str = ""
    """A field of the record, a param, or a metric with what it is shown by: ``loss:min``."""
    descending: bool = False


def choose_runs(state: TableState, choice: Choice) -> list[ShownRun]:
    """Return the runs that are chosen, in their order; without one, the newest first.

    Parameters
    ----------
    state
        The table.
    choice
        What is wanted.

    Raises
    ------
    InvalidArgumentError
        There is nothing of that name to sort by.
    QueryError
        The condition is none.
    """
    runs: Iterable[ShownRun] = state.runs.values()
    if choice.ids:
        ids = set(choice.ids)
        runs = [run for run in runs if run.track_id in ids]
    if choice.status:
        runs = [run for run in runs if run.record.status in choice.status]
    if choice.text:
        text = choice.text.casefold()
        runs = [run for run in runs if text in _searched(run)]
    if choice.where.strip():
        matching = filter_runs(state, choice.where)
        runs = [run for run in runs if run.track_id in matching]
    chosen = list(runs)
    if not choice.sort:
        return chosen[::-1]
    return _sorted(chosen, sort_value(state, choice.sort), descending=choice.descending)


def _searched(run: ShownRun) -> str:
    """Return all texts of a run in which somebody may look for a word."""
    record = run.record
    words = [run.track_id, record.name, record.group, record.notes, record.host, *record.tags]
    params = (f"{name}={shown(value)}" for name, value in run.params.items())
    return "\n".join([*filter(None, words), *params]).casefold()


def _sorted(
    runs: list[ShownRun], value: Callable[[ShownRun], Value], *, descending: bool
) -> list[ShownRun]:
    keyed = [(sort_key(value(run)), run) for run in runs]
    present = [(key, run) for key, run in keyed if key is not None]
    present.sort(key=lambda pair: pair[0], reverse=descending)
    return [run for _, run in present] + [run for key, run in keyed if key is None]


def sort_value(state: TableState, name: str) -> Callable[[ShownRun], Value]:
    """Return a function that gives the value of a run to sort by.

    Parameters
    ----------
    state
        The table.
    name
        A field, a param, or a metric.

    Raises
    ------
    InvalidArgumentError
        There is no such name, or a metric without a goal has no best.
    """
    if name in FIELDS:
        return lambda run: run.value(name)
    if name in state.params:
        return lambda run: run.params.get(name)
    metric, _, end = name.rpartition(":") if name not in state.metrics else (name, "", "last")
    if metric not in state.metrics or end not in ENDS:
        known = [*FIELDS, *state.params, *state.metrics]
        expected = f"a field of runs, a param or a metric. {near(metric or name, known)}"
        raise InvalidArgumentError("sort", name, expected.strip(". "))
    if end == "best":
        end = _best(state, metric)
    return _figure(state.figures([metric])[metric], end)


def _best(state: TableState, metric: str) -> str:
    settings = state.settings.get(metric)
    goal = getattr(settings, "goal", None)
    if goal not in {"min", "max"}:
        expected = (
            f"{metric}:min or {metric}:max, or set a goal: tracker.define({metric!r}, goal='min')"
        )
        raise InvalidArgumentError("sort", f"{metric}:best", expected)
    return str(goal)


def _figure(figures: Mapping[str, BucketValues], end: str) -> Callable[[ShownRun], Value]:
    fields = {"last": "last", "min": "minimum", "max": "maximum"}

    def value(run: ShownRun) -> Any:
        values = figures.get(run.track_id)
        return None if values is None else getattr(values, fields[end])

    return value
