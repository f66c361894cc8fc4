"""Check the format of the modules of `xt ui`, and the types in their comments, where node is.

`python -m tools.check_page`; with `--write` it formats them. Templates of HTML are left as they
stand, as a new line between two elements means something else there than in HTML: nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tools.workspace import ROOT, report

if TYPE_CHECKING:
    from pathlib import Path

COMPILER = "typescript@7.0.2"
FORMATTER = "prettier@3.6.2"
DIFFERENT = 1
"""The exit code of the formatter if it would change modules, and that is all."""
BUILD = ROOT / "build"
MODULES = ROOT / "packages" / "xetrack-ui" / "src" / "xetrack_ui" / "static" / "js"
SETTINGS = ROOT / "tests" / "ui" / "page"


def find_program(package: str, name: str) -> Path | None:
    """Return the path of a program of an npm package in the build folder; None without it.

    Parameters
    ----------
    package
        The package with its version, as `npm install` reads it.
    name
        The program.
    """
    program = BUILD / package.partition("@")[0] / "node_modules" / ".bin" / name
    return program if program.exists() else None


def missing(package: str, what: str) -> int:
    """Say what is not checked, and how it would be, and return the exit code.

    Parameters
    ----------
    package
        The package that is not there.
    what
        What it would check.
    """
    folder = (BUILD / package.partition("@")[0]).relative_to(ROOT)
    return report([], f"page: {what} not checked; type: npm install --prefix {folder} {package}")


def check_types() -> int:
    """Run the compiler, print what it finds, and return the exit code."""
    compiler = find_program(COMPILER, "tsc") or shutil.which("tsc")
    if compiler is None:
        return missing(COMPILER, "types")
    checked = subprocess.run(
        [compiler, "-p", SETTINGS / "jsconfig.json"], capture_output=True, text=True, check=False
    )
    problems = checked.stdout.splitlines()
    if checked.returncode and not problems:
        problems = [checked.stderr]
    return report(problems, "page: types are right")


def check_format(*, write: bool = False) -> int:
    """Run the formatter, print the modules that it would change, and return the exit code.

    Parameters
    ----------
    write
        Change them.
    """
    formatter = find_program(FORMATTER, "prettier")
    if formatter is None:
        return missing(FORMATTER, "format")
    mode = "--write" if write else "--list-different"
    config = SETTINGS / "prettier.json"
    checked = subprocess.run(
        [formatter, "--config", config, mode, MODULES / "**" / "*.js"],
        capture_output=True,
        text=True,
        check=False,
    )
    problems = [] if write else [f"{path}: run 'make fix'" for path in checked.stdout.splitlines()]
    if checked.returncode not in {0, DIFFERENT} or (checked.returncode and not problems):
        # What it cannot parse is named there only.
        problems += checked.stderr.splitlines() or [f"prettier ended with {checked.returncode}"]
    return report(problems, "page: format is right")


def main() -> int:
    """Run both, and return the exit code."""
    if shutil.which("node") is None:
        return report([], "page: not checked, as there is no node")
    write = "--write" in sys.argv[1:]
    return check_format(write=write) or check_types()


if __name__ == "__main__":
    sys.exit(main())
