"""What ``git status`` says of a working tree."""

from __future__ import annotations

import os
from typing import NamedTuple

from xetrack.builtin.git_process import GitError

ARGUMENTS = (
    "status",
    "--porcelain=v2",
    "--branch",
    "-z",
    "--no-ahead-behind",
    "--no-renames",
    "--ignore-submodules=untracked",
)
"""The arguments of git, besides whether to look for files that it does not track."""


class Status(NamedTuple):
    """The commit and the changes of a working tree."""

    commit: str | None
    """The digest; None before the first commit."""
    branch: str | None
    """The branch; None for a detached HEAD."""
    changed: list[str]
    """Paths of tracked files that differ from the commit."""
    submodules: list[str]
    """Paths of submodules in which files are changed that their own commit lacks."""
    untracked: list[str]
    """Paths of files that git neither tracks nor ignores."""


def parse_status(output: bytes) -> Status:
    """Return what git printed.

    Parameters
    ----------
    output
        What it printed for `ARGUMENTS`.

    Raises
    ------
    GitError
        It is something else.
    """
    commit = branch = None
    changed: list[str] = []
    submodules: list[str] = []
    untracked: list[str] = []
    for entry in filter(None, output.split(b"\0")):
        kind, _, rest = os.fsdecode(entry).partition(" ")
        if kind == "#":
            name, _, value = rest.partition(" ")
            if name == "branch.oid" and value != "(initial)":
                commit = value
            elif name == "branch.head" and value != "(detached)":
                branch = value
        elif kind == "?":
            untracked.append(rest)
        elif kind in {"1", "u"}:
            fields = rest.split(" ", 7 if kind == "1" else 9)
            path, submodule = fields[-1], fields[1]
            if "M" in submodule[2:]:
                submodules.append(path)
            changed.append(path)
        else:
            raise GitError(f"it printed {entry[:100]!r}, which is no status")
    return Status(commit, branch, changed, submodules, untracked)
