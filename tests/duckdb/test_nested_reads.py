"""Reads by a signal handler or a finalizer, in the midst of other work of the very same thread.

They see every row, or are refused at once: nobody else could end what they would wait for. By
default at some lines of each piece of work; with ``XETRACK_TEST_LINES=1`` at every line.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from itertools import count

import pytest

from tests.engines import run
from tests.sweeps import at_line, remove_files, sweep
from xetrack import Reader, Tracker
from xetrack_duckdb.errors import NestedReadError
from xetrack_duckdb.row_log import packed_batches

STEP = int(os.environ.get("XETRACK_TEST_LINES", "0"))
"""How many lines further each read comes."""

SOON = 2.0
"""Seconds within which a read ends that waits for nobody; waiting would take a minute."""


class Work:
    """A tracker with two rows in DuckDB and one in the log, each time anew."""

    def __init__(self, path):
        self.path = path
        self.tracker = Tracker(path, warnings=False)
        self.ids = []
        self.fresh = 0

    def log(self, **cells):
        """Log a row with the next id."""
        self.ids.append(len(self.ids))
        self.tracker.log({"id": self.ids[-1], **cells})

    def prepare(self):
        """Log three rows with a new column, and bring the first of them to DuckDB."""
        self.fresh += 1
        for value in range(3):
            self.log(**{"x": 0.5, f"y{self.fresh}": value})
            assert value or len(self.ids) == len(self.tracker)

    # What is read in the midst of.

    def fold(self):
        """Bring rows of three kinds, which widen a column, and a batch to DuckDB."""
        self.log(**{f"y{self.fresh}": "text"})
        first = len(self.ids)
        self.ids += range(first, first + 6)
        self.tracker.log_batch([{"id": first + number, "x": number / 2} for number in range(6)])
        assert len(self.ids) == len(self.tracker)

    def set_value(self):
        """Set a cell of all rows."""
        self.tracker.set_value(f"y{self.fresh}", 7.5)

    def count(self):
        """Count the rows."""
        assert len(self.ids) == len(self.tracker)

    def close(self):
        """End the tracker."""
        self.tracker.close()


WORK = {"fold": 83, "set_value": 97, "count": 37, "close": 61}
"""What is read in the midst of, and how many lines further each read comes by default."""


@pytest.mark.timeout(7_200 if STEP else 240)
@pytest.mark.parametrize("name", WORK)
def test_a_read_at_any_line_costs_no_row_and_doubles_none(name, tmp_path, monkeypatch):
    """A fold that goes on after another one within it does not bring the same rows again."""
    monkeypatch.setattr(packed_batches, "LARGE", 5)

    def attempt(work, number):
        work.prepare()
        known, seen = len(work.ids), []
        with Reader(work.path) as reader:

            def act():
                began = time.monotonic()
                with suppress(NestedReadError):
                    seen.append(len(reader) >= known)
                seen.append(time.monotonic() - began < SOON)

            reached = at_line(number, act, getattr(work, name))
            assert all(seen)
            assert work.ids == sorted(reader.to_df()["id"])
        return reached

    def check(work):
        work.tracker.close()
        remove_files(work.path)

    numbers = count(1, STEP or WORK[name] * 13)
    assert sweep(numbers, lambda number: Work(tmp_path / f"{number}.duckdb"), attempt, check) > 1


def test_a_mark_that_moved_within_this_thread_makes_a_fold_begin_anew(tmp_path):
    """The narrowest place: rows were read from the log, but are not yet in DuckDB."""
    path = tmp_path / "rows.duckdb"
    with Tracker(path, warnings=False) as tracker, Reader(path) as reader:
        tracker.log({"id": 1})
        assert 1 == len(reader)
        tracker.log({"id": 2})
        nested = []

        def trace(frame, _event, _argument):
            if frame.f_code.co_name == "_insert_chunks" and not nested:
                nested.append(None)
                sys.settrace(None)
                nested.append(len(reader))

        sys.settrace(trace)
        try:
            assert 2 == len(tracker)
        finally:
            sys.settrace(None)
        assert [None, 2] == nested
        assert [1, 2] == reader.to_df()["id"].tolist()


DURING_SQL = """
import signal, sys, time
from xetrack import Reader, Tracker, errors
from xetrack_duckdb.errors import NestedReadError
path = sys.argv[1]
tracker = Tracker(path, warnings=False)
tracker.log({"id": 1})
reader, other = Reader(path), Reader(path)
asks = {
    "count": lambda: len(other),
    "frame": other.to_df,
    "column": lambda: tracker["id"],
    "sql": lambda: other.sql("SELECT 1"),
    "conn": lambda: tracker.conn,
    "set": lambda: tracker.set_value("y", 1),
    "csv": lambda: tracker.to_csv(path + ".csv"),
    "log": lambda: tracker.log({"id": 2}),
    "new": lambda: Tracker(path, warnings=False).close(),
}
answers = []
def handler(*_):
    for name, ask in asks.items():
        began = time.monotonic()
        try:
            ask()
            answers.append(name)
        except NestedReadError:
            answers.append(None)
        if time.monotonic() - began > 2:
            answers.append("waited")
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.2)
endless = "SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3 AND i % 11 = 5"
try:
    reader.sql(endless, timeout=1.5)
