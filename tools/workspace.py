"""The distributions of this repository, as their `pyproject.toml` files tell."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Distribution:
    """One `pyproject.toml`: the root, or a member in `packages/`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def text(self) -> str:
        """The whole file."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def data(self) -> dict[str, Any]:
        """The whole file, parsed."""
        return tomllib.loads(self.text)

    @property
    def name(self) -> str:
        """The distribution's name: `xetrack-core`."""
        return str(self.data["project"]["name"])

    @property
    def version(self) -> str:
        """The version it states."""
        return str(self.data["project"]["version"])

    @property
    def requirements(self) -> list[str]:
        """What it needs to be installed, with all its extras."""
        project = self.data["project"]
        extras = project.get("optional-dependencies", {})
        return sum(extras.values(), list(project.get("dependencies", [])))


def distributions() -> list[Distribution]:
    """Return the root, and then the members in the order of their names."""
    members = sorted(ROOT.glob("packages/*/pyproject.toml"))
    return [Distribution(path) for path in (ROOT / "pyproject.toml", *members)]


def files(*patterns: str) -> list[Path]:
    """Return the repository's files that match, tracked or not yet, but not the ignored ones.

    Parameters
    ----------
    *patterns
        As `git ls-files` takes them.

    Returns
    -------
    list of Path
        Sorted.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def report(problems: list[str], fine: str) -> int:
    """Print the problems, or a line for the case that there are none.

    Parameters
    ----------
    problems
        A line each.
    fine
        The line without problems.

    Returns
    -------
    int
        The exit code.
    """
    print("\n".join(problems) if problems else fine)
    return 1 if problems else 0
