"""`xt runs`."""

from typing import Annotated

from attrs import evolve
from cyclopts import Parameter

from xetrack_cli.commands.analysis.run_filter import ALL_RUNS, RunFilter
from xetrack_cli.commands.analysis.run_table import RunTable
from xetrack_cli.messages import UsageError, note
from xetrack_cli.options import Columns, CountOrNone, Database
from xetrack_cli.queries.run_list import RunList, list_runs, params_and_results
from xetrack_cli.queries.run_sorting import sort_runs
from xetrack_cli.queries.table_query import TableQuery, open_query
from xetrack_cli.render.cells import pluralized
from xetrack_cli.render.model import READABLE, OutputFormat, Report

_IN_A_TABLE = 10
"""Runs, where nobody says how many."""


def runs(
    db: Database,
    /,
    *,
    n: CountOrNone = None,
    columns: Columns = None,
    sort: Annotated[str | None, Parameter(metavar="COLUMN", allow_leading_hyphen=True)] = None,
    desc: Annotated[bool | None, Parameter(negative="--asc", show_default=False)] = None,
    rows: RunFilter = ALL_RUNS,
    form: OutputFormat = READABLE,
) -> Report:
    """Show the latest runs, one a line: how each ended, how long it took, and what came out.

    The run that began last is at the end: it is `@1` to other commands. `age` tells how long ago
    it began. There is a column for each param that is not the same in all runs, and for the last
    value of each other column, but for what is recorded of calls. With `--where` or `--track-id`,
    only rows that fit count: a run is shown if it has one, with the last values of those rows. JSON
    and CSV have everything, with exact times, and the `seconds` from the first row to the last.

    Parameters
    ----------
    db
        Path or URL of the database.
    n
        How many runs; by default 10 in a table, and all as JSON or CSV.
    columns
        Only these columns, in this order: a,b,c. Each is a param, a result, or one that is shown.
    sort
        Show the first runs in the order of this column instead of the latest. Where the metric has
        a goal, the best comes first.
    desc
        Sort downwards, or upwards, whatever the goal is.
    rows
        Which runs and rows are meant, and how the database is opened.
    form
        What the runs are printed as.

    Returns
    -------
    Report
        A row for each run.

    Raises
    ------
    UsageError
        A direction is given, and nothing to sort by.
    """
    if desc is not None and sort is None:
        direction = "--desc" if desc else "--asc"
        raise UsageError(f"{direction} needs a column: add --sort COLUMN. See: xt runs --help")
    if n is None and form.writer is None:
        n = _IN_A_TABLE
    with open_query(db, rows) as query:
        is_chosen = None if rows.is_empty else rows.matches
        listed = list_runs(query, is_chosen, n if sort is None else None)
        if not listed.total:
            for line in rows.unknown(query.reader.run_records().values()):
                note(line)
        if sort is not None:
            listed = _sorted(query, listed, sort, n, descending=desc)
        values = [params_and_results(query, run) for run in listed.runs]
        table = RunTable(query, listed, values)
        if sort is not None:
            table.put_first(sort)
    report = Report((table.brief(),), table.exact()) if columns is None else table.chosen(columns)
    if 0 < len(listed.runs) < listed.total:
        are = "is" if len(listed.runs) == 1 else "are"
        counts = f"{len(listed.runs):,} of {listed.total:,} runs {are} shown"
        note(f"{counts}. Show all with: -n {listed.total}{listed.running_elsewhere()}")
    same = table.same_in_all()
    if same and columns is None and form.writer is None:
        note(f"The same in all runs shown: {same}")
    return report


def _sorted(
    query: TableQuery, listed: RunList, by: str, n: int | None, *, descending: bool | None
) -> RunList:
    """Return the first runs in the order of a column, and say of those that are as good."""
    ranked = sort_runs(query, listed.runs, by, descending=descending)
    if ranked.lacks_goal and descending is None:
        note(
            f"The smallest {by!r} comes first, as no goal is set for it. Add --desc, or say so "
            f"once in Python: tracker.define({by!r}, goal='max')"
        )
    hidden = 0 if n is None else ranked.ties_beyond(n)
    if hidden:
        have = "has" if hidden == 1 else "have"
        note(f"{pluralized(hidden, 'run')} not shown {have} the same {by!r} as the last that is.")
    return evolve(listed, runs=ranked.runs[:n])
