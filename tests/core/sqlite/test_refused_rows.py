"""A table that another program made may leave rows out without an error; ours is one then."""

import sqlite3
from contextlib import closing, suppress

import pytest

from xetrack import Reader, Tracker, copy
from xetrack.errors import RowRefusedError, StorageError

ROWS = "CREATE TABLE 'default' (timestamp VARCHAR, track_id VARCHAR, n BIGINT {});"
IGNORE = "CREATE TRIGGER t BEFORE {} ON 'default' BEGIN SELECT RAISE(IGNORE); END"


def made(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)
    return path


LEAVES_OUT = {
    "unique": ROWS.format("UNIQUE ON CONFLICT IGNORE"),
    "not null": ROWS.format(", other NOT NULL ON CONFLICT IGNORE"),
    "trigger": ROWS.format("") + IGNORE.format("INSERT"),
    "trigger for some": ROWS.format("")
    + "CREATE TRIGGER t BEFORE INSERT ON 'default' WHEN new.n % 2 = 1 "
    "BEGIN SELECT RAISE(IGNORE); END",
}


@pytest.mark.parametrize("sql", LEAVES_OUT.values(), ids=LEAVES_OUT)
def test_what_is_acknowledged_is_stored(db, sql):
    acknowledged = 0
    with Tracker(made(db, sql)) as tracker:
        for number in (0, 1, 1, 1):
            with suppress(RowRefusedError):
                tracker.log({"n": number})
                acknowledged += 1
        with pytest.raises(RowRefusedError, match=r"trigger.*table="):
            tracker.log_batch([{"n": 2}, {"n": 3}, {"n": 3}])
        assert len(tracker) == acknowledged
        assert acknowledged < 4


@pytest.mark.parametrize("sql", LEAVES_OUT.values(), ids=LEAVES_OUT)
def test_a_copy_stores_all_or_says_that_it_did_not(db, tmp_path, sql):
    with Tracker(tmp_path / "from.db") as tracker:
        tracker.log_batch([{"n": 1}, {"n": 1}])
    with pytest.raises(RowRefusedError):
        copy(tmp_path / "from.db", made(db, sql))
    assert len(Reader(db)) == 0


def test_changes_and_deletions_count(db):
    with Tracker(made(db, ROWS.format("") + IGNORE.format("UPDATE"))) as tracker:
        tracker.log({"n": 1})
        with pytest.raises(StorageError, match="RAISE"):
            tracker.set_value("n", 2)
        with closing(sqlite3.connect(db)) as connection:
            connection.executescript("DROP TRIGGER t;" + IGNORE.format("DELETE"))
        assert tracker.set_value("n", 2) == 1
        with Reader(db) as reader:
            with pytest.raises(RowRefusedError):
                reader.delete_run(tracker.track_id)
            assert reader.select(["n"]).rows() == [(2,)]


def test_triggers_that_keep_all_rows_are_no_trouble(db):
    sql = ROWS.format("") + (
        "CREATE TABLE seen (n UNIQUE); CREATE TRIGGER t AFTER INSERT ON 'default' "
        "BEGIN INSERT OR IGNORE INTO seen VALUES (new.n); END"
    )
    with Tracker(made(db, sql)) as tracker:
        for number in (1, 1, 2):
            tracker.log({"n": number})
        tracker.log_batch([{"n": 2}, {"n": 3}])
        assert tracker.set_value("n", 1) == 5
        assert len(tracker) == 5
