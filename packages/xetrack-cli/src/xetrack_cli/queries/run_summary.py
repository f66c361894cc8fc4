"""Summaries of runs: when, how long, how many rows, with which params and results."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import define

from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.query import Condition
from xetrack.model.names import OWN, TIMESTAMP, TRACK_ID, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from xetrack.interfaces.engine import Selection
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


def read_latest_runs(query: TableQuery, limit: int | None) -> tuple[list[RunSpan], int]:
    """Read the runs that began last, by the time of their first row, and count all runs.

    The database groups where it can; else the identities of all rows pass by, and only the runs
    stay in memory.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    limit
        Runs at most; None for all.

    Returns
    -------
    list of RunSpan
        The latest at the end.
    int
        How many runs there are.

    Raises
    ------
    ColumnNotFoundError
        The table was not written by a tracker.
    """
    for name in OWN:
        query.column(name)
    if limit == 0:
        return [], 0
    if isinstance(query.engine, RunsSQL) and not query.where:
        groups = query.engine.sql(_GROUPED.format(table=quoted(query.table)), limit=limit).rows
        return [RunSpan(*row[:4]) for row in reversed(groups)], groups[0][4] if groups else 0
    seen: dict[object, RunSpan] = {}
    for stamp, track_id in query.rows(OWN):
        span = seen.setdefault(track_id, RunSpan(track_id, stamp, stamp, 0))
        span.rows += 1
        if stamp is not None:  # another program may have written rows without one
            span.first = stamp if span.first is None else min(span.first, stamp, key=str)
            span.last = stamp if span.last is None else max(span.last, stamp, key=str)
    spans = sorted(seen.values(), key=lambda span: str(span.first or ""))
    return spans if limit is None else spans[-limit:], len(spans)


_GROUPED = """
SELECT track_id, min(timestamp) AS first, max(timestamp) AS last, count(*), count(*) OVER ()
FROM {table} GROUP BY track_id ORDER BY first DESC
"""


def read_run(query: TableQuery, track_id: str) -> RunSpan:
    """Read the span of one run.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    track_id
        The id of the run.

    Returns
    -------
    RunSpan
        Its times and its number of rows, which may be 0 while it has a record only.
    """
    of_run = [Condition(TRACK_ID, "=", track_id)]
    first = next(iter(query.rows([TIMESTAMP], where=of_run, limit=1)), (None,))[0]
    last = next(iter(query.rows([TIMESTAMP], where=of_run, tail=1)), (None,))[0]
    return RunSpan(track_id, first, last, query.engine.count(query.table, of_run))


_TAIL = 256
"""So many of the last rows of a run are read first. They decide about most columns."""


@define
class _RunColumn:
    """The cells of one column in the rows of a run."""

    first: Value
    last: Value = None
    is_constant: bool = True
    """Whether all rows have the value of the first."""

    def add(self, cells: Sequence[Value]) -> None:
        """Look at cells in the order they were logged; the last ones come last."""
        present = [cell for cell in cells if cell is not None]
        if present:
            self.last = present[-1]
        if self.is_constant:
            self.is_constant = len(present) == len(cells) and _all_equal(present, self.first)

    def is_param(self, *, alone: bool) -> bool:
        """Return True if it looks like a param.

        Parameters
        ----------
        alone
            No column of the run changes.
        """
        return self.is_constant and not (alone and isinstance(self.last, float))


def read_params_and_results(
    query: TableQuery, track_id: Value, param_columns: Collection[str] = ()
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Read the params of a run, and its results: the last value that there is of each column.

    Where the record of the run does not tell which values were given as params, a column that has
    one and the same value in every row of the run counts as one. Where no column changes, as in a
    run of one row, floats are results.

    Parameters
    ----------
    query
        The table, and the rows of it that are meant.
    track_id
        The id of the run.
    param_columns
        The names of the columns of its params, as far as they are known.

    Returns
    -------
    params, results : dict
        Values by the names of their columns, without missing ones.
    """
    return read_whole(query.engine, lambda: _split(query, track_id, param_columns))


def _split(
    query: TableQuery, track_id: Value, param_columns: Collection[str]
) -> tuple[dict[str, Value], dict[str, Value]]:
    where = [*query.where, Condition(TRACK_ID, "=", track_id)]
    names = [name for name in query.columns if name not in OWN]
    first = next(iter(query.rows(names, where=where, limit=1)), ()) if names else ()
    columns = dict(zip(names, map(_RunColumn, first), strict=bool(first)))
    count = _add(columns, query.selection([*columns], where=where, tail=_TAIL)) if columns else 0
    undecided = {
        name: column
        for name, column in columns.items()
        if column.last is None or (column.is_constant and not param_columns)
    }
    if undecided and count == _TAIL:
        _add(undecided, query.selection([*undecided], where=where))
    present = {name: column for name, column in columns.items() if column.last is not None}
    all_constant = all(column.is_constant for column in present.values())
    params = {
        name: column.last
        for name, column in present.items()
        if (name in param_columns if param_columns else column.is_param(alone=all_constant))
    }
    return params, {name: column.last for name, column in present.items() if name not in params}


def _add(columns: Mapping[str, _RunColumn], selection: Selection) -> int:
    """Add the cells of a selection to the columns, and return the number of rows."""
    count = 0
    for batch in selection.batches:
        for column, cells in zip(columns.values(), batch, strict=True):
            column.add(cells)
        count += len(batch[0])
    return count


def _all_equal(cells: Sequence[Value], value: Value) -> bool:
    try:
        return all(cell == value for cell in cells)
    except ArithmeticError:  # a signalling nan of decimals is compared with nothing
        return False
