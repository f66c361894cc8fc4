"""A Ctrl-C at each single line of what is done on a DuckDB file, and in the middle of a query.

By default at three lines of each piece of work; with ``XETRACK_TEST_LINES=1`` at every line.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.engines import opened, run
from tests.sweeps import (
    GROUP,
    MORE,
    OURS,
    OtherProcess,
    at_line,
    check_stored,
    interrupt,
    remove_files,
    sweep,
)
from xetrack import Reader, Tracker
from xetrack.interfaces.query import Query
from xetrack_duckdb.files.database_file import file_at
from xetrack_duckdb.row_log import packed_batches

STEP = int(os.environ.get("XETRACK_TEST_LINES", "0"))
"""How many lines further each interrupt comes."""


def wait_until_free(path):
    """Wait for a flush of the background; what an interrupt left would be in use for good."""
    deadline = time.monotonic() + 20
    while file_at(str(path)).is_in_use:
        assert time.monotonic() < deadline, "an interrupted call still has the file"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def other():
    """Another process, which reads what is stored."""
    other = OtherProcess()
    yield other
    other.close()


class Work:
    """A tracker that counts what it acknowledged, and what may be stored besides."""

    def __init__(self, path):
        self.path = path
        self.tracker = Tracker(path, {"lr": 0.1}, warnings=False)
        self.acknowledged = []
        self.allowed = []
        self.fresh = 0
        self._numbers = count()

    def prepare(self, name):
        """Make what a piece of work needs, so that each finds all as the first one did."""
        self.fresh += 1
        if name == "delete":
            self.allowed.append(-self.fresh)
            with Tracker(self.path, warnings=False) as other:
                other.log({"id": -self.fresh})
                self.gone = other.track_id
        elif name == "fold":
            self.log(**{f"y{self.fresh}": 1})
            self.count()

    def log(self, **more):
        """Log a row, and take note when it was acknowledged."""
        number = next(self._numbers)
        self.allowed.append(number)
        self.tracker.log({"id": number, **more})
        self.acknowledged.append(number)

    def batch(self):
        """Log some rows at once."""
        numbers = [next(self._numbers) for _ in range(5)]
        self.allowed += numbers
        self.tracker.log_batch([{"id": number, "x": number / 2} for number in numbers])
        self.acknowledged += numbers

    def first(self):
        """Log the first row of a file."""
        path = self.path.with_name(f"new{self.fresh}-{self.path.name}")
        tracker = Tracker(path, {"lr": 0.1}, warnings=False)
        self.path, self.tracker, self.acknowledged, self.allowed = path, tracker, [], []
        self.log()

    def set_value(self):
        """Set a cell of all rows, in a new column."""
        self.tracker.set_value(f"y{self.fresh}", 7)

    def delete(self):
        """Delete the run of which nothing is counted."""
        with Reader(self.path) as reader:
            reader.delete_run(self.gone)

    def read(self):
        """Read all rows."""
        assert len(self.tracker.to_df()) >= len(self.acknowledged)

    def iterate(self):
        """Read the rows batch by batch, of which there is one."""
        with closing(opened(self.path)) as engine:
            for batch in engine.read("default", Query()).batches:
                assert len(batch[0]) >= len(self.acknowledged)

    def count(self):
        """Count the rows."""
        assert len(self.tracker) >= len(self.acknowledged)

    def sql(self):
        """Ask by SQL."""
        with Reader(self.path) as reader:
            reader.sql("SELECT count(*) FROM events")

    def conn(self):
        """Ask by DuckDB's own connection."""
        self.tracker.conn.execute("SELECT count(*) FROM db.events").fetchall()

    def fold(self):
        """Bring rows of three kinds, which widen a column, to DuckDB."""
        self.log(**{f"y{self.fresh}": 2.5})
        self.log(**{f"y{self.fresh}": "text"})
        self.batch()
        self.count()

    def export(self):
        """Write a file."""
        self.tracker.to_csv(self.path.with_suffix(".csv"))

    def close(self):
        """End the tracker."""
        self.tracker.close()


def begun(path):
    """A tracker that has a row in DuckDB, and another in the log."""
    work = Work(path)
    work.log(x=0.5, y=1)
    work.count()
    work.log(x=0.5, y=1)
    return work


