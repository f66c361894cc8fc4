"""`xt compare`."""

from typing import Annotated, Any

from cyclopts import Parameter

from xetrack.model.names import TRACK_ID
from xetrack_cli.messages import UsageError, note
from xetrack_cli.options import ANY, RUN_FORMS, Database, Source
from xetrack_cli.queries.run_differences import compare_records, diff_patches
from xetrack_cli.queries.run_summary import read_params_and_results, read_run
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.render.model import FileContent, Report, Table

_FLAG: Any = {"negative": "", "show_default": False}


def compare(
    db: Database,
    /,
    *runs: Annotated[str, Parameter(name="RUN", help=f"Two runs or more, each by {RUN_FORMS}.")],
    differing: Annotated[bool, Parameter(**_FLAG)] = False,
    diff: Annotated[bool, Parameter(**_FLAG)] = False,
    source: Source = ANY,
) -> Report:
    """Show runs side by side, and mark what differs.

    Each run is shown by the last value that it has in each column, and by the conditions under
    which it took place: its record, the commit of its code, and the packages that differ.

    Parameters
    ----------
    db
        Path or URL of the database.
    *runs
        Two runs or more: ids, beginnings of ids, names, or @1 for the newest.
    differing
        Leave out the lines in which all runs are equal.
    diff
        Show each package that differs in a line of its own, and below the table how the patches of
        the other runs differ from that of the first.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    Report
        A row for each column and each condition, with a cell for each run.

    Raises
    ------
    UsageError
        Fewer than two different runs are named.
    """
    if len(runs) < 2:  # noqa: PLR2004 - a comparison is of two at least
        raise UsageError("RUN is missing: give two different runs. See: xt compare --help")
    with open_query(db, source) as query:
        query.column(TRACK_ID)
        records = {record.track_id: record for record in map(query.reader.run, runs)}
        if len(records) < 2:  # noqa: PLR2004
            these = "Both" if len(runs) == 2 else "All of these"  # noqa: PLR2004
            raise UsageError(f"{these} are the run {next(iter(records))}: give two different runs.")
        compared = [read_run(query, track_id) for track_id in records]
        pairs = (read_params_and_results(query, track_id) for track_id in records)
        values = [{**params, **results} for params, results in pairs]
    lines: list[tuple[str, list[Any]]] = [
        ("rows", [run.rows for run in compared]),
        ("seconds", [run.seconds for run in compared]),
        *(
            (name, [value_by_name.get(name) for value_by_name in values])
            for name in query.columns
            if any(name in value_by_name for value_by_name in values)
        ),
        *compare_records([*records.values()], each_package=diff),
    ]
    rows = [(name, _differ(cells), *cells) for name, cells in lines]
    if differing:
        rows = [row for row in rows if row[1]]
    table = Table(
        names=("column", "differs", *records),
        rows=rows,
        marked=frozenset(at for at, row in enumerate(rows) if row[1]),
    )
    first, *others = records.values()
    patches = [diff_patches(first, other) for other in others] if diff else []
    if diff and not any(patches):
        note("No patch differs from that of the first run.")
    return Report((table, *(FileContent("diff", f"{each}\n") for each in patches if each)))


def _differ(cells: list[Any]) -> bool:
    return len({repr(cell) for cell in cells}) > 1
