"""`xt runs`, `xt show` and `xt compare`."""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from attrs import define, field
from cyclopts import Parameter

from xetrack.interfaces.query import Condition
from xetrack.model.kinds import shown
from xetrack.model.names import ID_LENGTH, OWN, TRACK_ID
from xetrack_cli.messages import UsageError
from xetrack_cli.options import ALL, ANY, Count, Database, Filter, Location, Run, Source
from xetrack_cli.queries.run_summary import read_latest_runs, read_params_and_results, read_run
from xetrack_cli.queries.statistics import Summary
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.render.cells import Pairs, is_number, pluralized
from xetrack_cli.render.model import Report, Table


def runs(db: Database, /, *, n: Count = 10, rows: Filter = ALL) -> Table:
    """Show the runs that ended last, one a line, the latest at the end.

    `params` has the values that all rows of a run share. `results` has the last value of each other
    column.

    Parameters
    ----------
    db
        Path or URL of the database.
    n
        How many runs.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Table
        A row for each run.
    """
    with open_query(db, rows) as query:
        latest = read_latest_runs(query, n)
        cells = [
            (
                run.track_id,
                run.rows,
                run.first,
                run.last,
                run.seconds,
                *map(_pairs, read_params_and_results(query, run.track_id)),
            )
            for run in latest
        ]
    names = ("track_id", "rows", "first", "last", "seconds", "params", "results")
    return Table(names=names, rows=cells, least=_LEGIBLE)


_LEGIBLE = 20
"""Places below which params and results say nothing."""

_CALL = ("function_name", "args", "kwargs", "error", "function_time")
"""What is recorded of every tracked call."""


def _pairs(values: dict[str, Any]) -> Pairs:
    """Bring what says most in little room to the front: numbers, short texts, the call."""

    def place(item: tuple[str, Any]) -> tuple[bool, int]:
        name, value = item
        return name in _CALL, 0 if is_number(value) else len(str(value))

    return Pairs(sorted(values.items(), key=place))


_SHOWN = ("column", "last", "first", "min", "mean", "max")
"""What is shown of each column of a run."""

_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")
"""The id of an asset, as it stands in a cell."""


@define
class ColumnSummary:
    """The values of a run in one column."""

    first: Any = None
    last: Any = None
    summary: Summary = field(factory=Summary)

    def add(self, cells: Any) -> None:
        """Add the next cells of the column.

        Parameters
        ----------
        cells
            Values in the order they were logged.
        """
        present = [cell for cell in cells if cell is not None]
        if present:
            self.first = present[0] if self.first is None else self.first
            self.last = present[-1]
        self.summary.add(cells)


def show(db: Database, track_id: Run, /, *, source: Source = ANY) -> Report:
    """Show a run: its columns that hold something, from the first value to the last.

    Where the last value is the id of an asset, its codec says what that is, if it can.

    Parameters
    ----------
    db
        Path or URL of the database.
    track_id
        Name of the run.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    Report
        The span of the run, and a row for each column.
    """
    with open_query(db, source) as query:
        run = read_run(query, track_id)
        query.where = (Condition(TRACK_ID, "=", track_id),)
        summary_by_name = {name: ColumnSummary() for name in query.columns if name not in OWN}
        for batch in query.batches([*summary_by_name]) if summary_by_name else ():
            for column_summary, cells in zip(summary_by_name.values(), batch, strict=True):
                column_summary.add(cells)
    contents = _contents(db, source, [each.last for each in summary_by_name.values()])
    begun, ended = shown(run.first), shown(run.last)
    lasted = "" if run.seconds is None else f", {run.seconds:.6g} seconds"
    return Report(
        (
            f"Run {track_id}: {pluralized(run.rows, 'row')} from {begun} to {ended}{lasted}",
            Table(
                names=(*_SHOWN, "content") if contents else _SHOWN,
                rows=[
                    (
                        name,
                        column_summary.last,
                        column_summary.first,
                        column_summary.summary.minimum,
                        column_summary.summary.average,
                        column_summary.summary.maximum,
                        *([contents.get(str(column_summary.last))] if contents else ()),
                    )
                    for name, column_summary in summary_by_name.items()
                    if column_summary.last is not None
                ],
            ),
        )
    )


def _contents(db: Location, source: Source, cells: Iterable[Any]) -> dict[str, str]:
    """Return what codecs say of the assets that cells name, by their ids."""
    ids = [cell for cell in cells if isinstance(cell, str) and _ID.fullmatch(cell)]
    if not ids:
        return {}
    from xetrack import Reader  # noqa: PLC0415 - for runs with assets

    with Reader(str(db), source.engine) as reader:
        assets = reader.assets
        known = [] if assets is None else [each for each in ids if each in assets]
        texts = {each: assets.short_text(assets.info(each)) for each in known} if assets else {}
    return {asset: text for asset, text in texts.items() if text}


def compare(
    db: Database,
    /,
    *track_ids: Annotated[str, Parameter(name="TRACK_ID", help="Two runs or more.")],
    differing: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    source: Source = ANY,
) -> Table:
    """Show runs side by side, and mark what differs.

    Each run is shown by the last value that it has in each column.

    Parameters
    ----------
    db
        Path or URL of the database.
    *track_ids
        Two runs or more.
    differing
        Leave out the columns in which all runs are equal.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    Table
        A row for each column, with a cell for each run.

    Raises
    ------
    UsageError
        Fewer than two different runs are named.
    """
    chosen = tuple(dict.fromkeys(track_ids))
    if len(chosen) < 2:  # noqa: PLR2004 - a comparison is of two at least
        raise UsageError("TRACK_ID is missing: give two different runs. See: xt compare --help")
    with open_query(db, source) as query:
        compared = [read_run(query, track_id) for track_id in chosen]
        pairs = (read_params_and_results(query, track_id) for track_id in chosen)
        values = [{**params, **results} for params, results in pairs]
    lines: list[tuple[str, list[Any]]] = [
        ("rows", [run.rows for run in compared]),
        ("seconds", [run.seconds for run in compared]),
        *(
            (name, [value_by_name.get(name) for value_by_name in values])
            for name in query.columns
            if any(name in value_by_name for value_by_name in values)
        ),
    ]
    rows = [(name, _differ(cells), *cells) for name, cells in lines]
    if differing:
        rows = [row for row in rows if row[1]]
    return Table(
        names=("column", "differs", *chosen),
        rows=rows,
        marked=frozenset(at for at, row in enumerate(rows) if row[1]),
    )


def _differ(cells: list[Any]) -> bool:
    return len({repr(cell) for cell in cells}) > 1
