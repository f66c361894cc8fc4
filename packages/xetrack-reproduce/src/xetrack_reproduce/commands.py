"""`xt reproduce`."""

from typing import Any, Literal

from xetrack import Reader
from xetrack.errors import XetrackError
from xetrack.interfaces.commands import CommandResult, Outcome
from xetrack.interfaces.runs.record import RunRecord
from xetrack.model.kinds import shown
from xetrack_reproduce.comparison.rows import FAILURES, ColumnComparison
from xetrack_reproduce.comparison.tolerance import parse_tolerances
from xetrack_reproduce.conditions.findings import Finding, State
from xetrack_reproduce.errors import COULD_NOT_RUN
from xetrack_reproduce.reproduction import Comparison, Reproduction


def reproduce(
    db: str,
    run: str,
    /,
    *,
    tolerance: tuple[str, ...] = (),
    dry_run: bool = False,
    env: Literal["keep", "locked"] = "keep",
    table: str | None = None,
) -> CommandResult:
    """Run a run again as it was recorded, and compare the rows.

    The recorded commit and patch are run in a worktree of their own; your working tree stays as it
    is. The new run goes into the same database, with the old one as its parent. What is not as it
    was is said before anything runs. The exit code is 0 if all rows are equal or within the
    tolerance, 1 if they differ, 2 if the run could not be run.

    Parameters
    ----------
    db
        Path or URL of the database.
    run
        The run: its id, the beginning of it, its name, or @1 for the newest.
    tolerance
        How far a column may be off: loss=1e-6, or loss=0.1% of the recorded value. May be repeated.
    dry_run
        Only say what cannot be recreated.
    env
        The environment: "keep" for this one, or "locked" for one with the recorded versions, which
        uv builds.
    table
        The table; by default the one named "default", else the only one.

    Returns
    -------
    Outcome
        A row for each column; for a dry run, and where nothing could be run, one for each check.
    """
    try:
        tolerances = parse_tolerances(tolerance)
        with Reader(db, table=table) as reader:
            record = reader.run(run)
            location = str(reader.db)
        is_locked = env == "locked"
        repeated = Reproduction(record, location, tolerances, is_locked=is_locked)
        result = repeated.run(dry_run=dry_run)
    except XetrackError as error:
        error.exit_code = COULD_NOT_RUN  # 1 says that rows differ
        raise
    return _compare(record, result) if isinstance(result, Comparison) else _explain(record, result)


def _compare(record: RunRecord, comparison: Comparison) -> Outcome:
    """Return a row for each column."""
    different = [each.column for each in comparison.columns if each.result in FAILURES]
    why = f" Not as it was: {', '.join(comparison.others)}." if comparison.others else ""
    new = comparison.track_id
    rows = "1 row" if comparison.rows == 1 else f"{comparison.rows:,} rows"
    return Outcome(
        rows=list(map(_row, comparison.columns)),
        heading=f"Run {new} repeats {record.track_id}: {rows}.",
        failure=f"The runs differ in: {', '.join(different)}.{why}" if different else "",
    )


def _row(column: ColumnComparison) -> dict[str, Any]:
    return {
        "column": column.column,
        "result": str(column.result),
        "differing": column.rows,
        "row": column.row,
        "recorded": column.old,
        "new": column.new,
        "largest": column.largest,
    }


def _explain(record: RunRecord, findings: list[Finding]) -> Outcome:
    """Return what was found, where nothing runs."""
    problems = [each.check for each in findings if each.state is State.PROBLEM]
    return Outcome(
        rows=[
            {"check": each.check, "state": str(each.state), "found": each.text} for each in findings
        ],
        heading=f"Run {record.track_id}, begun {shown(record.started)}: what can be recreated.",
        failure=f"The run cannot be run again, for lack of: {', '.join(dict.fromkeys(problems))}. "
        "See the column found for what to do."
        if problems
        else "",
        exit_code=COULD_NOT_RUN,
    )
