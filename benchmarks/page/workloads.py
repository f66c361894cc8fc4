"""The runs that are looked at, logged with each of the two."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from pathlib import Path

SPIKE = 50
"""How many times its neighbours a planted point is: a page that thins points out may lose it."""


@frozen
class Workload:
    """So many runs of so many steps, with three metrics or one."""

    name: str
    runs: int
    steps: int
    metrics: int = 3
    shown: int | None = None
    """How many runs are looked at; None for all."""
    has_table: bool = False
    """Whether the table of runs is looked at too."""
    has_peer: bool = True
    """Whether it is looked at with trackio too, which takes minutes to log many runs or rows."""

    def rows(self, run: int) -> list[dict[str, float]]:
        """Return the rows of one run; in the middle of the first lies a spike.

        Parameters
        ----------
        run
            The number of the run.
        """
        rows = []
        for step in range(self.steps):
            decay = math.exp(-5 * step / self.steps)
            cells = {"loss": decay + run / 1_000, "accuracy": 1 - decay, "rate": 0.1 / (step + 1)}
            row = dict(list(cells.items())[: self.metrics])
            if run == 0 and step == self.steps // 2:
                row["loss"] *= SPIKE
            rows.append(row)
        return rows


WORKLOADS = {
    each.name: each
    for each in (
        Workload("20", 20, 2_000),
        Workload("200", 200, 2_000),
        Workload("10000", 10_000, 100, shown=50, has_table=True, has_peer=False),
        Workload("1000000", 1, 1_000_000, metrics=1, has_peer=False),
    )
}


def log_with_xetrack(workload: Workload, folder: Path) -> Path:
    """Log a workload into a database of SQLite, and return its path.

    Parameters
    ----------
    workload
        What to log.
    folder
        Where the database is to be.
    """
    from xetrack import Tracker  # noqa: PLC0415 - the process of trackio needs it not

    place = folder / "runs.db"
    for run in range(workload.runs):
        params = {"seed": run, "width": 2 ** (run % 7)}
        with Tracker(place, params=params, track_id=f"run-{run}", record=False) as tracker:
            rows = workload.rows(run)
            tracker.log_batch([{"step": step, **row} for step, row in enumerate(rows)])
    return place


_TRACKIO = """
import sys, trackio
from benchmarks.page.workloads import WORKLOADS
workload = WORKLOADS[sys.argv[1]]
for run in range(workload.runs):
    trackio.init(project="bench", name=f"run-{run}", config={"seed": run}, auto_log_cpu=False)
    for row in workload.rows(run):
        trackio.log(row)
    trackio.finish()
"""


def log_with_trackio(workload: Workload, environment: dict[str, str]) -> None:
    """Log a workload into a project of trackio.

    Parameters
    ----------
    workload
        What to log.
    environment
        The variables that a process of trackio has.
    """
    command = [sys.executable, "-c", _TRACKIO, workload.name]
    variables = {**os.environ, **environment}
    subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)
