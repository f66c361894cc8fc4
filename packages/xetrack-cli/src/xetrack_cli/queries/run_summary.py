"""Summaries of runs: when, how long, how many rows, with which params and results."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import define

from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.query import Condition
from xetrack.model.names import OWN, TIMESTAMP, TRACK_ID, quoted

if TYPE_CHECKING:
    from xetrack.model.kinds import Value
    from xetrack_cli.queries.table_query import TableQuery


@define
class RunSpan:
    """The first and the last time of a run, and the number of its rows."""

    track_id: Value
    first: Value
    last: Value
    rows: int = 1

    @property
    def seconds(self) -> float | None:
        """Seconds between the first row and the last; None where the times are no times."""
        try:
            begun, ended = (datetime.fromisoformat(str(time)) for time in (self.first, self.last))
            return (ended - begun).total_seconds()
        except (ValueError, TypeError):
            return None


def read_latest_runs(query: TableQuery, limit: int) -> list[RunSpan]:
    """Read the runs that ended last, by the time of their last row.

    The database groups where it can; else the identities of all rows pass by, and only the runs
    stay in memory.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    limit
        Runs at most.

    Returns
    -------
    list of RunSpan
        The latest at the end.

    Raises
    ------
    ColumnNotFoundError
        The table was not written by a tracker.
    """
    for name in OWN:
        query.column(name)
    if not limit:
        return []
    if isinstance(query.engine, RunsSQL) and not query.where:
        groups = query.engine.sql(_GROUPED.format(table=quoted(query.table)), limit=limit)
        return [RunSpan(*row) for row in reversed(groups.rows)]
    seen: dict[object, RunSpan] = {}
    for stamp, track_id in query.rows(OWN):
        span = seen.setdefault(track_id, RunSpan(track_id, stamp, stamp, 0))
        span.rows += 1
        if stamp is not None:  # another program may have written rows without one
            span.first = stamp if span.first is None else min(span.first, stamp, key=str)
            span.last = stamp if span.last is None else max(span.last, stamp, key=str)
    return sorted(seen.values(), key=lambda span: str(span.last or ""))[-limit:]


_GROUPED = """
SELECT track_id, min(timestamp) AS first, max(timestamp) AS last, count(*)
FROM {table} GROUP BY track_id ORDER BY last DESC
"""


def read_run(query: TableQuery, track_id: str) -> RunSpan:
    """Read the span of one run.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    track_id
        Name of the run.

    Returns
    -------
    RunSpan
        Its times and its number of rows.

    Raises
    ------
    RunNotFoundError
        The table has no row of it.
    """
    query.check_run(track_id)
    of_run = [Condition(TRACK_ID, "=", track_id)]
    ((first,),) = query.rows([TIMESTAMP], where=of_run, limit=1)
    ((last,),) = query.rows([TIMESTAMP], where=of_run, tail=1)
    return RunSpan(track_id, first, last, query.engine.count(query.table, of_run))


def read_params_and_results(
    query: TableQuery, track_id: Value
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Read the params of a run, and the results in its last row.

    Of a run, only the first and the last row are read: what is the same in both is a param.
    In a run of one row, floats are results and all else params.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    track_id
        Name of the run.

    Returns
    -------
    params, results : dict
        Values by the names of their columns, without missing ones.
    """
    of_run = [*query.where, Condition(TRACK_ID, "=", track_id)]
    names = [name for name in query.columns if name not in OWN]
    if not names:
        return {}, {}
    first = next(iter(query.rows(names, where=of_run, limit=1)), ())
    last = next(iter(query.rows(names, where=of_run, tail=1)), ())
    changes = {
        name: (before, after)
        for name, before, after in zip(names, first, last, strict=True)
        if after is not None
    }
    alone = all(map(_same, first, last))
    params: dict[str, Value] = {
        name: after
        for name, (before, after) in changes.items()
        if _same(before, after) and not (alone and isinstance(after, float))
    }
    results: dict[str, Value] = {
        name: after for name, (_, after) in changes.items() if name not in params
    }
    return params, results


def _same(first: Value, second: Value) -> bool:
    try:
        return bool(first == second)
    except ArithmeticError:  # a signalling nan of decimals is compared with nothing
        return False