def lines_reached(work):
    """Count the lines of ours that a piece of work comes to."""
    reached = 0

    def take_note(frame, event, _argument):
        nonlocal reached
        ours = OURS in frame.f_code.co_filename
        reached += ours and event == "line"
        return take_note if ours else None

    sys.settrace(take_note)
    try:
        work()
    finally:
        sys.settrace(None)
    return reached


WORK = [
    "log",
    "batch",
    "first",
    "set_value",
    "delete",
    "read",
    "iterate",
    "count",
    "sql",
    "conn",
    "fold",
    "export",
    "close",
]


ALONE = {"first", "conn"}
"""Of these only the first one on a database does all there is to do."""


def numbers_of(name, folder):
    """Return the numbers of the lines to try, and whether the last one is beyond the end."""
    if STEP:
        return count(1, STEP)
    work = begun(folder / "all.duckdb")
    for _ in range(2):  # what only the first call does must not be counted
        work.prepare(name)
        lines = lines_reached(getattr(work, name))
    work.tracker.close()
    return [1 + (lines - 1) * part // 3 for part in range(3)]


# A lock file that an interrupt dropped is closed with the last reference to it, which Python says.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(7_200 if STEP else 120)
@pytest.mark.parametrize("name", WORK)
def test_interrupts_at_any_line_lose_no_row_and_hold_nothing(name, tmp_path, other, monkeypatch):
    """Twenty rows more, then another process reads: it waits for nobody, and misses nothing."""
    monkeypatch.setattr(packed_batches, "LARGE", 5)

    def attempt(work, number):
        work.prepare(name)
        raised, dropped = None, []
        # CPython drops what is raised while something is thrown away, and says so.
        monkeypatch.setattr(sys, "unraisablehook", dropped.append)

        def act():
            nonlocal raised
            raised = True
            interrupt()

        try:
            reached = at_line(number, act, getattr(work, name))
        except KeyboardInterrupt:
            reached = True
        else:
            assert not raised or dropped, "the interrupt was swallowed"
        for _ in range(MORE):
            work.log()
        wait_until_free(work.path)
        return reached

    def check(work):
        check_stored(work.acknowledged, other.values(work.path), work.allowed)
        check_stored(work.acknowledged, work.tracker.to_df()["id"].tolist(), work.allowed)
        work.tracker.close()
        check_stored(work.acknowledged, other.values(work.path), work.allowed)
        assert not [end for end in (".lock", ".new") if Path(f"{work.path}{end}").exists()]
        remove_files(work.path)

    numbers = numbers_of(name, tmp_path)
    last = sweep(
        numbers,
        lambda number: (Work if name == "first" else begun)(tmp_path / f"{number}.duckdb"),
        attempt,
        check,
        1 if name in ALONE else GROUP,
    )
    assert last > 1


CTRL_C = """
import os, signal, sys, threading, time
from xetrack import Reader, Tracker
from xetrack_duckdb.files import connecting as files
from xetrack_duckdb.files.database_file import file_at
from xetrack_duckdb.reading import readonly_sql as guarded

# Where a thread of DuckDB's own does all the work, the main thread waits for it and hears nothing.
files.CONFIG["threads"] = guarded._CONFIG["threads"] = 1
path, ask = sys.argv[1:]
# One whose steps are short, as DuckDB looks for signals between two of them.
endless = "SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3 AND i % 11 = 5"
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
with Tracker(path, warnings=False) as tracker:
    tracker.log({"id": 1})
    reader = Reader(path)
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
    try:
        if ask == "sql":
            reader.sql(endless)
        else:
            with file_at(path).lend(path, 1, "Reading") as connection:
                connection.execute(endless)
    except KeyboardInterrupt:
        print("interrupted")
    tracker.log({"id": 2})
    ids = tracker.to_df()["id"].tolist()
    deadline = time.monotonic() + 10
    while file_at(path).is_in_use and time.monotonic() < deadline:
        time.sleep(0.01)  # for a flush of the background
    print(ids, file_at(path).is_in_use)
"""


@pytest.mark.parametrize("ask", ["sql", "engine"])
def test_ctrl_c_in_the_middle_of_a_query_is_a_keyboard_interrupt(tmp_path, ask):
    """DuckDB makes a RuntimeError of it."""
    answer = run(CTRL_C, tmp_path / "rows.duckdb", ask)
    assert ("interrupted\n[1, 2] False\n", "") == (answer.stdout, answer.stderr)
