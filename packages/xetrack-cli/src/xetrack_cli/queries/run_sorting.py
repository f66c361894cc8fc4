"""Runs in the order of a param, a result, or what their records say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.errors import ColumnNotFoundError
from xetrack.model.names import TRACK_ID
from xetrack_cli.queries.statistics import is_nan
from xetrack_cli.render.cells import is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack_cli.queries.run_list import ListedRun
    from xetrack_cli.queries.table_query import TableQuery

_FIELDS: Mapping[str, Callable[[ListedRun, datetime], Any]] = {
    "age": lambda run, now: None if run.started is None else now - run.started,
    "started": lambda run, _: run.started,
    "duration": lambda run, now: run.seconds(now),
    "rows": lambda run, _: run.span.rows,
    "name": lambda run, _: run.record.name,
    "group": lambda run, _: run.record.group,
    "status": lambda run, _: str(run.record.status),
}
"""What runs may be sorted by beside columns, which come first."""


@frozen
class SortedRuns:
    """Runs in the order of what they were sorted by; those without a value at the end."""

    runs: list[ListedRun]
    _key_by_run: dict[Any, tuple[Any, ...] | None]
    lacks_goal: bool = False
    """Whether they are sorted by a metric of which nobody has said which way it gets better."""

    def ties_beyond(self, count: int) -> int:
        """Return how many runs have the value of the last one that is shown, and are not shown.

        Parameters
        ----------
        count
            How many are shown, from the first on.
        """
        if not 0 < count < len(self.runs):
            return 0
        keys = [self._key_by_run[run.span.track_id] for run in self.runs]
        return 0 if keys[count - 1] is None else keys[count:].count(keys[count - 1])


def sort_runs(
    query: TableQuery, runs: list[ListedRun], by: str, *, descending: bool | None
) -> SortedRuns:
    """Sort runs by their last values in a column.

    Numbers come before times, and these before texts, whether or not the largest comes first.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    runs
        The runs.
    by
        The column, or one of the columns that `xt runs` has itself.
    descending
        Whether the largest comes first. With None, the goal of the metric decides: the best comes
        first.

    Raises
    ------
    ColumnNotFoundError
        There is no such column.
    """
    column = query.find_column(by)
    if column is None and by not in _FIELDS:
        raise ColumnNotFoundError(by, query.table, [*query.columns, *_FIELDS])
    goal, is_metric = None, False
    if column is None:
        now = datetime.now(UTC)
        keys = {run.span.track_id: _key(_FIELDS[by](run, now)) for run in runs}
    else:
        params = {run.span.track_id: run.record.params.get(column.key or by) for run in runs}
        last: dict[Any, Any] = {
            track_id: cell
            for track_id, cell in query.rows([TRACK_ID, column.name])
            if cell is not None
        }
        keys = {name: _key(last.get(name, params[name])) for name in params}
        goal = query.reader.series_settings().get(column.key or column.name)
        if descending is None:
            descending = goal is not None and goal.goal == "max"
        is_metric = not any(value is not None for value in params.values())
    known = [run for run in runs if keys[run.span.track_id] is not None]
    known.sort(key=lambda run: keys[run.span.track_id] or (), reverse=bool(descending))
    known.sort(key=lambda run: (keys[run.span.track_id] or (0,))[0])  # no text is above a number
    unsaid = is_metric and (goal is None or goal.goal is None)
    missing = [run for run in runs if keys[run.span.track_id] is None]
    return SortedRuns([*known, *missing], keys, unsaid and bool(known))


def _key(value: Any) -> tuple[Any, ...] | None:
    """Return what sorts numbers, then times and durations, then texts; None for what has none."""
    if value is None or is_nan(value):
        return None
    if isinstance(value, bool) or is_number(value):
        return 0, value
    if isinstance(value, datetime | timedelta):
        return 1, type(value).__name__, str(value) if isinstance(value, datetime) else value
    return 2, str(value)
