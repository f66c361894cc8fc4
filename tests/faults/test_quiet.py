"""A copy of an open, quiet file is whole: what was acknowledged is in the one file, and soon."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import weakref
from contextlib import closing

import pytest

from tests import sweeps
from tests.engines import ended_well, forked, quiet, run, start
from xetrack import Reader, Tracker
from xetrack.process import idle

ENGINES = ("db", "duckdb")
NAME = "xetrack-idle"


@pytest.fixture(autouse=True)
def _alone():
    """Leave out what tests before this one left to do, and could not be done."""
    quiet()
    for chore in list(idle._waiting):
        idle.cancel(chore)


@pytest.fixture(params=ENGINES)
def path(request, tmp_path):
    """Where a database may come."""
    return tmp_path / f"rows.{request.param}"


@pytest.fixture
def copied(path, tmp_path):
    """Copy the main file alone, as `cp` does, and return what a reader finds in the copy."""

    def values(key="n"):
        # Not in this process, which would lose its locks on the file.
        folder = tmp_path / "elsewhere"
        folder.mkdir(exist_ok=True)
        subprocess.run(["cp", path, folder], check=True)
        with Reader(folder / path.name) as reader:
            return reader.to_df()[key].tolist()

    return values


@pytest.fixture
def quick(monkeypatch):
    """Looks that come soon, so that a test can have many of them."""
    monkeypatch.setattr(idle, "LOOK", 0.01)


def is_there():
    """Whether the thread is there."""
    return NAME in {one.name for one in threading.enumerate()}


WAITS = """
import sys
from xetrack import Tracker
tracker = Tracker(sys.argv[1])
for n in range(3):
    tracker.log({"n": n})
print("logged", flush=True)
sys.stdin.readline()
"""


def test_a_copy_of_an_open_quiet_file_is_whole(path, copied):
    """The process that logged is still there, and does nothing more."""
    with Tracker(path) as tracker:
        for n in range(3):
            tracker.log({"n": n})
        tracker.set_value("m", 7)
        quiet()
        assert [0, 1, 2] == copied()
        assert [7, 7, 7] == copied("m")
        tracker.log_batch([{"n": n} for n in range(3, 5_000)])
        quiet()
        assert [*range(5_000)] == copied()


def test_rows_of_those_who_closed_are_in_a_file_that_others_have_open(path, copied):
    """SQLite leaves the log to the last who closes, which may be hours later."""
    with start(WAITS, path) as other:
        assert "logged\n" == other.stdout.readline(), other.stderr.read()
        with Tracker(path) as tracker:
            tracker.log({"n": 3})
        quiet()
        run("import sys; from xetrack import Tracker; Tracker(sys.argv[1]).log({'n': 4})", path)
        assert {3, 4} <= {*copied()}
        other.communicate("\n", timeout=30)
    assert [0, 1, 2, 3, 4] == copied()


def test_a_tracker_that_is_forgotten_leaves_a_whole_file(path, copied, quick):
    """It is not kept alive by what waits; nor is its thread there when all is done."""
    tracker = Tracker(path)
    tracker.log({"n": 1})
    there = weakref.ref(tracker._engine)
    del tracker
    gc.collect()
    assert there() is None
    quiet()
    assert [1] == copied()


def test_the_thread_is_there_for_as_long_as_it_is_needed(path, quick):
    """Whoever logs nothing has none, and it ends when all is done."""
    quiet()
    for thread in [one for one in threading.enumerate() if one.name == NAME]:
        thread.join(20)
    with Tracker(path) as tracker, Reader(path) as reader:
        assert 0 == len(tracker)
        assert 0 == len(reader)
        assert not is_there()
        tracker.log({"n": 1})
        assert is_there()
        (thread,) = [one for one in threading.enumerate() if one.name == NAME]
        thread.join(20)
        assert not is_there()
        tracker.log({"n": 2})
        assert is_there()


def test_no_thread_in_memory():
    """There is no file to be whole."""
    quiet()
    with Tracker(":memory:") as tracker:
        tracker.log({"n": 1})
        assert not idle._waiting


def test_what_a_reader_hinders_is_done_later(tmp_path, quick):
    """A snapshot of before keeps SQLite from copying what came after it."""
    path = tmp_path / "rows.db"
    with Tracker(path) as tracker, closing(sqlite3.connect(path)) as other:
        tracker.log({"n": 0})
        quiet()
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        for n in range(1, 10):
            tracker.log({"n": n})
        (known,) = idle._waiting.values()
        while not known.tries:
            pass
        other.execute("COMMIT")
        quiet()
        subprocess.run(["cp", path, tmp_path / "copy.db"], check=True)
    with Reader(tmp_path / "copy.db") as reader:
        assert 10 == len(reader)


def test_what_a_user_keeps_open_is_whole_too(tmp_path, quick):
    """DuckDB has a log of its own, as long as a user has the connection."""
    path = tmp_path / "rows.duckdb"
    with Tracker(path) as tracker:
        connection = tracker.conn
        tracker.log({"n": 1})
        tracker.set_value("n", 2)
        quiet()
        subprocess.run(["cp", path, tmp_path / "copy.duckdb"], check=True)
        assert connection is not None
    with Reader(tmp_path / "copy.duckdb") as reader:
        assert [2] == reader.to_df()["n"].tolist()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_both_sides_of_a_fork_leave_a_whole_file(path, copied):
    """What waits in the parent is the parent's; the child begins anew, and so does its thread."""
    with Tracker(path) as tracker:
        tracker.log({"n": 0})

        def child():
            assert not idle._waiting
            tracker.log({"n": 1})
            quiet()
            assert {0, 1} <= {*copied()}

        assert ended_well(forked(child)), "the child failed; see what it printed"
        quiet()
        assert [0, 1] == sorted(copied())
        tracker.log({"n": 2})
        quiet()
        assert [0, 1, 2] == sorted(copied())


