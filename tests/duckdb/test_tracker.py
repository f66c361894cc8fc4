"""What users do: trackers and readers of DuckDB files, and of SQLite files by DuckDB."""

from __future__ import annotations

import datetime as dt
import math
import os
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.engines import run
from xetrack import Reader, Tracker, errors

ROWS = [
    {
        "int": 1,
        "float": 0.5,
        "bool": True,
        "text": "x",
        "nan": math.nan,
        "mixed": 1,
        "list": [1, {"a": None}],
        "big": 2**60,
        "huge": 2**70,
        "when": dt.datetime(2026, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001 - as users have them
        "zone": dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        "day": dt.date(2026, 1, 2),
        "price": Decimal("1.10"),
        "path": Path("a/b"),
        "bytes": b"\0\xff",
        "none": None,
    },
    {"int": None, "float": None, "bool": None, "text": None, "nan": 2.0, "mixed": "x", "big": 1},
    {"int": 3, "float": 2, "bool": False, "text": "ü", "mixed": 2.5, "rowid": 1, "row id": 2},
]


@pytest.fixture
def both(tmp_path):
    """The same rows in SQLite and in DuckDB, with the same names of rows."""
    found = {}
    for name in ("a.db", "b.duckdb"):
        with Tracker(tmp_path / name, track_id="run", warnings=False) as tracker:
            tracker.log_batch(ROWS)
            tracker.log({"text": "one more", "int": 4})
        found[name] = Reader(tmp_path / name)
    yield tuple(found.values())
    for reader in found.values():
        reader.close()


CALLS = [
    Reader.to_df,
    lambda reader: reader.to_df(head=2),
    lambda reader: reader.to_df(tail=1),
    lambda reader: reader.to_df("run", head=3, tail=2),
    lambda reader: reader.to_df("nobody"),
    Reader.latest,
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_frames_are_those_of_sqlite_dtypes_too(both, call):
    """Cell for cell, also of parts and of none; only the timestamps differ."""
    one, other = (call(reader).drop(columns="timestamp") for reader in both)
    pd.testing.assert_frame_equal(one, other)
    for name in one.columns:
        types = [list(map(type, frame[name])) for frame in (one, other)]
        assert types[0] == types[1], name


def test_columns_are_of_real_types(both):
    """Other programs see them as DuckDB's own."""
    both[1].close()
    with duckdb.connect(both[1].db, read_only=True) as connection:
        described = connection.execute("DESCRIBE events").fetchall()
    types = {name: declared for name, declared, *_ in described}
    assert {
        "timestamp": "VARCHAR",
        "int": "BIGINT",
        "float": "DOUBLE",
        "bool": "BOOLEAN",
        "text": "VARCHAR",
        "nan": "DOUBLE",
        "mixed": "VARCHAR",
        "list": "JSON",
        "big": "BIGINT",
        "huge": "HUGEINT",
        "when": "TIMESTAMP",
        "zone": "TIMESTAMP",
        "day": "DATE",
        "bytes": "BLOB",
    }.items() <= types.items()


def test_sums_skip_nan_and_see_numbers(tmp_path):
    """Sums skip nan and see numbers, as they do in SQLite."""
    with Tracker(tmp_path / "x.duckdb", engine="duckdb") as tracker:
        tracker.log_batch([{"x": 1.0}, {"x": math.nan}, {"x": 2}, {"x": True}])
        found = tracker.conn.execute("SELECT avg(x), count(x) FROM db.events").fetchall()
        assert [(4 / 3, 3)] == found


def test_the_reference_of_the_tracker_holds(tmp_path, monkeypatch):
    """`conn` and `table_name` make statements that DuckDB takes."""
    monkeypatch.chdir(tmp_path)
    with Tracker("exp.db", engine="duckdb", params={"model": "resnet"}) as tracker:
        assert "db.default" == tracker.table_name
        tracker.log({"accuracy": 0.9})
        tracker.log({"accuracy": 0.7})
        query = f"SELECT accuracy FROM {tracker.table_name} WHERE accuracy > 0.8"
        assert [(0.9,)] == tracker.conn.execute(query).fetchall()
        query = "SELECT count(*) FROM db.events WHERE accuracy > 0.8"
        assert [(1,)] == tracker.conn.execute(query).fetchall()
        assert 2 == tracker.set_value("best", value=True) == len(tracker)
        assert [True, True] == list(tracker["best"])
    odd = Tracker("exp.db", table="my table")
    assert 'db."my table"' == odd.table_name
    odd.log({"x": 1})
    assert [(1,)] == odd.conn.execute(f"SELECT x FROM {odd.table_name}").fetchall()
    odd.close()
    assert ["default", "my table"] == Reader("exp.db").tables


def test_several_trackers_of_one_process_share_a_file(tmp_path):
    """Tables of their own, each with its connection; closing one leaves the others."""
    path = tmp_path / "x.duckdb"
    one, other = Tracker(path, table="one"), Tracker(path, table="other")
    one.log({"x": 1})
    other.log({"y": 2})
    mine = one.conn
    other.close()
    assert [(1, 2)] == mine.execute("SELECT x, y FROM db.one, db.other").fetchall()
    assert (1, 1) == (len(Reader(path, table="one")), len(Reader(path, table="other")))
    one.close()


def test_resetting_drops_the_rows_in_both_files(tmp_path):
    """What is logged later is all there is, for every process."""
    path = tmp_path / "x.duckdb"
    with Tracker(path) as tracker:
        tracker.log_batch([{"x": n} for n in range(10)])
        assert 10 == len(tracker)
        tracker.log({"x": 10})
    with Tracker(path, reset=True) as tracker:
        tracker.log({"y": 1})
        assert 1 == tracker.count_all()
    assert ["timestamp", "track_id", "y"] == Reader(path).columns


def test_a_sqlite_file_stays_one(tmp_path):
    """With ``engine="duckdb"`` rows go to SQLite, and nothing is installed or loaded."""
    path = tmp_path / "x.db"
    with Tracker(path) as tracker:
        tracker.log({"x": 1})
    with Tracker(path, engine="duckdb") as tracker:
        assert "db.default" == tracker.table_name
        tracker.log({"x": 2})
        assert [(3,)] == tracker.conn.execute("SELECT sum(x) FROM db.default").fetchall()
        names = "SELECT extension_name FROM duckdb_extensions() WHERE loaded AND install_mode "
        loaded = tracker.conn.execute(f"{names} != 'STATICALLY_LINKED'").fetchall()
        assert [] == loaded
    assert b"SQLite format 3\0" == path.read_bytes()[:16]
    assert ["x.db"] == [one.name for one in tmp_path.iterdir()]
    assert [1, 2] == list(Reader(path).to_df()["x"])


def test_rows_in_memory_are_read_by_duckdb(tmp_path, monkeypatch):
    """No file is left in the folder."""
    monkeypatch.chdir(tmp_path)
    with Tracker(Tracker.IN_MEMORY, engine="duckdb") as tracker:
        tracker.log_batch([{"x": 1, "y": "a"}, {"x": 2, "y": [1]}])
        query = "SELECT x, y FROM db.events ORDER BY x DESC"
        assert [(2, "[1]"), (1, "a")] == tracker.conn.execute(query).fetchall()
        tracker.log({"x": 3})
        assert [(6,)] == tracker.conn.execute("SELECT sum(x) FROM events").fetchall()
        assert ["a", [1], None] == list(tracker["y"])
    assert [] == list(tmp_path.iterdir())


def test_the_wrong_engine_says_what_to_type(tmp_path):
    """Both ways to open a DuckDB file with SQLite, and a file of neither."""
    with Tracker(tmp_path / "x.duckdb") as tracker:
        tracker.log({"x": 1})
    for cls in (Tracker, Reader):
        with pytest.raises(errors.NotADatabaseError, match="Type engine='duckdb'"):
            cls(tmp_path / "x.duckdb", engine="sqlite")
    (tmp_path / "notes.txt").write_text("no database at all, but some text" * 10)
    with pytest.raises(errors.NotADatabaseError, match="no DuckDB database"):
        Tracker(tmp_path / "notes.txt", engine="duckdb")
    with pytest.raises(errors.DatabaseNotFoundError):
        Reader(tmp_path / "missing.duckdb", engine="duckdb")


def test_a_reader_waits_as_long_as_it_was_told(tmp_path):
    """Its error names the process that has the file."""
    path = tmp_path / "x.duckdb"
    with Tracker(path) as tracker:
        tracker.log({"x": 1})
        mine = tracker.conn
        code = """
import sys
from xetrack import Reader
reader = Reader(sys.argv[1], timeout=0.2)
try:
    reader.to_df()
except TimeoutError as error:
    print(error.pid == int(sys.argv[2]), error.seconds)
"""
        assert "True 0.2\n" == run(code, path, os.getpid()).stdout
        del mine


def test_tables_and_columns_of_another_program_are_there(tmp_path):
    """They are read, logged into under their names, and keep their cells."""
    path = tmp_path / "x.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute('CREATE TABLE "default" (n INTEGER, t VARCHAR, s STRUCT(a INT), d DATE)')
        connection.execute("""INSERT INTO "default" VALUES (1, 'x', {'a': 1}, DATE '2026-01-01')""")
        connection.execute("CREATE TABLE runs (x DOUBLE)")
    with Reader(path) as reader:
        assert ["default", "runs"] == reader.tables
        rows = reader.select().dicts()
        assert [{"n": 1, "t": "x", "s": {"a": 1}, "d": dt.date(2026, 1, 1)}] == rows
    with Tracker(path, warnings=False) as tracker:
        tracker.log({"n": "many", "t": 5, "new": 1})
        assert [1, "many"] == [row[0] for row in Reader(path).select(["n"]).rows()]
        assert ["x", 5] == [row[0] for row in Reader(path).select(["t"]).rows()]
    with Tracker(path) as tracker:
        tracker.conn.execute("CREATE TABLE db.later (y INTEGER)")
        tracker.conn.execute("INSERT INTO db.later VALUES (7)")
        assert 2 == tracker.count_all()
    with Reader(path, table="later") as reader:
        assert {"default", "runs", "later"} == set(reader.tables)
        assert [(7,)] == reader.select(["y"]).rows()


def test_no_name_of_a_column_is_one_that_a_question_makes(path):
    """Sorted and cut, where the SQL has names of its own."""
    with Tracker(path) as tracker:
        for at in range(6):
            tracker.log({"row": at % 3, "place": (at * 5) % 6, "c0": -at, "c1": at})
    with Reader(path) as reader:
        cut = reader.select(["c1", "c0", "row", "place"], order="c0", head=4, tail=2)
        assert [(3, -3, 0, 3), (2, -2, 2, 4)] == cut.rows()
        assert [5, 0] == reader.select(["place"], order="place", descending=True).cells[0][::5]
