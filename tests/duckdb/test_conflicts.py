"""What threads do at once to one DuckDB file waits for one another; nothing of it is an error."""

from __future__ import annotations

import os
import threading
import time

import pytest

from tests.engines import log, start
from xetrack import Reader, Tracker
from xetrack.errors import DatabaseBusyError
from xetrack_duckdb.files import siblings
from xetrack_duckdb.row_log import flush
from xetrack_testing.processes import meanwhile

SECONDS = float(os.environ.get("XETRACK_TEST_SECONDS", "1"))
"""How long each of these goes on; `make faults` takes longer."""


def for_a_while(work):
    """Repeat some work."""

    def go_on():
        end, n = time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            work(n)
            n += 1

    return go_on


@pytest.mark.filterwarnings("ignore::xetrack.errors.XetrackWarning")
def test_changes_and_folds_at_once(path):
    """Widening columns is a change of all rows; set, delete and count come in between."""
    with Tracker(path) as tracker, Reader(path) as reader:
        tracker.log({"n": -1, "kept": 1})
        logged = []

        def log(n):
            tracker.log({"n": n, f"key{n % 30}": n if n % 3 else "text"})
            logged.append(n)

        def read(_):
            time.sleep(0.005)
            assert len(tracker) > 0

        def change(n):
            assert tracker.set_value("set", n) > 0
            assert reader.set_value("kept", n) > 0

        def delete(n):
            with Tracker(path, track_id=f"gone-{n}") as other:
                other.log({"n": -2})
            assert 1 == reader.delete_run(f"gone-{n}")

        with meanwhile(*map(for_a_while, (log, read, change, change, delete))):
            time.sleep(SECONDS)  # and then they are waited for
        assert [-1, *logged] == reader.to_df()["n"].tolist()


CHANGES = """
import sys, time
from xetrack import Reader
end = time.monotonic() + float(sys.argv[2])
number = 0
while time.monotonic() < end:
    with Reader(sys.argv[1]) as reader:
        assert reader.set_value("set", number) > 0
    number += 1
"""


def test_changes_of_two_processes_at_once(path):
    """DuckDB lets one of them at a time have the file; the other waits."""
    with Tracker(path) as tracker:
        tracker.log({"n": -1})
        others = [start(CHANGES, path, SECONDS) for _ in range(2)]
        logged = []

        def log(n):
            tracker.log({"n": n})
            logged.append(n)
            if n % 50 == 0:
                assert tracker.set_value("m", n) > 0

        for_a_while(log)()
        for one in others:
            out, errors = one.communicate(timeout=50)
            assert ("", "", 0) == (out, errors, one.returncode)
        with Reader(path) as reader:
            assert [-1, *logged] == reader.to_df()["n"].tolist()


def test_a_transaction_of_the_user_is_waited_for_and_then_told(path):
    """What stays in the way until the deadline is a typed error with the true time."""
    with Tracker(path) as tracker, Reader(path, timeout=0.3) as reader:
        tracker.log({"n": 1})
        mine = tracker.conn
        mine.execute("BEGIN")
        mine.execute('UPDATE "default" SET n = 2')
        with pytest.raises(DatabaseBusyError) as raised:
            reader.set_value("n", 3)
        assert 0.3 == raised.value.seconds
        done = threading.Event()

        def end():
            done.wait(20)
            mine.execute("COMMIT")

        with meanwhile(end):
            done.set()
            Reader(path).set_value("n", 4)
        assert [4] == reader.to_df()["n"].tolist()


def test_queries_at_once_while_a_user_has_the_file(path):
    """Each runs on a copy of its own, and copies know nothing of one another."""
    with Tracker(path) as tracker:
        tracker.log_batch([{"n": n} for n in range(100)])
        mine = tracker.conn
        answers = []

        def query():
            with Reader(path) as reader:
                answers.append(reader.sql("SELECT count(*) AS n FROM events")["n"].tolist())

        for _ in range(3):
            with meanwhile(*[query] * 8):
                pass
        assert [[100]] * 24 == answers
        assert mine is not None


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_table_that_is_dropped_while_rows_are_brought_in_stays_gone(path, monkeypatch, moment):
    """It is in DuckDB and not in the log, but no other program made it."""
    with Tracker(path, warnings=False) as tracker:
        tracker.log({"n": 1})
        engine = tracker._engine
        log(engine, {"n": 2}, table="gone")
        assert 1 == engine.count("gone")
        bring = flush.flush_log

        def dropped_meanwhile(*args):
            monkeypatch.setattr(flush, "flush_log", bring)
            if moment == "before":
                engine.log.engine.drop("gone")
            tables = bring(*args)
            if moment == "after":
                engine.log.engine.drop("gone")
            return tables

        monkeypatch.setattr(flush, "flush_log", dropped_meanwhile)
        for _ in range(2):
            assert 1 == engine.count("default")
            assert "gone" not in engine.tables()


def test_a_file_beside_it_that_is_just_being_removed_is_no_link(path, monkeypatch):
    """The system may still find it, and say that it has no name any more."""
    with Tracker(path, warnings=False) as tracker:
        tracker.log({"n": 1})
    (path.with_name(f"{path.name}.wal")).touch()
    look = os.lstat

    def without_names(name, **options):
        status = look(name, **options)
        if not str(name).endswith(".wal"):
            return status
        return os.stat_result([*status[:3], 0, *status[4:]])

    monkeypatch.setattr(os, "lstat", without_names)
    siblings.refuse_links(str(path))
