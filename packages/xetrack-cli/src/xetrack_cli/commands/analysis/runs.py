"""`xt runs`."""

import platform
from datetime import UTC, datetime
from typing import Any

from xetrack.interfaces.runs.record import RunStatus
from xetrack_cli.commands.analysis.run_filter import ALL_RUNS, RunFilter
from xetrack_cli.messages import note
from xetrack_cli.options import Count, Database
from xetrack_cli.queries.run_list import ListedRun, list_runs, moment_of, params_and_results
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.render.brief import brief_age, brief_duration, brief_text, brief_values
from xetrack_cli.render.cells import Pairs
from xetrack_cli.render.model import Report, Table

_EXACT = (
    *("track_id", "name", "status", "group", "tags", "started", "ended"),
    *("rows", "first", "last", "seconds", "params", "results"),
)
_BRIEF = ("track_id", "status", "age", "duration", "rows", "name", "params", "results")
_ALWAYS = 5
"""So many columns are there even if they are empty."""

Values = list[tuple[dict[str, Any], dict[str, Any]]]


def runs(db: Database, /, *, n: Count = 10, rows: RunFilter = ALL_RUNS) -> Report:
    """Show the latest runs, one a line: how each ended, how long it took, and what came out.

    The run whose last row is the latest is at the end. `age` tells how long ago it began. `params`
    has those that are not the same in all of these runs, `results` the last value of each other
    column. JSON and CSV have everything, with exact times, and the `seconds` from the first row to
    the last.

    Parameters
    ----------
    db
        Path or URL of the database.
    n
        How many runs.
    rows
        Which runs and rows are meant, and how the database is opened.

    Returns
    -------
    Report
        A row for each run.
    """
    with open_query(db, rows) as query:
        latest, total = list_runs(query, None if rows.is_empty else rows.matches, n)
        values = [params_and_results(query, run) for run in latest]
    if 0 < len(latest) < total:
        note(f"{len(latest):,} of {total:,} runs are shown. Show all with: -n {total}")
    exact = Table(names=_EXACT, rows=list(map(_exact_cells, latest, values)))
    return Report((_brief_table(latest, values),), exact)


def _exact_cells(run: ListedRun, values: tuple[dict[str, Any], dict[str, Any]]) -> tuple[Any, ...]:
    record, span = run.record, run.span
    return (
        *(span.track_id, record.name, str(record.status), record.group, list(record.tags)),
        *(record.started, record.ended, span.rows, span.first, span.last, span.seconds),
        *map(Pairs, values),
    )


def _brief_table(latest: list[ListedRun], values: Values) -> Table:
    now = datetime.now(UTC)
    differing = _differing([params for params, _ in values])
    cells = [
        (
            run.span.track_id,
            _status(run, now),
            None if run.started is None else brief_age((now - run.started).total_seconds()),
            None if (seconds := run.seconds(now)) is None else brief_duration(seconds),
            run.span.rows,
            brief_text(run.record.name),
            brief_values({name: params[name] for name in params if name in differing}),
            brief_values(results),
        )
        for run, (params, results) in zip(latest, values, strict=True)
    ]
    shown = [at for at in range(len(_BRIEF)) if at < _ALWAYS or any(row[at] for row in cells)]
    return Table(
        names=tuple(_BRIEF[at] for at in shown),
        rows=[[row[at] for at in shown] for row in cells],
        firm=3,
    )


def _differing(params: list[dict[str, Any]]) -> set[str]:
    """Return the names of the params that tell runs apart; of one run alone, of all."""
    names = {name for each in params for name in each}
    if len(params) == 1:
        return names
    return {name for name in names if len({repr(each.get(name)) for each in params}) > 1}


def _status(run: ListedRun, now: datetime) -> str:
    """Return the status; where nobody can see the process, with the age of the last row."""
    record = run.record
    last = moment_of(run.span.last)
    if record.status is not RunStatus.RUNNING or record.host == platform.node():
        return str(record.status)
    if last is None:
        return f"{record.status} on {brief_text(record.host)}" if record.host else record.status
    return f"{record.status}, row {brief_age((now - last).total_seconds())} ago"