except errors.QueryError:
    print(*answers)
print(other.to_df()["id"].tolist(), len(reader))
"""


def test_a_signal_handler_reads_nothing_while_sql_runs_and_may_log(tmp_path):
    """DuckDB lets nobody open a file twice, and the statement goes on after the handler only."""
    answer = run(DURING_SQL, tmp_path / "rows.duckdb")
    assert (f"{'None ' * 7}log new\n[1, 2] 2\n", "") == (answer.stdout, answer.stderr)


@pytest.mark.parametrize("moment", ["take_lock_file", "_sign", "_attach", "abandon", "run_query"])
def test_a_read_while_sql_opens_the_file_is_refused_at_once(tmp_path, moment):
    """The fence is taken before the file is, and given back while the file is open."""
    path = tmp_path / "rows.duckdb"
    with Tracker(path, warnings=False) as tracker, Reader(path) as reader:
        tracker.log({"id": 1})
        assert 1 == len(reader)
        nested = []
        end = time.monotonic() + 10

        def trace(frame, _event, _argument):
            if frame.f_code.co_name == moment and "readonly_sql" in _callers(frame) and not nested:
                sys.settrace(None)
                began = time.monotonic()
                with suppress(NestedReadError):
                    nested.append(len(reader))
                nested.append(time.monotonic() - began < SOON)

        sys.settrace(trace)
        try:
            while not nested and time.monotonic() < end:  # the tracker may have the file still
                assert 1 == len(reader.sql("SELECT 1"))
        finally:
            sys.settrace(None)
        assert nested in ([True], [1, True])
        assert 1 == len(reader)


def _callers(frame):
    names = []
    while frame is not None:
        names.append(frame.f_globals.get("__name__", "").rpartition(".")[2])
        frame = frame.f_back
    return names


def test_who_has_a_readers_connection_is_told_at_once_and_others_wait(tmp_path):
    """Another thread may wait for the one that has it; nobody waits for what was closed."""
    path = tmp_path / "rows.duckdb"
    with Tracker(path, warnings=False) as tracker, Reader(path) as reader:
        tracker.log({"id": 1})
        mine = reader.conn
        began = time.monotonic()
        for ask in (partial(len, reader), lambda: tracker.conn, lambda: reader.conn):
            with pytest.raises(NestedReadError, match="what Reader"):
                ask()
        assert time.monotonic() - began < SOON
        found = []
        thread = threading.Thread(target=lambda: found.append(len(reader)))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        mine.close()
        thread.join(10)
        assert [1] == found
        assert 1 == len(reader)
