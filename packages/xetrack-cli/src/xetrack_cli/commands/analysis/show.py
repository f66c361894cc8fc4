"""`xt show`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Annotated, Any

from attrs import define, field
from cyclopts import Parameter

from xetrack.interfaces.query import Condition
from xetrack.interfaces.runs.record import RunRecord
from xetrack.model.kinds import shown
from xetrack.model.names import ID_LENGTH, OWN, TRACK_ID
from xetrack_cli.messages import UsageError, note
from xetrack_cli.options import ANY, Database, Location, Run, Source
from xetrack_cli.queries.run_facts import describe_record, packages_of, patch_of
from xetrack_cli.queries.run_list import ListedRun
from xetrack_cli.queries.run_summary import RunSpan, read_run
from xetrack_cli.queries.statistics import Summary
from xetrack_cli.queries.table_query import TableQuery, open_query
from xetrack_cli.render.cells import Pairs, pluralized
from xetrack_cli.render.model import FileContent, Report, Table

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


def show(
    db: Database,
    run: Run,
    /,
    *,
    record: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    packages: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    patch: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    source: Source = ANY,
) -> Report | Table | FileContent:
    """Show a run: who ran what, where, when, how it ended, and its columns that hold something.

    Where the last value is the id of an asset, its codec says what that is, if it can. As data,
    the columns are printed; with --record, the record in full.

    Parameters
    ----------
    db
        Path or URL of the database.
    run
        Its id, the beginning of it, its name, or @1 for the newest.
    record
        Show the record, and nothing else.
    packages
        Show the packages that were installed, and nothing else.
    patch
        Print the patch of what was not committed, and nothing else, for `git apply`.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    Report, Table or FileContent
        The record of the run, and a row for each column; or one of its record, its packages and
        its patch.

    Raises
    ------
    UsageError
        Two of record, packages and patch are asked for.
    """
    asked = {"--record": record, "--packages": packages, "--patch": patch}
    parts = [name for name, is_asked in asked.items() if is_asked]
    if len(parts) > 1:
        raise UsageError(f"{' and '.join(parts)} exclude each other. Give one of them.")
    with open_query(db, source) as query:
        query.column(TRACK_ID)
        its_record = query.reader.run(run)
        if parts:
            return _part(its_record, parts[0])
        span = read_run(query, its_record.track_id)
        summary_by_name = _summaries(query, its_record.track_id)
    contents = _contents(db, source, [each.last for each in summary_by_name.values()])
    columns = Table(
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
    )
    return Report((*_heading(its_record, span), columns), columns)


def _part(record: RunRecord, part: str) -> Report | Table | FileContent:
    """Return what was asked for of a record, by its option."""
    if part == "--packages":
        return Table(names=("package", "version"), rows=[*packages_of(record).items()])
    if part == "--patch":
        content = patch_of(record)
        if not content:
            note(f"There is no patch of the run {record.track_id}.")
        return FileContent("patch", content)
    names = [each.name for each in fields(record)]
    cells = [_as_data(getattr(record, name)) for name in names]
    return Report((_lines(record),), Table(names=tuple(names), rows=[cells]))


def _as_data(value: Any) -> Any:
    """Return a value of a record as JSON has it."""
    if isinstance(value, Mapping):
        return Pairs(value)
    return [*value] if isinstance(value, tuple) else value


def _lines(record: RunRecord) -> Table:
    lines = [*describe_record(record)]
    return Table(names=("record", "value"), rows=lines, whole=True)


def _heading(record: RunRecord, span: RunSpan) -> Iterable[str | Table]:
    """Return a sentence on the rows of a run, and its record, if it has one."""
    text = f"Run {record.track_id}: {pluralized(span.rows, 'row')}"
    if span.rows == 1:
        text += f" at {shown(span.first)}"
    elif span.rows:
        seconds = ListedRun(record, span).seconds_of_rows
        lasted = "" if seconds is None else f", {seconds:.6g} seconds"
        text += f" from {shown(span.first)} to {shown(span.last)}{lasted}"
    lines = _lines(record)
    if [name for name, _ in lines.rows] == ["status"]:  # it says that there is no record
        return (text,)
    return text, lines


def _summaries(query: TableQuery, track_id: str) -> dict[str, ColumnSummary]:
    query.where = (Condition(TRACK_ID, "=", track_id),)
    summary_by_name = {name: ColumnSummary() for name in query.columns if name not in OWN}
    for batch in query.batches([*summary_by_name]) if summary_by_name else ():
        for column_summary, cells in zip(summary_by_name.values(), batch, strict=True):
            column_summary.add(cells)
    return summary_by_name


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
