"""kill -9 at any moment: what was acknowledged is stored, and the file is sound."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.engines import ROOT, column, log, opened

KILLS = int(os.environ.get("XETRACK_TEST_KILLS", "8"))
"""How many writers are killed; a release is tested with 500."""

WRITER = """
import sys
from tests.engines import log, opened
engine = opened(sys.argv[1])
first = int(sys.argv[2])
for n in range(first, first + int(sys.argv[3])):
    row = {"n": n, f"k{n % 40}": [n, n / 2, "x", True, float("nan")][n // 40 % 5]}
    if n % 10 == 9:
        log(engine, row, {"batch": n}, {"batch": n})
    else:
        log(engine, row)
    print(n, flush=True)
engine.close()
"""


def checked(path, acknowledged):
    """Compare what is stored with what was acknowledged, and go on with the file."""
    engine = opened(path)
    stored = [n for n in column(engine, "n") if n is not None]
    assert sorted(stored) == stored
    assert len(set(stored)) == len(stored)
    assert set(acknowledged) <= set(stored)
    # Each writer had at most one row that it could not acknowledge.
    assert len(set(stored) - set(acknowledged)) <= KILLS
    batches = [n for n in column(engine, "batch") if n is not None]
    assert {n for n in stored if n % 10 == 9} == set(batches)
    assert len(batches) == 2 * len(set(batches))
    assert [("ok",)] == engine.connection.execute("PRAGMA integrity_check").fetchall()
    log(engine, {"more": 1})
    engine.close()


def killed_writer(path, first, rows):
    """Fork a writer, kill it when it has acknowledged some rows; return all that it did."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(writing, 1)
        sys.stdout = os.fdopen(1, "w")
        sys.argv[1:] = [str(path), str(first), "100000"]
        exec(WRITER, {})
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        found = [int(next(answers)) for _ in range(rows)]
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # A line that was cut is no acknowledgement.
        return found + [int(line) for line in answers if line.endswith("\n")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_acknowledged_rows_survive_a_kill_at_any_time(path):
    """Each writer goes on with the file that the one before was killed over."""
    chance = random.Random(7)
    acknowledged = []
    for number in range(KILLS):
        acknowledged += killed_writer(path, number * 100_000, chance.randrange(1, 120))
    checked(path, acknowledged)


def traced(path, call, number):
    """Run a writer that is killed at its Nth such system call; return what it acknowledged."""
    found = subprocess.run(
        [
            *("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"),
            *("-e", f"inject={call}:signal=KILL:when={number}"),
            *(sys.executable, "-c", WRITER, str(path), "0", "60"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return found.returncode, [int(line) for line in found.stdout.split("\n")[:-1]]


def strace_works():
    """Whether this system can trace and end a process at a system call."""
    if shutil.which("strace") is None:
        return False
    command = ["strace", "-qq", "-o", "/dev/null", "true"]
    found = subprocess.run(command, capture_output=True, check=False)
    return found.returncode == 0


@pytest.mark.skipif(not strace_works(), reason="strace is missing or may not trace")
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_acknowledged_rows_survive_a_kill_at_any_write(path, call):
    """The writer dies at its Nth write or sync, for N from the first on."""
    sweep = [1, 2, 3, 5, 8, 13, 40, 150] if call == "pwrite64" else [1, 2]
    killed = 0
    for number in sweep:
        for one in path.parent.glob("rows.db*"):
            one.unlink()
        code, acknowledged = traced(path, call, number)
        killed += code != 0
        if path.exists():
            with closing(sqlite3.connect(path)) as other:
                assert [("ok",)] == other.execute("PRAGMA integrity_check").fetchall()
        engine = opened(path)
        log(engine, {"n": 1_000})
        stored = column(engine, "n")
        engine.close()
        assert set(acknowledged) <= set(stored)
        assert 1_000 in stored
    assert killed >= min(6, len(sweep) - 1)
