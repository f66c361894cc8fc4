"""Promise 22: any number of processes on one file, also all at once on a missing one."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from xetrack import Reader

WRITER = """
import sys, time
from xetrack import Tracker
number, begin = int(sys.argv[1]), float(sys.argv[2])
time.sleep(max(0, begin - time.time()))
with Tracker("track.db", {"writer": number}) as tracker:
    for at in range(500):
        tracker.log({"at": at, "loss": at / 2, "name": "x"})
"""

WIDENER = """
import sys, time, warnings
from xetrack import Tracker
warnings.simplefilter("ignore")
number, begin = int(sys.argv[1]), float(sys.argv[2])
values = [1, 0.5, "text", True]
time.sleep(max(0, begin - time.time()))
for at in range(40):
    with Tracker("track.db", {"writer": number}) as tracker:
        key = f"Key {at}" if number % 2 else f"key_{at}"
        tracker.log({"at": at, key: values[(number + at) % 4], "same": values[at % 4]})
"""


def finish(processes) -> None:
    for process in processes:
        with process:
            assert ("", "") == process.communicate(timeout=55)
        assert 0 == process.returncode


def test_promise_22_four_processes_log_at_once_into_a_missing_file(script, tmp_path):
    """2000 rows, no error; each process finds its own in order."""
    begin = str(time.time() + 1.5)
    finish([script(WRITER, str(number), begin) for number in range(4)])
    rows = Reader(tmp_path / "track.db").select(["writer", "at", "loss", "name", "track_id"]).rows()
    assert 2_000 == len(rows)
    for number in range(4):
        assert list(range(500)) == [row[1] for row in rows if row[0] == number]
    assert [500] * 4 == list(Counter(row[4] for row in rows).values())
    assert all(row[2:4] == (row[1] / 2, "x") for row in rows)


def test_promise_22_processes_add_and_widen_columns_at_once(script, tmp_path):
    """Keys that clash, values of all kinds; an int that met only floats may be a float."""
    begin = str(time.time() + 1.5)
    finish([script(WIDENER, str(number), begin) for number in range(4)])
    values = [1, 0.5, "text", True]
    rows = Reader(tmp_path / "track.db").select().dicts()
    assert 160 == len(rows)
    for row in rows:
        number, at = row["writer"], row["at"]
        own = [value for name, value in row.items() if name.lower().startswith("key")]
        wanted = [values[(number + at) % 4], values[at % 4]]
        found = [*(value for value in own if value is not None), row["same"]]
        assert wanted == found
        for one, other in zip(wanted, found, strict=True):
            assert type(one) is type(other) or (int, float) == (type(one), type(other))


KILLED = """
import sys
from xetrack import Tracker
tracker = Tracker("track.db")
at = 0
while True:
    if at % 10:
        tracker.log({"at": at, "text": "x" * (at % 100)})
    else:
        tracker.log_batch([{"at": at, "text": ""}])
    print(at, flush=True)
    at += 1
"""


@pytest.mark.parametrize("lines", [1, 37, 1_500])
def test_a_row_that_was_acknowledged_survives_kill_9(script, tmp_path, lines):
    """All of them, in order, and the file takes new rows at once."""
    with script(KILLED) as process:
        acknowledged = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        acknowledged += map(int, process.stdout.read().splitlines())
    rows = Reader(tmp_path / "track.db").select(["at", "text"]).rows()
    assert acknowledged == [at for at, _ in rows][: len(acknowledged)]
    assert len(rows) <= len(acknowledged) + 1
    assert all(text == ("x" * (at % 100) if at % 10 else "") for at, text in rows)
    with script(WRITER, "0", "0") as process:
        assert ("", "") == process.communicate(timeout=50)
    assert len(rows) + 500 == len(Reader(tmp_path / "track.db"))
