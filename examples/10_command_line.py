"""The command `xt`: look at runs, compare and draw them, change them and copy them."""

from __future__ import annotations

import importlib.util
import math
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from running import NotRunError, run

from xetrack import Tracker

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = """\
xt runs runs.db
xt head runs.db -n 2 --columns epoch,loss --track-id slow
xt tail runs.db -n 3 --columns loss --where loss lt 0.01 --csv
xt compare runs.db slow fast
xt sql runs.db "SELECT rate, min(loss) AS best FROM events GROUP BY rate"
xt stats describe runs.db --columns loss
xt plot line runs.db epoch loss --by track_id
xt set runs.db winner true --track-id fast
xt copy runs.db all.db
xt tables all.db
"""


def main(folder: Path) -> None:
    """Log two runs, and type some commands."""
    if importlib.util.find_spec("plotext") is None:
        raise NotRunError("This example draws. Type: pip install 'xetrack[plot]'")
    for name, rate in (("slow", 0.1), ("fast", 0.3)):
        with Tracker(folder / "runs.db", params={"rate": rate}, track_id=name) as tracker:
            tracker.log_batch(
                [{"epoch": epoch, "loss": math.exp(-rate * epoch)} for epoch in range(1, 21)]
            )
    for line in COMMANDS.splitlines():
        print(f"$ {line}", flush=True)
        # `xt` is the same as `python -m xetrack_cli`, which needs no PATH.
        command = [sys.executable, "-m", "xetrack_cli", *shlex.split(line)[1:]]
        subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    run(main)
