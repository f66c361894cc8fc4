"""Files that are half made, cut, changed or locked up: what is raised is always typed."""

import os
import random
import sqlite3
import sys
from contextlib import closing

import pytest

from xetrack import Reader, Tracker, copy
from xetrack.errors import XetrackError

FLIPPED = int(os.environ.get("XETRACK_TEST_FLIPS", "15"))
"""How many files with random bytes are tried."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "whole.db"
    with Tracker(path) as tracker:
        tracker.log_batch([{"a": number, "s": "x" * 50} for number in range(300)])
        tracker.log({"a": 0.5, "s": [1]})
    return path.read_bytes()


def _tracker(path, engine=None):
    with Tracker(path, engine=engine) as tracker:
        tracker.log({"a": 1})
        tracker.log({"b": "x"})
        tracker.set_value("a", 3)
        tracker.to_df()


def _reader(path):
    with Reader(path) as reader:
        len(reader)
        reader.to_df()
        reader.sql("SELECT * FROM db.events")
        reader.latest()


def attempt(path):
    """Do everything; whatever is raised must be ours."""
    outcomes = []
    for call in (
        lambda: _reader(path),
        lambda: copy(path, f"{path}.copy"),
        lambda: _tracker(path),
        lambda: _tracker(path, "sqlite"),
    ):
        try:
            call()
        except XetrackError as error:
            outcomes.append(type(error))
        else:
            outcomes.append(None)
    return outcomes


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size", [1, 15, 16, 50, 99, 100, 101, 512, 4_095, 4_096, 9_000])
def test_a_file_that_is_cut(db, whole, size):
    db.write_bytes(whole[:size])
    assert any(attempt(db)) or size in {4_096, 100, 101, 512}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("part", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("content", ["garbage", "folder", "link"])
def test_something_strange_beside_a_file(db, whole, part, content):
    db.write_bytes(whole)
    beside = db.with_name(db.name + part)
    if content == "garbage":
        beside.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + os.urandom(3_000))
    elif content == "folder":
        beside.mkdir()
    else:
        beside.symlink_to("/dev/full")
    assert len(attempt(db)) == 4


@pytest.mark.filterwarnings("ignore")
def test_random_bytes_in_a_file(db, whole):
    for seed in range(FLIPPED):
        rnd = random.Random(seed)
        changed = bytearray(whole)
        for _ in range(rnd.choice([1, 5, 50, 500])):
            changed[rnd.randrange(len(changed) if seed % 2 else 8_192)] = rnd.randrange(256)
        path = db.with_name(f"{seed}.db")
        path.write_bytes(changed)
        assert len(attempt(path)) == 4


STRANGE = {
    "kinds": "UPDATE xetrack_columns SET kinds = 'none such'",
    "no kinds": "UPDATE xetrack_columns SET kinds = NULL",
    "bytes as kinds": "UPDATE xetrack_columns SET kinds = x'ff00'",
    "bytes as key": "UPDATE xetrack_columns SET key = x'ff00'",
    "number as key": "UPDATE xetrack_columns SET key = 5",
    "format": "UPDATE xetrack_meta SET value = 'x' WHERE name = 'format'",
    "no format": "UPDATE xetrack_meta SET value = NULL WHERE name = 'format'",
    "no meta": "DROP TABLE xetrack_meta",
    "no cells": "DROP TABLE xetrack_cells",
    "other columns": "DROP TABLE xetrack_columns; CREATE TABLE xetrack_columns (x)",
    "kind of a note": "INSERT INTO xetrack_cells SELECT 'default', 'a', timestamp, track_id, "
    "rowid, 'none such' FROM 'default'",
    "identity": "UPDATE 'default' SET timestamp = x'ff', track_id = x'fe'",
    "text": "UPDATE 'default' SET s = CAST(x'fffe' AS TEXT)",
    "trigger": "CREATE TRIGGER t BEFORE INSERT ON xetrack_columns BEGIN SELECT RAISE(IGNORE); END",
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sql", STRANGE.values(), ids=STRANGE)
def test_tables_of_ours_that_another_program_changed(db, whole, sql):
    db.write_bytes(whole)
    with closing(sqlite3.connect(db)) as connection:
        connection.executescript(sql)
    assert len(attempt(db)) == 4


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", ["x" * 300, "nul\0.db", "/".join(["y" * 200] * 25), "whole.db/x.db", "loop.db"]
)
def test_paths_that_are_none(tmp_path, whole, name):
    (tmp_path / "whole.db").write_bytes(whole)
    (tmp_path / "loop.db").symlink_to("loop.db")
    assert all(attempt(f"{tmp_path}/{name}"))


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and /proc are of Linux")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", ["/dev/full", "/proc/x.db"])
def test_places_where_no_database_can_be(path):
    with pytest.raises(XetrackError):
        _tracker(path)


NAMES = ["x'61'", "NULL", "5", "1.5"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("table", ["xetrack_columns", "xetrack_overflow"])
def test_names_that_are_no_texts_are_a_typed_error(db, table, name):
    """Another program may have made the tables of ours, without the types of their columns."""
    with Tracker(db) as tracker:
        tracker.log({"a": 1})
    with closing(sqlite3.connect(db)) as connection:
        connection.executescript(
            "ALTER TABLE 'default' ADD COLUMN xetrack_more; DROP TABLE xetrack_overflow;"
            'CREATE TABLE xetrack_overflow (position, "table", "column");'
            "DROP TABLE xetrack_columns;"
            'CREATE TABLE xetrack_columns ("table", "column", "key", kinds);'
            "INSERT INTO xetrack_columns VALUES ('default', 'a', 'a', 'int');"
        )
        connection.execute(
            {
                "xetrack_columns": f"INSERT INTO {table} VALUES ('default', {name}, 'b', 'int')",
                "xetrack_overflow": f"INSERT INTO {table} VALUES (1, 'default', {name})",
            }[table]
        )
        connection.commit()
    for call in (
        lambda: Reader(db).to_df(),
        lambda: Reader(db).latest(),
        lambda: copy(db, f"{db}.copy"),
        lambda: Tracker(db).log({"b": 2}),
    ):
        with pytest.raises(XetrackError, match="does not write"):
            call()
    if table == "xetrack_overflow":
        with pytest.raises(XetrackError):
            Reader(db).sql("SELECT * FROM events")


def test_a_table_with_bytes_for_a_definition_is_a_typed_error(db):
    with Tracker(db) as tracker:
        tracker.log({"a": 1})
    with closing(sqlite3.connect(db)) as connection:
        connection.executescript(
            "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = CAST(sql AS BLOB) "
            "WHERE name = 'default';"
        )
    for call in (lambda: Reader(db).latest(), lambda: Tracker(db).log({"a": "x", "b": 2})):
        with pytest.raises(XetrackError):
            call()
