"""A process that is killed at any moment keeps no row from a sink with a spool."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from warnings import catch_warnings

import pytest

from tests.core.sinks.spooled import Away, received
from tests.engines import ROOT
from tests.preloaded import start_command
from xetrack import Tracker
from xetrack.errors import XetrackWarning

KILLS = int(os.environ.get("XETRACK_TEST_KILLS", "8"))

LOGS = """
import sys
from tests.core.sinks.spooled import Away
from xetrack import Tracker
folder, first = sys.argv[1], int(sys.argv[2])
tracker = Tracker(Tracker.SKIP_INSERT, sinks=[Away({"folder": folder})])
for x in range(first, first + 10**6):
    tracker.log({"x": x})
    print(x, flush=True)
"""


def start(folder, first, pause):
    return start_command(
        [sys.executable, "-c", LOGS, str(folder), str(first)],
        env={**os.environ, "AWAY_PAUSE": str(pause)},
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )


@pytest.mark.parametrize("pause", [0, 0.002])
def test_every_row_arrives_though_processes_are_killed(tmp_path, monkeypatch, pause):
    """Many of them, one after the other; the next gets what the one before left.

    The rows of each come in their order. A row that was not acknowledged comes again.
    """
    monkeypatch.setenv("XETRACK_SPOOL_FOLDER", str(tmp_path / "spools"))
    logged = []
    for _ in range(KILLS if not pause else KILLS // 4):
        first = logged[-1] + 1_000 if logged else 0
        process = start(tmp_path, first, pause)
        printed = [process.stdout.readline()]
        time.sleep(random.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        printed += process.stdout.read().splitlines()
        process.wait()
        process.stdout.close()
        logged += [int(line) for line in printed if line.strip()]
    for _ in range(20):  # a tracker delivers for a few seconds, and says how many rows still wait
        with (
            catch_warnings(action="ignore", category=XetrackWarning),
            Tracker(":memory:", sinks=[Away({"folder": str(tmp_path)})]) as tracker,
        ):
            tracker.log({"x": -1})
        if not (left := [*(tmp_path / "spools").rglob("*.rows")]):
            break
    assert [] == left
    arrived = received(tmp_path)
    assert set() == {*logged} - {*arrived}, "rows that were logged never arrived"
    assert -1 == arrived[-1]
    rows = [x for x in dict.fromkeys(arrived) if x != -1]
    assert rows == sorted(rows), "they lost their order"


def test_processes_at_once_deliver_what_was_left_once(tmp_path, monkeypatch):
    """A file that waits is taken over by one of them."""
    monkeypatch.setenv("XETRACK_SPOOL_FOLDER", str(tmp_path / "spools"))
    (tmp_path / "down").touch()
    process = start(tmp_path, 0, 0)
    logged = [int(process.stdout.readline()) for _ in range(500)]
    process.kill()
    logged += map(int, filter(str.strip, process.stdout.read().splitlines()))
    process.wait()
    process.stdout.close()
    (tmp_path / "down").unlink()
    others = [start(tmp_path, 10**6 * (number + 1), 0) for number in range(3)]
    for other in others:
        for _ in range(20):
            other.stdout.readline()
    deadline = time.monotonic() + 20
    while not {*logged} <= {*received(tmp_path)}:
        assert time.monotonic() < deadline, "what was left did not arrive"
        time.sleep(0.05)
    for other in others:
        other.kill()
        other.communicate()
    left = [x for x in received(tmp_path) if x < 10**6]
    assert len(left) == len({*left}), "rows arrived twice, and nobody was killed on the way"
