"""The recorded command, as it is run again in another folder."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from xetrack.model.secrets import MASK
from xetrack_reproduce.conditions.findings import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from xetrack.interfaces.runs.record import RunRecord

PLACES = frozenset({"VIRTUAL_ENV", "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "SLURM_JOB_ID", "PATH"})
"""Recorded variables that say where something is, and are not set again."""


class Command(NamedTuple):
    """What is run, and where."""

    arguments: tuple[str, ...]
    """The command line behind the interpreter."""
    cwd: str
    """The working directory, in which it was."""
    script: str | None
    """The file that it runs."""
    root: str
    """The folder of the repository, in which it was."""

    def moved(self, worktree: Path) -> tuple[list[str], Path]:
        """Return the command line behind the interpreter and its folder, within a worktree.

        Absolute paths in the repository become those of the worktree. A folder outside of the
        repository becomes the worktree itself, as nothing may be written there.

        Parameters
        ----------
        worktree
            The worktree.
        """
        inside = within(self.cwd, self.root)
        folder = worktree / (inside or "")
        return [self._move(each, worktree, is_outside=inside is None) for each in self.arguments], (
            folder if folder.is_dir() else worktree
        )

    def _move(self, argument: str, worktree: Path, *, is_outside: bool) -> str:
        path = argument
        if is_outside and self.script == os.path.normpath(os.path.join(self.cwd, argument)):  # noqa: PTH118 - may be no path
            path = self.script
        head, mark, value = path.rpartition("=") if path.startswith("-") else ("", "", path)
        # A script of an installed tool, in an environment within the repository, stays there.
        is_inside = os.path.isabs(value) and within(value, sys.prefix) is None  # noqa: PTH117 - may be no path
        place = within(value, self.root) if is_inside else None
        return argument if place is None else f"{head}{mark}{worktree / place}"


def within(path: str, root: str) -> str | None:
    """Return a path relative to a folder that holds it; None if that does not.

    Parameters
    ----------
    path, root
        Absolute paths. Links in both are followed where they are still there.
    """
    for resolve in (os.path.normpath, os.path.realpath):
        relative = os.path.relpath(resolve(path), resolve(root))
        if relative != os.pardir and not relative.startswith(os.pardir + os.sep):
            return "" if relative == os.curdir else relative
    return None


def find_command(record: RunRecord) -> tuple[Command | None, list[Finding]]:
    """Return the command of a run, and what is to be said of it.

    Parameters
    ----------
    record
        The record of the run.
    """
    facts = record.facts.get("command", {})
    recorded = facts.get("argv")
    argv = [str(each) for each in recorded] if isinstance(recorded, list) else []
    if not argv and record.argv:
        argv = [sys.executable, *record.argv]
    cwd = str(facts.get("cwd") or record.cwd or "")
    root = str(record.facts.get("git", {}).get("root") or cwd)
    why = _why_not(argv, cwd, facts)
    if why:
        return None, [Finding("command", State.PROBLEM, why)]
    script = facts.get("script")
    command = Command(tuple(argv[1:]), cwd, str(script) if script else None, root)
    findings = [Finding("command", State.OK, f"python {shlex.join(argv[1:])}, in {cwd}")]
    if within(cwd, root) is None:
        text = f"{cwd} is outside of the repository; it runs in the top folder of that instead"
        findings.append(Finding("folder", State.DIFFERS, text))
    return command, findings


def _why_not(argv: list[str], cwd: str, facts: Mapping[str, Any]) -> str:
    """Return why a command cannot be run again; nothing if it can."""
    options = argv[1:]
    masked = shlex.join(each for each in options if MASK in each)
    has_code = facts.get("script") or facts.get("module") or "-c" in options
    reasons = (
        (
            facts.get("notebook"),
            f"It was the notebook {facts.get('notebook')}, whose cells run in any order.",
        ),
        (
            facts.get("interactive"),
            "It was an interactive session, which cannot be run again.",
        ),
        (
            not options or not cwd,
            "No command was recorded. Log with the recorder 'command', which is on by default.",
        ),
        (
            "--multiprocessing-fork" in options,
            "The run began in a child process of multiprocessing, which its parent has to start.",
        ),
        (
            masked,
            f"Arguments hold secrets, which are not recorded: {masked}. Pass them by variables.",
        ),
        (
            options[:1] == ["-"] or not (has_code if facts else options[:1] != ["-c"]),
            "The program was read from standard input, and was not recorded.",
        ),
    )
    return next((reason for is_so, reason in reasons if is_so), "")


def recorded_variables(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of the environment that a run is given again.

    Parameters
    ----------
    facts
        What the recorder ``environment`` wrote down.
    """
    variables = facts.get("variables")
    items: Iterable[tuple[str, Any]] = variables.items() if isinstance(variables, dict) else ()
    return {
        name: value
        for name, value in items
        if isinstance(value, str) and MASK not in value and name not in PLACES
    }
