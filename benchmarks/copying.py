"""Copying: rows a second, and the memory it takes, of two sizes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from xetrack import Tracker

SIZES = (100_000, 1_000_000)
EACH = 10_000

_COPY = """
import re, sys, time
from pathlib import Path
from xetrack import copy
began = time.perf_counter()
copied = copy(*sys.argv[1:])
seconds = time.perf_counter() - began
(peak,) = re.findall(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(copied, seconds, peak)
"""
"""Memory is that of a process of its own. Linux reports it; `ru_maxrss` would be that of the
parent, where this is more."""


def _fill(path: Path, rows: int) -> None:
    with Tracker(path, params={"model": "resnet18"}) as tracker:
        for first in range(0, rows, EACH):
            numbers = range(first, first + EACH)
            tracker.log_batch(
                [
                    {"step": i, "loss": i / 7, "accuracy": i / 9, "lr": 0.1, "ok": True}
                    for i in numbers
                ]
            )


def copy() -> None:
    """Measure copies into a new file, and once more into the same, where every row is known."""
    print(f"\n{'Copies of 8 columns':34}{'rows copied':>14}{'rows/s':>12}{'peak MB':>10}")
    for rows in SIZES:
        with TemporaryDirectory() as folder:
            source, target = Path(folder, "a.db"), Path(folder, "b.db")
            _fill(source, rows)
            for what in ("into a new file", "of what is there already"):
                done = subprocess.run(
                    [sys.executable, "-c", _COPY, str(source), str(target)],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                copied, seconds, kilobytes = map(float, done.stdout.split())
                print(
                    f"{f'{rows:,} rows {what}':34}{copied:14,.0f}"
                    f"{rows / seconds:12,.0f}{kilobytes / 1024:10.1f}"
                )


ALL = {"copy": copy}
