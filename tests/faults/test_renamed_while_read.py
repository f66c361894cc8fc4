"""A database is renamed or loses its log while others read it, so its log cannot be copied."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from tests.faults.test_files_replaced import log, stored
from xetrack import Tracker
from xetrack.builtin.sqlite.connections import checkpoints
from xetrack.errors import StorageError, XetrackWarning

READING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("BEGIN")
connection.execute('SELECT count(*) FROM "default"').fetchone()
print("reading", flush=True)
sys.stdin.readline()
"""


class OtherProgram:
    """A program that reads one moment of a database until it is told to end."""

    def __init__(self, path):
        self._process = subprocess.Popen(
            [sys.executable, "-c", READING, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline() == "reading\n"

    def end(self):
        self._process.communicate("\n", timeout=20)


def log_and_look(tracker, numbers):
    """Log rows, the last one so late that it gets a look at the files."""
    *first, last = numbers
    log(tracker, first)
    time.sleep(0.3)
    log(tracker, [last])


@pytest.fixture
def db(tmp_path):
    return tmp_path / "x.db"


@pytest.mark.parametrize("earlier", [0, 2], ids=["alone", "third"])
def test_rows_that_cannot_be_copied_lie_in_a_file_that_is_named(db, monkeypatch, earlier):
    """No row of the log is removed: with the log beside it, the old file has all rows."""
    monkeypatch.setattr(checkpoints, "PATIENCE", 0.05)
    kept, old = db.with_name("x.db-wal-old"), db.with_name("old.db")
    for number in range(earlier):
        db.with_name(f"x.db-wal-old{f'-{number + 1}' if number else ''}").touch()
    kept = db.with_name("x.db-wal-old-3") if earlier else kept
    with Tracker(db) as tracker:
        tracker.log_batch([{"n": number} for number in range(2_000)])
        other = OtherProgram(db)
        try:
            log_and_look(tracker, range(2_000, 2_501))
            db.rename(old)
            with pytest.warns(XetrackWarning, match=f"{kept.name}'"):
                log_and_look(tracker, range(2_501, 3_201))
        finally:
            other.end()
    kept.rename(db.with_name("old.db-wal"))
    rows = stored(old)
    assert rows == sorted(set(rows))
    assert set(range(3_201)) == {*rows, *stored(db)}


def test_whoever_reads_for_a_moment_is_waited_for(db):
    """The old file has all rows then, and no file is left beside it."""
    with Tracker(db) as tracker:
        log_and_look(tracker, range(301))
        other = OtherProgram(db)
        log(tracker, range(301, 303))
        db.rename(db.with_name("old.db"))
        timer = threading.Timer(0.6, other.end)
        timer.start()
        with pytest.warns(XetrackWarning, match="renamed"):
            log_and_look(tracker, [303])
        timer.join()
    assert {*range(304)} == {*stored(db.with_name("old.db")), *stored(db)}
    assert {"x.db", "old.db"} == {path.name for path in db.parent.iterdir()}


def test_a_checkpoint_that_is_going_on_is_waited_for(db, monkeypatch):
    """What it has in hand is neither copied twice nor left out."""
    began, copy = threading.Event(), checkpoints._copy_pinned

    def slowly(worker, pin):
        began.set()
        time.sleep(0.1)
        return copy(worker, pin)

    monkeypatch.setattr(checkpoints, "_copy_pinned", slowly)
    with Tracker(db) as tracker:
        log(tracker, range(1_001))
        assert began.wait(10)
        log(tracker, range(1_001, 1_101))
        db.rename(db.with_name("old.db"))
        with pytest.warns(XetrackWarning, match="renamed"):
            log_and_look(tracker, range(1_101, 1_151))
    assert {*range(1_151)} == {*stored(db.with_name("old.db")), *stored(db)}


def test_a_lost_log_that_cannot_be_copied_takes_no_rows(db, monkeypatch):
    """The rows in it are there as long as it is open, and are in the file when nobody reads."""
    monkeypatch.setattr(checkpoints, "PATIENCE", 0.05)
    with Tracker(db) as tracker:
        tracker.log_batch([{"n": number} for number in range(2_000)])
        other = OtherProgram(db)
        log_and_look(tracker, range(2_000, 2_101))
        db.with_name("x.db-wal").unlink()
        with pytest.raises(StorageError, match="end that program"):
            log_and_look(tracker, [-1])
        other.end()
        with pytest.warns(XetrackWarning, match="lost its files"):
            log(tracker, [2_101])
    assert set(range(2_102)) == {*stored(db)} - {-1}
