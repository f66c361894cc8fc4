"""Databases that xetrack 0.7 wrote take new rows, and keep those they have."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing

import pytest

from tests.engines import exact
from xetrack import Reader, Tracker
from xetrack.model import clock

NEW = [
    {"epoch": "007", "accuracy": "1e3", "note": 5, "ok": True},
    {"epoch": 2**70, "accuracy": 2**53 + 1, "note": 0.5, "ok": 2},
    {"epoch": math.nan, "accuracy": math.nan, "note": b"\x00", "ok": 0.5},
    {"epoch": True, "accuracy": False, "note": "text", "ok": "yes"},
    {"epoch": [1], "accuracy": 3, "note": {"a": 1}, "ok": None},
    {"big": -1, "top": -math.inf, "raw": "text", "loss": "low", "seed": None, "brand new": 1},
]
"""What fits neither the declared types nor the cells of the old columns."""


def _rows(path, table="default", **query):
    with Reader(path, table=table) as reader:
        return reader.select(**query).dicts()


@pytest.mark.parametrize("name", ["runs.db", "duckdb.db"])
@pytest.mark.parametrize("batch", [False, True])
def test_new_rows_of_any_kind_come_back_beside_the_old(old, expected, present, name, batch):
    """Text stays text in a column of numbers, nan nan, a boolean one; no old cell changes."""
    with Tracker(old / name, warnings=False) as tracker:
        if batch:
            tracker.log_batch(NEW)
        else:
            for row in NEW:
                tracker.log(row)
    rows = _rows(old / name)
    before = expected[name]["default"]
    assert present(before) == present(rows[: len(before)])
    own = {"timestamp", "track_id"}
    after = [{k: v for k, v in row.items() if k not in own} for row in rows[len(before) :]]
    wanted = [{k.replace(" ", "_"): v for k, v in row.items()} for row in NEW]
    assert present(wanted) == present(after)


def test_old_tables_of_every_name_take_rows(old, expected, present):
    """Old tables of every name take rows: the second table of a file as the first, and a new one
    beside them.
    """
    for table in ("objects", "model-metrics", "new"):
        with Tracker(old / "runs.db", table=table, warnings=False) as tracker:
            tracker.log({"n": 0.5, "part": "text"})
        before = expected["runs.db"].get(table, [])
        *rows, last = _rows(old / "runs.db", table)
        assert present(before) == present(rows)
        assert (0.5, "text") == (last["n"], last["part"])
    assert ["default", "objects", "model-metrics", "new"] == Reader(old / "runs.db").tables


def test_old_keys_go_on_in_their_columns(old):
    """A key that 0.7 logged gets the column that it had, whatever that made of its name."""
    with Tracker(old / "runs.db") as tracker:
        row = tracker.log({"Invalid key": 5, "@@": 6, "config_lr": 0.5})
        assert {"Invalid_key", "__", "config_lr", "timestamp", "track_id"} == row.keys()
    assert [1, 5] == [r["Invalid_key"] for r in _rows(old / "runs.db") if r["Invalid_key"]]


def test_a_key_that_differs_from_an_old_one_in_case_gets_a_column_of_its_own(old):
    """SQLite takes `Loss` and `loss` for one name; the values of the one are not the other's."""
    with Tracker(old / "runs.db", warnings=False) as tracker:
        row = tracker.log({"LOSS": 1, "invalid_key": 2, "loss": 3})
        assert {"LOSS_2": 1, "invalid_key_2": 2, "loss": 3}.items() <= row.items()
        assert {"LOSS_2": 4}.items() <= tracker.log({"LOSS": 4}).items()


def test_tracked_calls_go_on(old, present, expected):
    """Calls find the columns that 0.7 made for them, also for a result of another kind."""
    with Tracker(old / "runs.db") as tracker:
        assert "007" == tracker.track(str, args=["007"])
        assert tracker.track(bool, args=[1]) is True
    rows = _rows(old / "runs.db")
    assert ["007", True] == [row["function_result"] for row in rows[-2:]]
    assert [6, 4, "None", 0.125] == [
        row["function_result"] for row in rows[:-2] if row["function_result"] is not None
    ]
    assert present(expected["runs.db"]["default"]) == present(rows[:-2])


def test_rows_of_one_microsecond_are_all_kept(old, monkeypatch):
    """The primary key takes each pair of run and time once; a clock that stands costs no row."""
    monkeypatch.setattr(clock, "time_ns", lambda: 1_700_000_000_000_000_000)
    for _ in range(3):  # as when a run goes on in another process
        with Tracker(old / "runs.db", track_id="first-run-0001") as tracker:
            for epoch in range(3):
                tracker.log({"epoch": epoch})
            tracker.log_batch([{"epoch": 3}, {"epoch": 4}])
    rows = _rows(old / "runs.db", track_id="first-run-0001")[7:]
    assert list(range(5)) * 3 == [row["epoch"] for row in rows]
    assert 15 == len({row["timestamp"] for row in rows})
    assert 14 + 15 == len(_rows(old / "runs.db"))


def test_a_row_never_takes_the_place_of_an_old_one(old, expected, present, monkeypatch):
    """A row never takes the place of an old one, not even when the clock goes back to that row's
    moment.
    """
    stamp = expected["runs.db"]["default"][0]["timestamp"]
    tracker = Tracker(old / "runs.db", track_id="first-run-0001")
    monkeypatch.setattr(tracker._recorder._clock, "stamp", iter([stamp, "2100"]).__next__)
    monkeypatch.setattr(
        tracker._recorder._clock, "stamps", lambda n: [tracker._recorder._clock.stamp()]
    )
    with tracker:
        assert "2100" == tracker.log({"epoch": 5})["timestamp"]
    assert present(expected["runs.db"]["default"]) == present(_rows(old / "runs.db")[:-1])


def test_the_view_events_comes_with_the_first_row(old):
    """An old file has none; reading makes none; a tracker that logs makes it."""

    def views():
        with closing(sqlite3.connect(old / "runs.db")) as connection:
            return connection.execute("SELECT name FROM sqlite_schema WHERE type='view'").fetchall()

    Reader(old / "runs.db").to_df()
    assert [] == views()
    with Tracker(old / "runs.db") as tracker:
        tracker.log({"epoch": 1})
    assert [("events",)] == views()
    with closing(sqlite3.connect(old / "runs.db")) as connection:
        assert (15,) == connection.execute("SELECT count(*) FROM events").fetchone()


def test_objects_of_0_7_stay_where_they_are(old):
    """The tables of objects are the same, byte for byte, after rows were logged and changed."""

    def content():
        with closing(sqlite3.connect(old / "runs.db")) as connection:
            return [
                connection.execute(f"SELECT * FROM {table}").fetchall()
                for table in ("assets", "keys", "counts")
            ]

    before = content()
    with Tracker(old / "runs.db", table="objects") as tracker:
        tracker.log({"part": "b2aa56e50dffab7e"})
    Reader(old / "runs.db", table="objects").delete_run("fourth-run-0004")
    assert before == content()
    assert all(before)


def test_exact_cells_of_old_rows_survive_in_the_file(old):
    """Other programs see the old cells as before: numbers as numbers, text as text."""
    query = 'SELECT accuracy, typeof(accuracy), epoch, typeof(epoch), note FROM "default" LIMIT 14'

    def cells():
        with closing(sqlite3.connect(old / "runs.db")) as connection:
            return [[*map(exact, row)] for row in connection.execute(query)]

    before = cells()
    with Tracker(old / "runs.db", warnings=False) as tracker:
        tracker.log_batch(NEW)
    assert before == cells()
