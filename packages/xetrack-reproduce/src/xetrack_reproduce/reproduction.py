"""One run that is run again: checked, run in a worktree, and compared."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from xetrack import Reader
from xetrack.errors import TableNotFoundError, report
from xetrack.interfaces.runs.record import RunRecord, RunStatus
from xetrack.model.names import REPRODUCE
from xetrack_reproduce.comparison.counterpart import find_counterpart
from xetrack_reproduce.comparison.rows import ColumnComparison, Result, compare_rows
from xetrack_reproduce.conditions.command_line import find_command, recorded_variables
from xetrack_reproduce.conditions.data import check_data, check_script, data_paths
from xetrack_reproduce.conditions.environment import check_environment, import_paths
from xetrack_reproduce.conditions.findings import Finding, State
from xetrack_reproduce.conditions.git import find_omissions, find_repository, worktree
from xetrack_reproduce.conditions.locked import build_environment, check_locked
from xetrack_reproduce.errors import ReproductionError
from xetrack_reproduce.running import run_command

if TYPE_CHECKING:
    from xetrack_reproduce.comparison.tolerance import Tolerance
    from xetrack_reproduce.conditions.command_line import Command
    from xetrack_reproduce.conditions.data import Copy


class Comparison(NamedTuple):
    """What came out."""

    track_id: str
    """The new run."""
    rows: int
    """How many rows it has."""
    columns: list[ColumnComparison]
    others: tuple[str, ...] = ()
    """Conditions that were not as they had been."""


class Reproduction:
    """One run that is run again.

    Parameters
    ----------
    record
        Its record.
    location
        The database.
    is_locked
        Whether an environment with the recorded versions is built.
    tolerances
        Tolerances by column.
    """

    def __init__(
        self,
        record: RunRecord,
        location: str,
        tolerances: dict[str, Tolerance],
        *,
        is_locked: bool,
    ) -> None:
        self._record = record
        self._location = location
        self._is_locked = is_locked
        self._tolerances = tolerances
        self._suffix = f"-again-{secrets.token_hex(3)}"

    def run(self, *, dry_run: bool) -> list[Finding] | Comparison:
        """Check what can be recreated, run the command, and compare the rows.

        Parameters
        ----------
        dry_run
            Only check.

        Returns
        -------
        list of Finding or Comparison
            What was found, where nothing was run.

        Raises
        ------
        ReproductionError
            The run could not be run.
        """
        record = self._record
        git = record.facts.get("git", {})
        repository, code = find_repository(git, Path.cwd())
        command, findings = find_command(record)
        check = check_locked if self._is_locked else check_environment
        data = record.facts.get("data", {})
        known = data_paths(data, command.root) if command else ()
        omissions = find_omissions(git, self._location, known)
        findings = [*_unfinished(record), code, *omissions, *findings, *check(record)]
        if repository is None or command is None or has_problem(findings):
            return findings
        with TemporaryDirectory(prefix="xetrack-reproduce-", ignore_cleanup_errors=True) as folder:
            # Resolved, as a link within the path would make it another one for the program.
            place = Path(folder).resolve() / repository.name
            with worktree(repository, git, place):
                of_data, copies = check_data(data, command.root, repository, place)
                facts = record.facts.get("command", {})
                findings += [*check_script(facts, command.root, place), *of_data]
                if dry_run or has_problem(findings):
                    return findings
                others = [each for each in findings if each.state is State.DIFFERS]
                for finding in others:
                    report(f"Not as it was, {finding.check}: {finding.text}")
                exit_code = self._execute(command, repository, place, copies)
                comparison = self._compare(command, place, exit_code)
                return comparison._replace(
                    others=tuple(dict.fromkeys(each.check for each in others))
                )

    def _execute(self, command: Command, repository: Path, place: Path, copies: list[Copy]) -> int:
        """Run the command in the worktree, and return its exit code."""
        record = self._record
        for copy in copies:
            copy.make()
        python, variables = sys.executable, dict(os.environ)
        if self._is_locked:
            environment = place.parent / "environment"
            python = build_environment(record, command.root, place, environment)
            variables["VIRTUAL_ENV"] = str(environment)
        arguments, folder = command.moved(place)
        paths = import_paths(record, (command.root, str(repository)), place)
        variables |= {
            **recorded_variables(record.facts.get("environment", {})),
            "PWD": str(folder),
            "PYTHONPATH": os.pathsep.join(filter(None, [*paths, variables.get("PYTHONPATH")])),
            REPRODUCE: self._instructions(),
        }
        return run_command([python, *arguments], folder, variables)

    def _instructions(self) -> str:
        """Return what the trackers of the program are told."""
        seed = self._record.facts.get("seed", {}).get("seed")
        return json.dumps(
            {
                "db": self._location,
                "parent": self._record.track_id,
                "suffix": self._suffix,
                "seed": seed if type(seed) is int else None,
            }
        )

    def _compare(self, command: Command, place: Path, exit_code: int) -> Comparison:
        """Compare the rows of both runs, and how they ended."""
        old = self._record
        with Reader(self._location, table=old.table) as reader:
            new = find_counterpart(reader, old, self._suffix)
            if new is None:
                raise ReproductionError(
                    f"its command ended with exit code {exit_code}, and logged no row",
                    "See what it printed above.",
                )
            rows = [_rows_of(reader, each.track_id) for each in (old, new)]
        columns = compare_rows(rows[0], rows[1], self._tolerances, {str(place): command.root})
        return Comparison(new.track_id, len(rows[1]), [*columns, *_endings(old, new)])


def _unfinished(record: RunRecord) -> list[Finding]:
    """Return what is to be said of a run that may not have logged all of its rows."""
    if record.status in {RunStatus.FINISHED, RunStatus.FAILED}:
        return []
    text = f"the run is {record.status}, and may have logged less than it would have"
    return [Finding("status", State.DIFFERS, text)]


def has_problem(findings: list[Finding]) -> bool:
    """Return True if something that a run needs is not there.

    Parameters
    ----------
    findings
        What was found for each thing that a run needs.
    """
    return any(each.state is State.PROBLEM for each in findings)


def _rows_of(reader: Reader, track_id: str) -> list[dict[str, Any]]:
    try:
        return reader.select(track_id=track_id).dicts()
    except TableNotFoundError:
        return []


def _endings(old: RunRecord, new: RunRecord) -> list[ColumnComparison]:
    """Compare how the runs ended, if one of them did not end well."""
    comparisons = []
    for name, then, now in (
        ("(status)", str(old.status), str(new.status)),
        ("(error)", old.error_type, new.error_type),
    ):
        if then != now:
            comparisons.append(ColumnComparison(name, Result.DIFFERENT, 0, None, then, now))
    return comparisons
