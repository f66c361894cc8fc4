"""Faults that meet: a file is replaced while a call is interrupted, or rows of a handler wait."""

from __future__ import annotations

import gc
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from tests.engines import quiet
from xetrack import Tracker
from xetrack.builtin.sqlite import inserter
from xetrack.builtin.sqlite.connections.transactions import Transactions
from xetrack.errors import XetrackWarning


def stored(path, column="n"):
    """Return a column as another library sees it."""
    with closing(sqlite3.connect(path)) as connection:
        return [cell for (cell,) in connection.execute(f'SELECT "{column}" FROM "default"')]


@pytest.fixture
def within(monkeypatch):
    """Have something called once, within the transaction of the next batch."""

    def once(work):
        check = inserter.checked_count

        def checked(cursor, number):
            monkeypatch.setattr(inserter, "checked_count", check)
            work()
            return check(cursor, number)

        monkeypatch.setattr(inserter, "checked_count", checked)

    return once


def test_a_file_behind_a_link_is_replaced_and_stays_what_it_is(tmp_path):
    """The log lies beside the file, not beside the link: none is played back into the new one."""
    real, link = tmp_path / "real.db", tmp_path / "link.db"
    link.symlink_to(real)
    with Tracker(tmp_path / "new.db") as other:
        other.log_batch([{"n": 100 + n} for n in range(500)])
    with Tracker(link) as tracker:
        tracker.log_batch([{"n": n} for n in range(500)])
        (tmp_path / "new.db").replace(real)
        with pytest.warns(XetrackWarning, match="replaced"):
            tracker.log({"n": -1})
    assert [*range(100, 600), -1] == stored(link)


@pytest.mark.parametrize("lost", ["log", "file"])
def test_a_batch_is_stored_once_whatever_is_lost_as_it_is_committed(tmp_path, monkeypatch, lost):
    """It is looked for before it is stored again."""
    path, away = tmp_path / "rows.db", tmp_path / "away.db"
    with Tracker(path, warnings=False) as tracker:
        tracker.log({"n": 0})
        files = tracker._engine.files
        look = files.committed

        def committed():
            monkeypatch.setattr(files, "committed", look)
            if lost == "log":
                for part in ("-wal", "-shm"):
                    path.with_name(f"rows.db{part}").unlink()
                look()
                return
            path.rename(away)
            try:
                look()
            finally:
                away.rename(path)

        monkeypatch.setattr(files, "committed", committed)
        if lost == "log":
            tracker.log_batch([{"n": n} for n in (1, 2, 3)])
            with pytest.warns(XetrackWarning, match="-wal or -shm"):
                tracker.close()
        else:
            tracker.log_batch([{"n": n} for n in (1, 2, 3)])
    assert [0, 1, 2, 3] == stored(path)


@pytest.mark.parametrize("then", ["forget", "replace"])
def test_a_row_that_waits_after_an_interrupt_is_stored(tmp_path, monkeypatch, within, then):
    """A row that waits after an interrupt is stored though nobody knows its tracker any more, or
    another file is there.
    """
    path = tmp_path / "rows.db"
    tracker = Tracker(path, warnings=False)
    tracker.log({"n": 0})
    work = Transactions._work

    def interrupted(*_):
        monkeypatch.setattr(Transactions, "_work", work)
        raise KeyboardInterrupt

    monkeypatch.setattr(Transactions, "_work", interrupted)
    trackers = [tracker]
    within(lambda: trackers[0].log({"n": 99}))
    with pytest.raises(KeyboardInterrupt):
        tracker.log_batch([{"n": 1}, {"n": 2}])
    if then == "replace":
        path.rename(tmp_path / "old.db")
        with pytest.warns(XetrackWarning, match="removed or renamed"):
            tracker.log({"n": 3})
        tracker.close()
        assert [3, 99] == sorted(stored(path))
        return
    trackers.clear()
    del tracker
    gc.collect()
    quiet()
    assert 99 in stored(path)


def test_in_memory_a_nested_row_outlives_a_batch_within_the_users_own_transaction(within):
    """Both are the user's to commit; the batch that fails takes nothing else along."""
    tracker = Tracker(":memory:", warnings=False)
    tracker.log({"n": 0})
    tracker.conn.execute("BEGIN")

    def handler():
        tracker.log({"n": 99})
        raise KeyboardInterrupt

    within(handler)
    with pytest.raises(KeyboardInterrupt):
        tracker.log_batch([{"n": 1}, {"n": 2}])
    tracker.conn.execute("COMMIT")
    assert [0, 99] == tracker.to_df()["n"].tolist()


def test_a_handler_logs_by_a_tracker_that_waits_for_the_file_in_another_thread(tmp_path, within):
    """Each would wait for the other: the handler for the tracker, and that for the batch."""
    path = tmp_path / "rows.db"
    first, second = Tracker(path, warnings=False), Tracker(path, warnings=False)
    first.log({"n": 0})
    second.log({"n": 1})
    waiting = threading.Thread(target=lambda: [second.log({"n": n}) for n in (2, 3)])

    def handler():
        waiting.start()
        time.sleep(0.2)  # now it has its lock, and waits for the file
        for n in (4, 5):
            second.log({"n": n})

    within(handler)
    began = time.monotonic()
    first.log_batch([{"n": 6}, {"n": 7}])
    waiting.join()
    assert time.monotonic() - began < 20  # of the 60 s that a tracker waits for a file
    first.log({"n": 8})
    second.close()
    first.close()
    assert list(range(9)) == sorted(stored(path))
