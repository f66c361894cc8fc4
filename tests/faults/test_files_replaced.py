"""R25: a database is removed, renamed or replaced while a tracker has it open."""

import os
import shutil
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from tests.engines import quiet
from xetrack import Reader, Tracker
from xetrack.errors import NotADatabaseError, StorageError, XetrackWarning

PARTS = ("", "-wal", "-shm")


def stored(path):
    with Reader(path) as reader:
        return [cells[0] for cells in reader.select(["n"]).rows()]


def another(path):
    """Make a database with one row of its own."""
    with Tracker(path) as tracker:
        tracker.log({"n": 1_000})


def log(tracker, numbers, gap=0.0):
    for number in numbers:
        tracker.log({"n": number})
        time.sleep(gap)


def remove(db):
    for part in PARTS:
        Path(f"{db}{part}").unlink()


def remove_folder(db):
    shutil.rmtree(db.parent)


def rename(db):
    db.rename(db.with_name("other.db"))


def rename_all(db):
    for part in PARTS:
        Path(f"{db}{part}").rename(db.with_name(f"other.db{part}"))


def replace(db):
    new = db.parent.parent / "new.db"
    another(new)
    new.replace(db)


def make_anew(db):
    remove(db)
    another(db)


def rename_folder(db):
    db.parent.rename(db.parent.with_name("other"))


WAYS = [remove, remove_folder, rename, rename_all, replace, make_anew]

AT_ONCE = [rename, rename_folder, replace]
"""Those that are one step: of the others, the last steps may take files of the new database."""


