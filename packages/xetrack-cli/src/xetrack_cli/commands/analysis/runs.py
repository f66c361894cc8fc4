"""`xt runs`."""

import platform
from datetime import UTC, datetime
from typing import Annotated, Any

from cyclopts import Parameter

from xetrack.interfaces.runs.record import RunStatus
from xetrack.model.names import BOOKKEEPING, ERROR
from xetrack_cli.commands.analysis.run_filter import ALL_RUNS, RunFilter
from xetrack_cli.messages import note
from xetrack_cli.options import CountOrNone, Database
from xetrack_cli.queries.run_list import ListedRun, list_runs, moment_of, params_and_results
from xetrack_cli.queries.run_sorting import sort_runs
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.render.brief import brief_age, brief_duration, brief_text
from xetrack_cli.render.cells import Pairs, is_measure, text_of
from xetrack_cli.render.model import READABLE, OutputFormat, Report, Table

_EXACT = (
    *("track_id", "name", "status", "group", "tags", "started", "ended"),
    *("rows", "first", "last", "seconds", "params", "results"),
)
_OWN = (("track_id", 0), ("status", 1), ("age", 3), ("duration", 3), ("rows", 4), ("name", 3))
"""What is shown of the record, each with its rank."""

_LONGEST = 40
"""Places of a param or a result."""

_IN_A_TABLE = 10
"""Runs, where nobody says how many."""

_PARAM, _RESULT, _ERROR = 2, 2, 3
"""The ranks of the other columns."""

Values = list[tuple[dict[str, Any], dict[str, Any]]]


def runs(
    db: Database,
    /,
    *,
    n: CountOrNone = None,
    sort: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    desc: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    rows: RunFilter = ALL_RUNS,
    form: OutputFormat = READABLE,
) -> Report:
    """Show the latest runs, one a line: how each ended, how long it took, and what came out.

    The run whose last row is the latest is at the end. `age` tells how long ago it began. There is
    a column for each param that is not the same in all of these runs, and for the last value of
    each other column, but for what is recorded of calls. With `--where` or `--track-id`, only rows
    that fit count: a run is shown if it has one, with the last values of those rows. JSON and CSV
    have everything, with exact times, and the `seconds` from the first row to the last.

    Parameters
    ----------
    db
        Path or URL of the database.
    n
        How many runs; by default 10 in a table, and all as JSON or CSV.
    sort
        Show the first runs in the order of this column instead of the latest. Where the metric has
        a goal, the best comes first.
    desc
        Sort downwards.
    rows
        Which runs and rows are meant, and how the database is opened.
    form
        What the runs are printed as.

    Returns
    -------
    Report
        A row for each run.
    """
    if n is None and form.writer is None:
        n = _IN_A_TABLE
    with open_query(db, rows) as query:
        is_chosen = None if rows.is_empty else rows.matches
        latest, total = list_runs(query, is_chosen, n if sort is None else None)
        if not total:
            for line in rows.unknown(query.reader.run_records().values()):
                note(line)
        if sort is not None:
            latest = sort_runs(query, latest, sort, descending=desc)[:n]
            column = query.find_column(sort)
            sort = sort if column is None else column.name
        values = [params_and_results(query, run) for run in latest]
    if 0 < len(latest) < total:
        note(f"{len(latest):,} of {total:,} runs are shown. Show all with: -n {total}")
    exact = Table(names=_EXACT, rows=list(map(_exact_cells, latest, values)))
    return Report((_brief_table(latest, values, sort),), exact)


def _exact_cells(run: ListedRun, values: tuple[dict[str, Any], dict[str, Any]]) -> tuple[Any, ...]:
    record, span = run.record, run.span
    return (
        *(span.track_id, record.name, str(record.status), record.group, list(record.tags)),
        *(record.started, record.ended, span.rows, span.first, span.last, span.seconds),
        *map(Pairs, values),
    )


def _brief_table(latest: list[ListedRun], values: Values, sort: str | None) -> Table:
    now = datetime.now(UTC)
    own = [_own_cells(run, now) for run in latest]
    columns = {each: [cells[at] for cells in own] for at, each in enumerate(_OWN)}
    if not any(columns[_OWN[-1]]):
        del columns[_OWN[-1]]
    params = [params for params, _ in values]
    results = [results for _, results in values]
    differing = _differing(params)
    for names, rank, cells in (
        ([name for name in _names(params) if name in differing | {sort}], _PARAM, params),
        ([name for name in _names(results) if name not in BOOKKEEPING], _RESULT, results),
        ([ERROR] if any(each.get(ERROR) for each in results) else [], _ERROR, results),
    ):
        for name in names:
            columns[name, rank] = [_brief(each.get(name)) for each in cells]
    return Table(
        names=tuple(name for name, _ in columns),
        rows=list(zip(*columns.values(), strict=True)),
        ranks=[0 if name == sort else rank for name, rank in columns],
        firm=2,
    )


def _own_cells(run: ListedRun, now: datetime) -> tuple[Any, ...]:
    """Return what is shown of a record, in the order of `_OWN`."""
    seconds = run.seconds(now)
    return (
        run.span.track_id,
        _status(run, now),
        None if run.started is None else brief_age((now - run.started).total_seconds()),
        None if seconds is None else brief_duration(seconds),
        run.span.rows,
        brief_text(run.record.name),
    )


def _brief(value: Any) -> Any:
    """Return a number as it is, and anything else as a short text."""
    return value if value is None or is_measure(value) else brief_text(text_of(value), _LONGEST)


def _names(values: list[dict[str, Any]]) -> list[str]:
    return [*dict.fromkeys(name for each in values for name in each)]


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
