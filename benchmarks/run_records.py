"""What the record of a run costs the first row of a program, whole processes in turn."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import in_turn

ROUNDS = 40

_PROGRAM = """
import os, sys
from xetrack import Tracker
{prepare}
tracker = Tracker(sys.argv[1], record={record})
tracker.log({{"loss": 0.5}})
os._exit(0)  # recorders work behind: what they do later is not in the first row
"""
_NO_RECORD = "from xetrack.dispatch.run_state import RunState; RunState.begin = lambda state: None"
ARMS = {
    "no record": _PROGRAM.format(prepare=_NO_RECORD, record=False),
    "a record": _PROGRAM.format(prepare="", record=False),
    "a record, usual recorders": _PROGRAM.format(prepare="", record=True),
}


def first_row() -> None:
    """Import, tracker and first row, with the record of the run and without."""
    variables = {name: each for name, each in os.environ.items() if name != "XETRACK_RECORDERS"}
    with tempfile.TemporaryDirectory() as folder:

        def run(program: str) -> None:
            for file in Path(folder).iterdir():
                file.unlink()
            command = [sys.executable, "-c", program, str(Path(folder) / "runs.db")]
            subprocess.run(command, check=True, env=variables)

        arms = {name: (lambda program=program: run(program)) for name, program in ARMS.items()}
        times = in_turn(arms, rounds=ROUNDS, block=1)
    base = times["no record"].median
    for name, each in times.items():
        more = 1_000 * (each.median - base)
        print(f"first row, {name}: {1_000 * each.median:.1f} ms ({more:+.1f})")


ALL = {"first_row": first_row}