@pytest.fixture
def db(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder / "track.db"


@pytest.mark.parametrize("gap", [0, 0.002], ids=["tight", "slow"])
@pytest.mark.parametrize("way", WAYS)
def test_rows_after_it_are_in_the_file_at_the_path_once(db, way, gap):
    with Tracker(db) as tracker:
        log(tracker, range(3))
        way(db)
        with pytest.warns(XetrackWarning, match="while a tracker had it open") as said:
            log(tracker, range(10, 15), gap)
        assert len(said) == 1
        seen = stored(db)  # before anybody closes it
    after = stored(db)
    assert [number for number in after if number in range(10, 15)] == [10, 11, 12, 13, 14]
    assert seen == after
    assert after.count(1_000) == (way in {replace, make_anew})


@pytest.mark.parametrize("way", AT_ONCE)
def test_a_long_tight_loop_loses_and_doubles_no_row(db, way):
    """In such a loop not every row has a look of its own."""
    with Tracker(db) as tracker:
        log(tracker, range(1_000))
        done = threading.Event()

        def later():
            time.sleep(0.01)
            way(db)
            done.set()

        thread = threading.Thread(target=later)
        thread.start()
        acknowledged = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            number = 2_000
            after = None
            while after is None or number < after + 300:
                tracker.log({"n": number})
                acknowledged.append(number)
                number += 1
                if after is None and done.is_set():
                    after = number  # whatever comes from here on was logged after it
            thread.join()
            tracker.close()
    new = stored(db)
    assert set(range(after, number)) <= set(new)
    assert len(new) == len(set(new))
    assert [n for n in new if n != 1_000] == sorted(n for n in new if n != 1_000)


def test_a_renamed_file_has_all_that_was_logged_before(db):
    with Tracker(db) as tracker:
        log(tracker, range(50))
        rename(db)
        with pytest.warns(XetrackWarning):
            log(tracker, [50])
    assert stored(db.with_name("other.db")) == list(range(50))
    assert stored(db) == [50]


def test_an_older_copy_of_the_same_file_goes_on(db, tmp_path):
    with Tracker(db) as tracker:
        log(tracker, range(3))
        tracker.close()
        shutil.copy(db, tmp_path / "older.db")
        log(tracker, [3])
        (tmp_path / "older.db").replace(db)
        with pytest.warns(XetrackWarning, match="replaced"):
            log(tracker, [4, 5])
    assert stored(db) == [0, 1, 2, 4, 5]


def test_a_new_file_with_other_columns_gets_cells_that_mean_the_same(db, tmp_path):
    with Tracker(tmp_path / "new.db") as other:
        other.log({"n": "text", "x": 0.5})
    with Tracker(db, warnings=False) as tracker:
        tracker.log({"n": True})
        tracker.log({"n": True})
        (tmp_path / "new.db").replace(db)
        with pytest.warns(XetrackWarning):
            tracker.log({"n": False})
        tracker.log_batch([{"n": 7}, {"n": 8}])
    values = stored(db)
    assert values == ["text", False, 7, 8]
    assert list(map(type, values)) == [str, bool, int, int]


@pytest.mark.parametrize("part", ["-wal", "-shm"])
def test_a_lost_log_loses_no_row(db, part):
    with Tracker(db) as tracker:
        log(tracker, range(3))
        Path(f"{db}{part}").unlink()
        with pytest.warns(XetrackWarning, match="lost its files"):
            log(tracker, [3, 4])
        assert stored(db) == [0, 1, 2, 3, 4]
    assert stored(db) == [0, 1, 2, 3, 4]


def occupy_by_a_folder(db):
    remove(db)
    db.mkdir()


def occupy_by_a_pipe(db):
    remove(db)
    os.mkfifo(db)


def occupy_by_a_text(db):
    remove(db)
    db.write_text("no database " * 1_000)


@pytest.mark.parametrize("way", [occupy_by_a_folder, occupy_by_a_pipe, occupy_by_a_text])
def test_what_takes_no_rows_is_an_error_until_it_is_gone(db, way):
    tracker = Tracker(db)
    log(tracker, range(3))
    way(db)
    for _ in range(2):
        with pytest.raises((NotADatabaseError, StorageError)):
            tracker.log({"n": 3})
        with pytest.raises((NotADatabaseError, StorageError)):
            tracker.log_batch([{"n": 3}])
    if db.is_dir():
        db.rmdir()
    else:
        db.unlink()
    tracker.log({"n": 4})
    tracker.close()
    assert stored(db) == [4]


@pytest.mark.parametrize(
    "call",
    [
        lambda tracker: tracker.log_batch([{"n": 10}]),
        lambda tracker: tracker.set_value("m", 1),
        len,
        Tracker.close,
    ],
    ids=["log_batch", "set_value", "len", "close"],
)
def test_every_call_notices(db, call):
    with Tracker(db) as tracker:
        log(tracker, range(3))
        make_anew(db)
        with pytest.warns(XetrackWarning, match="replaced"):
            call(tracker)
    assert stored(db)[0] == 1_000


def test_a_new_database_of_somebody_else_stays_as_it_is(db):
    """Neither the log of the old file gets into it, nor is a log of its own removed."""
    with Tracker(db) as tracker:
        log(tracker, range(50))
        make_anew(db)
        with Tracker(db) as other:
            log(other, [1_001])
            with pytest.warns(XetrackWarning):
                tracker.close()
            log(other, [1_002])
    assert stored(db) == [1_000, 1_001, 1_002]


def test_rows_of_the_last_moment_are_carried_over_when_a_program_ends_without_closing(db):
    code = """
import os, sys, warnings
warnings.simplefilter("ignore")
from xetrack import Tracker
tracker = Tracker(sys.argv[1])
for number in range(2_000):
    tracker.log({"n": number})
for part in ("", "-wal", "-shm"):
    os.remove(sys.argv[1] + part)
tracker.log({"n": 2_000})
"""
    subprocess.run([sys.executable, "-c", code, str(db)], check=True, timeout=60)
    assert stored(db)[-1] == 2_000


def test_a_fork_between_notices_too(db):
    with Tracker(db) as tracker:
        log(tracker, range(3))
        make_anew(db)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child = os.fork()
            if child == 0:
                try:
                    tracker.log({"n": 4})
                    tracker.close()
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
            tracker.log({"n": 5})
    assert sorted(stored(db)) == [4, 5, 1_000]


def test_reset_and_memory_go_on(db):
    with Tracker(db) as tracker:
        log(tracker, range(3))
        with Tracker(db, reset=True) as other:
            log(other, [3])
        log(tracker, [4])
    assert stored(db) == [3, 4]
    with Tracker(":memory:") as tracker:
        log(tracker, range(500))
        assert len(tracker) == 500


def test_several_trackers_of_one_process_go_on(db):
    with Tracker(db) as one, Tracker(db) as two, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log(one, [0])
        log(two, [1])
        make_anew(db)
        for number in range(10, 20):
            log((one, two)[number % 2], [number])
    assert stored(db) == [1_000, *range(10, 20)]


def test_rows_are_not_brought_into_a_duckdb_file_that_is_gone(db):
    """A user's connection keeps the removed file open; the rows wait in the log for a new one."""
    pytest.importorskip("duckdb")
    path = db.with_suffix(".duckdb")
    with Tracker(path, engine="duckdb") as tracker:
        connection = tracker.conn
        log(tracker, range(3))
        assert len(tracker.to_df()) == 3
        path.unlink()
        log(tracker, range(10, 13))
        quiet()
        with pytest.raises(StorageError, match="removed, renamed or replaced"):
            tracker.to_df()
        del connection
    assert stored(path) == [10, 11, 12]


def test_the_row_log_of_duckdb_is_begun_anew(db):
    pytest.importorskip("duckdb")
    path = db.with_suffix(".duckdb")
    with Tracker(path, engine="duckdb") as tracker:
        log(tracker, range(3))
        assert len(tracker.to_df()) == 3
        for part in PARTS:
            Path(f"{path}.rows{part}").unlink()
        with pytest.warns(XetrackWarning, match="removed"):
            log(tracker, range(10, 13))
        tracker.log({"n": 13})
    assert stored(path) == [0, 1, 2, 10, 11, 12, 13]
