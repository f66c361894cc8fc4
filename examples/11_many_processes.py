"""Many processes, one file: all rows arrive, and a kill loses none that `log` returned from."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from running import run

from xetrack import Reader, Tracker

if TYPE_CHECKING:
    from pathlib import Path

PROCESSES, ROWS = 4, 50

VICTIM = """
import sys
from xetrack import Tracker

tracker = Tracker(sys.argv[1], track_id="victim")
for step in range(1_000_000):
    tracker.log({"step": step})
    print(step, flush=True)
"""


def work(path: Path, worker: int) -> str:
    """Log some rows as a run of its own; a column that only this worker has comes with them.

    Parameters
    ----------
    path
        The file of all workers.
    worker
        Its number.

    Returns
    -------
    str
        The name of the run.
    """
    with Tracker(path, params={"worker": worker}) as tracker:
        for step in range(ROWS):
            tracker.log({"step": step, f"only_{worker}": step * worker})
        return tracker.track_id


def share(tracker: Tracker, worker: int) -> int:
    """Log with a tracker that came from another process: the rows are its run's.

    Parameters
    ----------
    tracker
        The tracker of the parent.
    worker
        The number of this process.

    Returns
    -------
    int
        Rows logged.
    """
    return len([tracker.log({"worker": worker, "step": step}) for step in range(ROWS)])


def main(folder: Path) -> None:
    """Let workers start at once on a file that is not there, then kill one in mid-write."""
    path = folder / "runs.db"
    context = multiprocessing.get_context("spawn")  # as on every system; fork works as well
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        runs = list(pool.map(work, [path] * PROCESSES, range(PROCESSES)))
        print(f"{len(set(runs))} runs at once: {len(Reader(path))} rows")
        shared = Tracker(path)
        done = sum(pool.map(share, [shared] * PROCESSES, range(PROCESSES)))
        print(f"One run, shared by {PROCESSES} processes: {len(shared)} rows of {done}")

    frame = Reader(path).to_df()
    print(f"Columns that came in mid-run: {sum('only_' in name for name in frame.columns)}")

    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(path)], stdout=subprocess.PIPE, text=True
    ) as victim:
        for line in victim.stdout or ():
            if int(line) == ROWS:
                victim.send_signal(signal.SIGKILL)
                break
    stored = len(Reader(path).to_df(track_id="victim"))
    print(f"Killed after `log` had returned for {ROWS + 1} rows: all there: {stored > ROWS}")


if __name__ == "__main__":
    run(main)
