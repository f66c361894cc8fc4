"""The runs of a table: what their records say, beside the span of their rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack_cli.queries.run_summary import RunSpan, read_latest_runs, read_params_and_results

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xetrack.model.kinds import Value
    from xetrack_cli.queries.table_query import TableQuery


@frozen
class ListedRun:
    """A run with its record and the span of its rows, of which one may be missing."""

    record: RunRecord
    """Of the status `RunStatus.UNKNOWN` where there are only rows."""
    span: RunSpan

    @property
    def started(self) -> datetime | None:
        """When it began: as its record says, else its first row."""
        return self.record.started or moment_of(self.span.first)

    @property
    def seconds_of_rows(self) -> float | None:
        """Seconds from the first row to the last.

        None where they do not fit between begin and end: rows that were logged in several time
        zones have times that cannot be compared.
        """
        seconds, duration = self.span.seconds, self.record.duration
        if seconds is None or duration is None:
            return seconds
        return seconds if 0 <= seconds <= duration.total_seconds() + 1 else None

    def seconds(self, now: datetime) -> float | None:
        """Return how long it took, or takes already; None where nobody knows.

        Parameters
        ----------
        now
            This moment.
        """
        record = self.record
        if record.duration is not None:
            return record.duration.total_seconds()
        if record.started is None:
            return self.span.seconds
        ended = now if record.status is RunStatus.RUNNING else moment_of(self.span.last)
        return None if ended is None else (ended - record.started).total_seconds()


def moment_of(stamp: Value) -> datetime | None:
    """Return the moment of a row's timestamp, which is in local time; None where it is no time.

    Parameters
    ----------
    stamp
        The cell.
    """
    try:
        return datetime.fromisoformat(str(stamp)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


@frozen
class RunList:
    """The latest runs, and what is known of all that count."""

    runs: list[ListedRun]
    """The one that began last is at the end."""
    total: int
    """How many runs there are that count."""
    differing: frozenset[str] = frozenset()
    """Keys of the params that are not the same in all that count, as far as records tell."""
    running: tuple[str, ...] = ()
    """Ids of those that are still running."""

    def running_elsewhere(self) -> str:
        """Say how many runs are running and not among those that are shown; nothing for none."""
        hidden = len({*self.running} - {run.record.track_id for run in self.runs})
        runs = "1 run that is" if hidden == 1 else f"{hidden:,} runs that are"
        return f", or {runs} running with: --status running" if hidden else ""


def list_runs(
    query: TableQuery, is_chosen: Callable[[ListedRun], bool] | None, limit: int | None
) -> RunList:
    """Read the latest runs, by the time at which they began.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    is_chosen
        Decides which runs count; None for all.
    limit
        Runs at most; None for all.

    Returns
    -------
    RunList
        The runs, and how many there are.

    Raises
    ------
    ColumnNotFoundError
        The table was not written by a tracker.
    """
    records = query.reader.run_records()
    if not records and is_chosen is None:
        spans, total = read_latest_runs(query, limit)
        return RunList([_listed(query, span, None) for span in spans], total)
    spans, _ = read_latest_runs(query, None)
    runs = [_listed(query, span, records.get(str(span.track_id))) for span in spans]
    if not query.where:  # a run whose first row is not stored yet meets no condition
        known = {span.track_id for span in spans}
        bare = [each for name, each in records.items() if name not in known and each.started]
        runs += [ListedRun(each, RunSpan(each.track_id, None, None, 0)) for each in bare]
    runs = [run for run in runs if is_chosen is None or is_chosen(run)]
    runs.sort(key=lambda run: run.started or _NEVER)
    differing = differing_params([run.record.params for run in runs if run.record.started])
    latest = runs if limit is None else runs[-limit:] if limit else []
    running = [run.record.track_id for run in runs if run.record.status is RunStatus.RUNNING]
    return RunList(latest, len(runs), differing, tuple(running))


_NEVER = datetime.min.replace(tzinfo=UTC)


def differing_params(params: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the names of the params that are not the same in all runs.

    Parameters
    ----------
    params
        Values by name, for each run.
    """
    values: dict[str, set[str]] = {}
    for each in params:
        for name, value in each.items():
            values.setdefault(name, set()).add(repr(value))
    missing = {name for name in values for each in params if name not in each}
    return frozenset(missing | {name for name, seen in values.items() if len(seen) > 1})


def _listed(query: TableQuery, span: RunSpan, record: RunRecord | None) -> ListedRun:
    unknown = RunStatus.UNKNOWN
    name = str(span.track_id)
    return ListedRun(record or RunRecord(track_id=name, status=unknown, table=query.table), span)


def params_and_results(
    query: TableQuery, run: ListedRun
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return the params of a run and its results, by the names of their columns.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    run
        The run.
    """
    params = run.record.params
    if not run.span.rows:
        return dict(params), {}
    columns = (query.find_column(key) for key in params)
    param_columns = {column.name for column in columns if column is not None}
    return read_params_and_results(query, run.span.track_id, param_columns)
