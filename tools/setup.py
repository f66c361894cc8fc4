"""Make `.venv`, and install what a target of make needs: `python -m tools.setup demo|dev|full`.

`demo` is what `make demo` runs, `dev` what checks, pages and quick tests need, and `full` has
servers, browsers and frameworks too. Each holds the one before it. Any Python from 3.11 on can run
this; in a terminal it writes one line, which it keeps rewriting.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tools.lock import pins_of
from tools.workspace import ROOT, distributions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
UV = "uv>=0.13,<0.14"
SETS = ("demo", "dev", "full")
DEMO = {"xetrack-core", "xetrack-cli", "xetrack-ui"}
"""Those of our own distributions that the demo needs; the other sets have all."""


class Progress:
    """What is going on, as one line of a terminal, or as a line for each step elsewhere."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.live = sys.stderr.isatty()
        self.shown = ""

    def show(self, text: str, *, end: bool = False) -> None:
        """Write a text over the line before it.

        Parameters
        ----------
        text
            What to write, without the time that it takes.
        end
            Whether nothing follows.
        """
        line = f"setup: {text} ({time.monotonic() - self.begun:.0f} s)"
        if self.live and (end or line != self.shown):
            print(f"\r\x1b[2K{line}", end="\n" if end else "", file=sys.stderr, flush=True)
            self.shown = line
        elif end:
            print(line, file=sys.stderr)

    def run(self, text: str, command: Sequence[str | Path]) -> None:
        """Run a command while the line counts seconds; where it fails, end with what it printed.

        Parameters
        ----------
        text
            What it does.
        command
            The command.
        """
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
        ) as process:
            while True:
                self.show(text)
                try:
                    output, _ = process.communicate(timeout=0.2)
                    break
                except subprocess.TimeoutExpired:
                    continue
        if process.returncode:
            self.show(f"{text}: failed", end=True)
            sys.exit(output)


def set_up(name: str) -> None:
    """Bring `.venv` to what a set needs; the largest set removes what it does not name.

    Parameters
    ----------
    name
        One of `SETS`.
    """
    progress = Progress()
    uv = make_environment(progress)
    pins = VENV / f"{name}.txt"
    pins.write_text(pins_of(name), encoding="utf-8")
    # Not `uv sync`: it follows uv.lock, which no fresh clone has. All is checked by hash.
    how = ["sync"] if name == SETS[-1] else ["install", "--no-deps", "-r"]
    options = ["--quiet", "--require-hashes"]
    if name != "demo":  # of which little is imported
        options.append("--compile-bytecode")
    count = pins.read_text(encoding="utf-8").count("==")
    progress.run(f"{count} packages", [*uv, "pip", how[0], *options, *how[1:], pins])
    folders = [one.path.parent for one in distributions() if name != "demo" or one.name in DEMO]
    editable = [word for folder in folders for word in ("-e", str(folder))]
    options = ["--quiet", "--no-deps", "--no-build-isolation"]
    progress.run("our own packages", [*uv, "pip", "install", *options, *editable])
    for smaller in SETS[: SETS.index(name) + 1]:
        (VENV / f"ready-{smaller}").touch()
    progress.show(f".venv is ready for `{name}`", end=True)


def make_environment(progress: Progress) -> list[str | Path]:
    """Make `.venv` with uv in it where it is missing.

    Parameters
    ----------
    progress
        Where to say so.

    Returns
    -------
    list
        How uv is called.
    """
    if not (BIN / "uv").exists() and not (BIN / "uv.exe").exists():
        progress.run("a virtual environment", [sys.executable, "-m", "venv", VENV])
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        progress.run("uv", [*pip, UV])
    if os.name == "nt":
        os.environ["VIRTUAL_ENV"] = str(VENV)
        return [BIN / "uv.exe"]
    return [ROOT / "tools" / "uv"]  # which tells it of pip's index


def main() -> int:
    """Set up what the argument names, or uv alone, and return the exit code."""
    match sys.argv[1:]:
        case []:
            make_environment(Progress())
        case [name] if name in SETS:
            set_up(name)
        case _:
            print(f"usage: python -m tools.setup [{'|'.join(SETS)}]", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
