"""What an experiment reached: the mean of its runs, never the luckiest row of all there are.

An experiment is the runs that began since the last tag, or those that are named. Rows that agree in
their configuration belong together, whatever their seed; its result is the mean over runs and
seeds. Within one run and seed the last row counts where the metric has an axis, such as ``epoch``,
and else the mean of its rows.
"""

from __future__ import annotations

import math
import re
import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console import ScriptError, not_a_script, note
from runs import MOST, Best, is_telling

from xetrack import Reader
from xetrack.errors import ColumnNotFoundError, TableNotFoundError
from xetrack.interfaces.query import Condition

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Mapping, Sequence

    from repository import Experiment

    from xetrack.interfaces.runs.record import RunRecord

CONFIG = re.compile(r"((config|cfg|params|hyperparams|settings)_.*|model)", re.IGNORECASE)
SEED = re.compile(r"(.*_)?(seed|random_state|repetition|replicate|repeat|fold)", re.IGNORECASE)
SPLIT = re.compile(r"(.*_)?(split|subset|partition)", re.IGNORECASE)
AXES = ("epoch", "step", "iteration", "global_step")
TESTS = ("test", "val", "valid", "validation", "dev", "holdout")
"""Splits that say how good something is, the best first."""


@dataclass(frozen=True)
class Result:
    """The result of an experiment in its best configuration."""

    metric: str
    values: list[float]
    """One for each run and seed."""
    rows: list[dict[str, Any]]
    """Those that the values come from."""
    is_mean_of_rows: bool
    """Whether a value is the mean of several rows."""
    records: list[RunRecord]
    errors: int
    """Calls of these runs that failed."""

    @property
    def runs(self) -> list[str]:
        """Their track ids, in the order in which they logged."""
        return list(dict.fromkeys(row["track_id"] for row in self.rows))

    @property
    def mean(self) -> float:
        """The result."""
        return statistics.fmean(self.values)

    def facts(self, columns: list[str] | None) -> dict[str, Any]:
        """Return the mean first, of how many it is, and what tells of the configuration.

        Raises
        ------
        ColumnNotFoundError
            No row has a column that was asked for.
        """
        said: dict[str, Any] = {self.metric: self.mean}
        if len(self.values) > 1:
            said[self.metric] = float(f"{self.mean:.6g}")
            said |= {"sd": float(f"{statistics.stdev(self.values):.3g}"), "n": len(self.values)}
        elif self.is_mean_of_rows:
            said["rows"] = len(self.rows)
        known = list(dict.fromkeys(name for row in self.rows for name in row))
        for name in columns or ():
            if name not in known:
                raise ColumnNotFoundError(name, "this table", known)
        first = [name for record in self.records for name in record.params if name in known]
        names = columns or [
            name
            for name in dict.fromkeys([*first, *known])
            if name != self.metric and not (len(self.values) > 1 and SEED.fullmatch(name))
        ]
        told = {name: self._common(name) for name in names}
        if columns:
            return said | told
        telling = {name: value for name, value in told.items() if is_telling(name, value)}
        return said | dict(list(telling.items())[:MOST])

    def _common(self, name: str) -> object:
        """Return what all rows have in a column; of other numbers the mean, of all else None."""
        cells = [row[name] for row in self.rows if name in row]
        if not cells:
            return None
        if all(cell == cells[0] for cell in cells):
            return cells[0]
        if all(isinstance(cell, float) for cell in cells):
            finite = [cell for cell in cells if math.isfinite(cell)]
            return float(f"{statistics.fmean(finite):.6g}") if finite else None
        return None

    def conditions(self, db: str) -> dict[str, Any]:
        """Return what records say of the code, and of ends that were not well; and warn of it."""
        said: dict[str, Any] = {}
        each = [Best(self.metric, "", self._row(one.track_id), one) for one in self.records]
        for one in each:
            if one.ended_badly:
                note(f"the run is {one.ended_badly}: see xt show {db} {one.run}")
                said["status"] = one.ended_badly
        commits = list(dict.fromkeys(one.commit[:12] for one in each if one.commit))
        if len(commits) > 1:
            note(
                f"its runs are of {len(commits)} commits, so they are no repetitions of each other"
            )
        if commits:
            said["code"] = ",".join(commits)
        for one in each:
            if one.is_dirty:
                has = f"its record has them: xt show {db} {one.run} --patch"
                has = has if one.has_patch else "no commit has its code."
                note(f"the run {one.run} was made with uncommitted changes: {has}")
                said["dirty"] = True
        if self.errors:
            calls = "call" if self.errors == 1 else "calls"
            note(f"{self.errors} {calls} of its runs failed, and no mean has them")
            said["errors"] = self.errors
        return said

    def _row(self, run: str) -> dict[str, Any]:
        return next(row for row in self.rows if row["track_id"] == run)


