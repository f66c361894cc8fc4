"""Check that each Python file can be read in one sitting, and each folder taken in at a glance."""

from __future__ import annotations

import statistics
import sys
from collections import Counter

from tools.workspace import ROOT, files, report

LIMIT = 400
"""Lines. Most files have a third of it; one that comes near is two things."""

ROOM = 12
"""Modules of the packages in one folder, its ``__init__`` among them."""


def main() -> int:
    """Count the lines of all files, and print those that are too long.

    Returns
    -------
    int
        The exit code.
    """
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files("*.py")}
    problems = [
        f"{path.relative_to(ROOT)} has {count} lines, more than {LIMIT}: split it by what it does"
        for path, count in lines.items()
        if count > LIMIT
    ]
    rooms = Counter(path.parent for path in files("packages/*.py"))
    problems += [
        f"{folder.relative_to(ROOT)} has {count} modules, more than {ROOM}: give some a folder"
        for folder, count in rooms.items()
        if count > ROOM
    ]
    median = statistics.median(lines.values())
    longest = max(lines.values())
    return report(problems, f"sizes: {len(lines)} files, median {median:.0f}, longest {longest}")


if __name__ == "__main__":
    sys.exit(main())
