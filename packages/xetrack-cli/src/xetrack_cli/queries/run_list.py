"""The runs of a table: what their records say, beside the span of their rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import frozen

from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack_cli.queries.run_summary import RunSpan, read_latest_runs, read_params_and_results

if TYPE_CHECKING:
    from collections.abc import Callable

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


def list_runs(
    query: TableQuery, is_chosen: Callable[[ListedRun], bool] | None, limit: int | None
) -> tuple[list[ListedRun], int]:
    """Read the latest runs, by the time of their last row.

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
    list of ListedRun
        The latest at the end.
    int
        How many runs there are that count.

    Raises
    ------
    ColumnNotFoundError
        The table was not written by a tracker.
    """
    records = query.reader.run_records()
    if not records and is_chosen is None:
        spans, total = read_latest_runs(query, limit)
        return [_listed(query, span, None) for span in spans], total
    spans, _ = read_latest_runs(query, None)
    runs = [_listed(query, span, records.get(str(span.track_id))) for span in spans]
    if not query.where:  # a run whose first row is not stored yet meets no condition
        known = {span.track_id for span in spans}
        bare = [each for name, each in records.items() if name not in known and each.started]
        if bare:
            runs += [ListedRun(each, RunSpan(each.track_id, None, None, 0)) for each in bare]
            runs.sort(key=_last_sign)
    runs = [run for run in runs if is_chosen is None or is_chosen(run)]
    return runs if limit is None else runs[-limit:] if limit else [], len(runs)


def _listed(query: TableQuery, span: RunSpan, record: RunRecord | None) -> ListedRun:
    unknown = RunStatus.UNKNOWN
    name = str(span.track_id)
    return ListedRun(record or RunRecord(track_id=name, status=unknown, table=query.table), span)


def _last_sign(run: ListedRun) -> str:
    """Return the time of the last row as it is stored, or the begin in the same form."""
    if run.span.last is None and run.record.started is not None:
        return str(run.record.started.astimezone().replace(tzinfo=None))
    return str(run.span.last or "")


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