def test_an_interrupt_while_it_begins_to_watch_leaves_a_whole_file(
    path, copied, quick, monkeypatch
):
    """The first row after a rest begins it: whatever line Ctrl-C meets, a later row does."""
    monkeypatch.setattr(sweeps, "OURS", f"{os.sep}idle.py")
    quiet()
    tracker = Tracker(path)
    acknowledged = []

    def log(n):
        tracker.log({"n": n})
        acknowledged.append(n)

    def at(number):
        try:
            reached = sweeps.at_line(number, sweeps.interrupt, lambda: log(number))
        except KeyboardInterrupt:
            reached = True
        log(-number)
        quiet()
        return reached

    assert len([*sweeps.lines_of(at)]) > 10
    values = copied()
    assert {*acknowledged} <= {*values}
    assert len(values) == len({*values})
    tracker.close()


LOGS = "import sys\nfrom xetrack import Tracker\ntracker = Tracker(sys.argv[1])\n"
ROWS = "for n in range(3): tracker.log({'n': n})\n"

ENDS = {
    "the last line": LOGS + ROWS,
    "sys.exit": LOGS + ROWS + "sys.exit(0)",
    "an exception": LOGS + ROWS + "sys.stderr.close()\n1 / 0",
    "an interrupt": LOGS + ROWS + "sys.stderr.close()\nraise KeyboardInterrupt",
    "a tracker within a function": (
        "import sys\nfrom xetrack import Tracker\n"
        "def work():\n    tracker = Tracker(sys.argv[1])\n"
        "    tracker.log_batch([{'n': n} for n in range(3)])\n"
        "work()"
    ),
    "a daemon that goes on": (
        LOGS + ROWS + "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(100,), daemon=True).start()"
    ),
    "many trackers": LOGS + "more = [Tracker(sys.argv[1]) for _ in range(30)]\n"
    "for n in range(3): more[n].log({'n': n})",
    "rows logged at the end": (
        "import atexit, sys\nfrom xetrack import Tracker\n"
        "tracker = Tracker(sys.argv[1])\ntracker.log({'n': 0})\n"
        "tracker.log({'n': 1})\natexit.register(lambda: tracker.log({'n': 2}))"
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_program_that_ends_without_close_leaves_a_whole_file(path, copied, end):
    """A program that ends without close leaves a whole file, whatever way it ends, but for a
    kill.
    """
    run(ENDS[end], path, check=False, fresh=True)
    assert [0, 1, 2] == copied()


def _some_rows(path):
    global kept  # noqa: PLW0603 - as in a script
    kept = Tracker(path)
    for n in range(3):
        kept.log({"n": n})


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_of_multiprocessing_leaves_a_whole_file(path, copied, method):
    """It ends in a way of its own."""
    process = multiprocessing.get_context(method).Process(target=_some_rows, args=(path,))
    process.start()
    process.join(50)
    assert [0, 1, 2] == copied()


HOLDS = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""


def test_the_end_of_a_program_waits_for_nobody_for_long(tmp_path):
    """While another program has the file the rows stay in the log, for whoever comes next."""
    path = tmp_path / "rows.duckdb"
    with Tracker(path) as tracker:
        tracker.log({"n": 0})
    with start(HOLDS, path) as holder:
        assert "held\n" == holder.stdout.readline(), holder.stderr.read()
        ended = run(LOGS + "tracker.log({'n': 1})", path)
        assert ("", "") == (ended.stdout, ended.stderr)
        holder.communicate("\n", timeout=30)
    with Reader(path) as reader:
        assert [0, 1] == reader.to_df()["n"].tolist()


def test_a_forked_child_that_ends_does_not_do_the_parents_work(path, tmp_path):
    """What the parent logged waits in the parent; the child ends as any program does."""
    code = LOGS + (
        "import os\n"
        "tracker.log({'n': 0})\n"
        "if not os.fork():\n"
        "    from xetrack.process import idle\n"
        "    assert not idle._waiting\n"
        "    sys.exit(0)\n"
        "assert os.wait()[1] == 0\n"
        "tracker.log({'n': 1})\n"
    )
    ended = run(code, path, fresh=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    assert ("", "") == (ended.stdout, ended.stderr)
    with Reader(path) as reader:
        assert [0, 1] == reader.to_df()["n"].tolist()


def test_nothing_is_imported_or_begun_by_an_import():
    """`import xetrack` changes nothing in the process."""
    code = (
        "import atexit, threading, xetrack, sys\n"
        "print('xetrack.process.idle' in sys.modules, threading.active_count())"
    )
    assert "False 1\n" == run(code, fresh=True).stdout
    assert sys.modules["xetrack.process.idle"] is idle