def experiment(options: Namespace, earlier: Sequence[Experiment]) -> Result:
    """Return the result of the new experiment, or of the runs that options name.

    Raises
    ------
    DatabaseNotFoundError, TableNotFoundError, ColumnNotFoundError, RunNotFoundError
        What is named is not there.
    InvalidArgumentError
        Several runs begin with the text that names one, or have that name.
    ScriptError
        No row has a number there, or no run is new.
    """
    metric = options.max or options.min
    with Reader(options.db, options.engine, options.table) as reader:
        if options.table not in reader.tables:
            raise TableNotFoundError(options.table, options.db, reader.tables)
        if metric not in reader.columns:
            raise ColumnNotFoundError(metric, options.table, reader.columns)
        finite = [Condition(metric, "<", math.inf), Condition(metric, ">", -math.inf)]
        rows = reader.select(where=finite).dicts()
        named = [reader.run(name).track_id for name in options.run_id or ()]
        runs = _chosen_runs(options, rows, named, reader.run_records(), earlier)
        rows = [
            {name: cell for name, cell in row.items() if cell is not None}
            for row in rows
            if row["track_id"] in runs and not isinstance(row[metric], bool)
        ]
        if not rows:
            of = f" of the run {' or '.join(map(repr, named))}" if named else ""
            raise ScriptError(
                f"No row{of} has a finite number in {metric!r}. "
                f"See what is there: xt columns {options.db} --table {options.table}"
            )
        axis = getattr(reader.series_settings().get(metric), "x", None)
        records = {run: reader.run(run) for run in dict.fromkeys(row["track_id"] for row in rows)}
        failed = Condition("error", "!=", "")
        errors = (
            reader.select(["track_id"], where=[failed]).cells[0]
            if "error" in reader.columns
            else []
        )
    found = _configurations(rows, records.values(), metric, axis)
    best = max(found, key=lambda one: statistics.fmean(one[1]) * (1 if options.max else -1))
    if len(found) > 1:
        note(f"{len(found)} configurations are new; the tag tells of the one with the best mean")
    theirs = {row["track_id"] for row in best[0]}
    return Result(
        metric,
        best[1],
        best[0],
        best[2],
        [records[run] for run in records if run in theirs],
        sum(run in theirs for run in errors),
    )


def _chosen_runs(
    options: Namespace,
    rows: list[dict[str, Any]],
    named: list[str],
    records: Mapping[str, RunRecord],
    earlier: Sequence[Experiment],
) -> set[str]:
    """Return the runs that are named, else those that began since the last tag."""
    there = {row["track_id"] for row in rows}
    tagged: dict[str, str] = {}
    for one in earlier:
        for run in str(one.facts.get("run", "")).split(","):
            tagged.setdefault(run, one.tag)
    if options.group:
        named += [run for run in there if run in records and records[run].group == options.group]
        if not named:
            groups = {record.group for record in records.values() if record.group}
            known = ", ".join(sorted(groups)) or "none"
            raise ScriptError(f"No run is of the group {options.group!r}. There are: {known}")
    if named:
        for run in named:
            if run in tagged:
                note(f"the tag {tagged[run]} names the run {run} already")
        return set(named)
    since = max((datetime.fromisoformat(one.date) for one in earlier), default=None)
    new = {
        run
        for run in there - tagged.keys()
        if since is None or run not in records or _began(records[run]) >= since
    }
    if there and not new:
        last = max(earlier, key=lambda one: datetime.fromisoformat(one.date)).tag
        raise ScriptError(
            f"No run of {options.db} began since the tag {last}. Run the experiment first; or name "
            f"the runs to tag, as xt runs {options.db} has them: --run-id RUN"
        )
    return new


def _began(record: RunRecord) -> datetime:
    return record.started or datetime.max.replace(tzinfo=UTC)


def _configurations(
    rows: list[dict[str, Any]], records: Iterable[RunRecord], metric: str, axis: str | None
) -> list[tuple[list[dict[str, Any]], list[float], bool]]:
    """Return rows, values, and whether these are means of rows, by configuration."""
    params = {name for record in records for name in record.params}
    columns = dict.fromkeys(name for row in rows for name in row)
    split = next((name for name in columns if SPLIT.fullmatch(name)), None)
    if split:
        parts = {row.get(split) for row in rows}
        test = next((one for one in TESTS if one in parts), None)
        if test and len(parts) > 1:
            note(f"of the splits {', '.join(sorted(map(str, parts)))} the tag tells of {test}")
            rows = [row for row in rows if row.get(split) == test]
    names = [
        name
        for name in columns
        if (name in params or CONFIG.fullmatch(name)) and not SEED.fullmatch(name)
    ]
    seeds = [name for name in columns if SEED.fullmatch(name)]
    axes = [name for name in ([axis] if axis else AXES) if name in columns]
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        key = [row.get(name) for name in (*names, *([split] if split else []))]
        groups[repr(key)].append(row)
    found = []
    for theirs in groups.values():
        units = _units(theirs, seeds)
        if axes:
            units = [each[-1:] for each in units]
        values = [statistics.fmean(row[metric] for row in each) for each in units]
        kept = [row for each in units for row in each]
        found.append((kept, values, any(len(each) > 1 for each in units)))
    return found


def _units(rows: list[dict[str, Any]], seeds: list[str]) -> list[list[dict[str, Any]]]:
    """Return the rows of each seed; where there is none, of each run.

    A seed that several runs have was not measured several times: the last of them counts.
    """
    units: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(dict)
    for row in rows:
        run = row["track_id"]
        seed = [row.get(name) for name in seeds]
        key = repr(seed) if any(cell is not None for cell in seed) else run
        units[key].setdefault(run, []).append(row)
    again = sum(len(runs) - 1 for runs in units.values())
    if again:
        note(f"{again} times a run repeats a seed of another; the last run counts")
    return [list(runs.values())[-1] for runs in units.values()]


if __name__ == "__main__":
    not_a_script(__file__)
