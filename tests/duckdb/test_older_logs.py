"""A row log that is older than its database, or another one's: no row is lost or misplaced."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import duckdb
import pytest

from xetrack import Reader, Tracker
from xetrack.errors import NotADatabaseError

LOG = (".rows", ".rows-wal")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.duckdb"


def stored(path):
    with Reader(path) as reader:
        return [cells[0] for cells in reader.select(["n"]).rows()]


def log(tracker, numbers):
    for number in numbers:
        tracker.log({"n": number})


def log_batch(tracker, numbers):
    tracker.log_batch([{"n": number} for number in numbers])


def save_log(path, folder):
    """Copy the log as it is now."""
    folder.mkdir()
    for ending in LOG:
        part = path.with_name(path.name + ending)
        if part.exists():
            shutil.copy(part, folder)


def bring_back(path, folder):
    """Put a log that was copied in the place of the present one."""
    for ending in (*LOG, ".rows-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    for part in folder.iterdir():
        shutil.copy(part, path.parent)


@pytest.mark.parametrize("first", [0, 5])
@pytest.mark.parametrize("more", [1, 10, 44, 45, 46, 100])
@pytest.mark.parametrize("store", [log, log_batch], ids=["rows", "batches"])
def test_rows_that_come_after_an_older_log_are_stored(path, tmp_path, first, more, store):
    """Their numbers were given before, to rows that are in the database since."""
    with Tracker(path) as tracker:
        tracker.log({"n": -1})
        store(tracker, range(first))
        save_log(path, tmp_path / "saved")
        log(tracker, range(first, 50))
        assert 51 == len(tracker)
    bring_back(path, tmp_path / "saved")
    expected = [*range(-1, 50)]
    for run in range(2):
        numbers = range(1_000 * run + 100, 1_000 * run + 100 + more)
        with Tracker(path) as tracker:
            store(tracker, numbers)
        expected += numbers
        assert expected == stored(path)


def test_large_batches_that_come_after_an_older_log_are_stored(path, tmp_path):
    """They are numbered by themselves."""
    with Tracker(path) as tracker:
        tracker.log({"n": -1})
        save_log(path, tmp_path / "saved")
        for number in range(3):
            log_batch(tracker, range(3_000 * number, 3_000 * (number + 1)))
        assert 9_001 == len(tracker)
    bring_back(path, tmp_path / "saved")
    expected = [*range(-1, 9_000)]
    for run in range(1, 3):
        numbers = range(100_000 * run, 100_000 * run + 2_500)
        with Tracker(path) as tracker:
            log_batch(tracker, numbers)
            log(tracker, [-run])
        expected += [*numbers, -run]
        assert expected == stored(path)


def test_rows_that_wait_in_an_older_log_come_once(path, tmp_path):
    """Some of them are in the database already, and some were never brought."""
    with Tracker(path) as tracker:
        tracker.log({"n": -1})
        assert 1 == len(tracker)
        log(tracker, range(20))
        save_log(path, tmp_path / "saved")
        log(tracker, range(20, 30))
        assert 31 == len(tracker)
    bring_back(path, tmp_path / "saved")
    assert [*range(-1, 30)] == stored(path)
    with Tracker(path) as tracker:
        log(tracker, range(100, 103))
    assert [*range(-1, 30), 100, 101, 102] == stored(path)


def test_deleted_rows_stay_deleted(path):
    """What was discarded from the log late is no reason to bring it anew."""
    with Tracker(path, track_id="kept") as tracker:
        log(tracker, range(5))
        with Tracker(path, track_id="gone") as other:
            log(other, range(10, 15))
        with closing(sqlite3.connect(f"{path}.rows", isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")  # so nothing is discarded
            assert [0, 1, 2, 3, 4, 10, 11, 12, 13, 14] == stored(path)
            writer.execute("ROLLBACK")
        with Reader(path) as reader:
            assert 5 == reader.delete_run("gone")
        assert [*range(5)] == stored(path)
        log(tracker, [5])
    assert [*range(6)] == stored(path)


@pytest.mark.parametrize("number", [60, 2**63 - 1])
def test_a_mark_beyond_all_rows_hides_none(path, number):
    """A database of somebody else may say so."""
    with Tracker(path) as tracker:
        log(tracker, range(5))
    with closing(duckdb.connect(path)) as connection:
        connection.execute("UPDATE xetrack_marks SET number = ?, batch = ?", [number, number])
    for run in range(1, 3):
        with Tracker(path) as tracker:
            log(tracker, [100 * run])
            log_batch(tracker, range(10_000 * run, 10_000 * run + 2_500))
            log(tracker, [100 * run + 1])
    ends = [
        [100 * run, *range(10_000 * run, 10_000 * run + 2_500), 100 * run + 1] for run in (1, 2)
    ]
    assert [*range(5), *ends[0], *ends[1]] == stored(path)


@pytest.mark.parametrize("brought", [False, True])
def test_a_log_of_another_database_takes_no_row(path, tmp_path, brought):
    """It took the place of the log while a tracker had that open."""
    with Tracker(tmp_path / "other.duckdb") as other:
        other.log({"n": 9})
    with Tracker(path, warnings=False, record=[]) as tracker:
        log(tracker, range(50))
        if brought:
            assert 50 == len(tracker)
        shutil.copy(tmp_path / "other.duckdb.rows", tmp_path / "new")
        (tmp_path / "new").replace(f"{path}.rows")
        for _ in range(3):
            with pytest.raises(NotADatabaseError, match="belongs to another database"):
                log(tracker, range(100, 2_000))
        (tmp_path / "x.duckdb.rows").unlink()
        with pytest.warns(match="removed"):
            tracker.log({"n": 50})
    rows = stored(path)
    assert 50 in rows
    assert [9] == stored(tmp_path / "other.duckdb")
    assert not brought or [*range(50)] == [n for n in rows if n < 50]
