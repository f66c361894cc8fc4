"""More keys than SQLite has columns, as a user meets them: not at all."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing

import pytest

from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.tables import overflow
from xetrack.errors import StorageError

ELSEWHERE = """
import sys
from xetrack import Reader, Tracker
tracker = Tracker("rows.db", {"seed": 1}, track_id="mine", warnings=False)
(row,) = Reader("rows.db").select(head=1).dicts()
assert {f"k{n}": n for n in range(2_500)} == {f"k{n}": row[f"k{n}"] for n in range(2_500)}
tracker.log({"k2499": 0.5, "late": "x"})
print([tracker[1][key] for key in ("k0", "k2499", "late", "seed")])
"""


@pytest.fixture
def few(monkeypatch):
    """A lower limit: thousands of real columns take SQLite seconds to make."""
    monkeypatch.setattr(overflow, "MOST", 10)


@pytest.mark.timeout(180)  # SQLite makes 1,000 columns one by one: seconds on a busy machine
def test_promise_29_a_row_of_2500_keys_at_the_real_limit(run, tmp_path):
    """It is one dict and one row of a frame, here and for the next process, and plain SQL works."""
    path = tmp_path / "rows.db"
    row = {f"k{n}": n for n in range(2_500)}
    with Tracker(path) as tracker:
        logged, stored = tracker.log(row), tracker[1]
    assert logged == stored == {**row, **{key: logged[key] for key in ("timestamp", "track_id")}}
    reader = Reader(path)
    frame = reader.to_df()
    assert ["timestamp", "track_id", *row] == list(frame)
    assert list(row.values()) == frame.iloc[0, 2:].tolist()
    assert {"int64"} == {str(frame[key].dtype) for key in row}
    assert "[None, 0.5, 'x', 1]\n" == run(ELSEWHERE)
    with closing(sqlite3.connect(path)) as connection:
        found = "SELECT k7, xetrack_more ->> 'k2499' FROM events"
        assert [(7, 2499), (None, 0.5)] == connection.execute(found).fetchall()


@pytest.mark.parametrize("db", ["rows.db", ":memory:"])
def test_promise_29_keys_come_over_many_rows(few, tmp_path, db):
    """Each row brings new ones; changes, choices and order know the last key like the first."""
    db = db if db == ":memory:" else tmp_path / db
    with Tracker(db, {"p": math.nan}, warnings=False) as tracker:
        for n in range(300):
            tracker.log({f"k{n}": n, f"K{n}": -n, "n": n % 7, "last": f"{n:03}"})
        assert 2 + 1 + 300 * 2 + 2 == len(tracker.columns)
        assert [(n, -n) for n in range(300)] == [
            (row[f"k{n}"], row[f"K{n}_2"]) for n, row in enumerate(tracker)
        ]
        assert all(math.isnan(row["p"]) for row in tracker)
        assert 1 == tracker.set_where("K299", "set", "last", "005")
        assert 300 == tracker.set_value("new", [1, 2])
        assert ["set" if n == 5 else -299 if n == 299 else None for n in range(300)] == [
            row["K299_2"] for row in tracker
        ]
        assert "int|text" == tracker.dtypes["K299_2"]
        frame = tracker.to_df()
        assert (300, [1, 2]) == (len(frame), frame["new"].iloc[17])
        assert "005" == frame.loc[frame["K299_2"] == "set", "last"].item()


def test_promise_29_a_reader_chooses_and_sorts_by_a_late_key(few, tmp_path):
    """A reader chooses and sorts by a late key, and sets cells by it."""
    path = tmp_path / "rows.db"
    with Tracker(path) as tracker:
        tracker.log_batch([{**{f"k{n}": n for n in range(20)}, "z": n % 3} for n in range(9)])
    with Reader(path) as reader:
        assert 3 == reader.set_where("k19", 99, "z", 2)
        found = reader.select(["z", "k19", "k0"], order="k19", descending=True).rows()
        assert [(2, 99, 0)] * 3 == found[:3]


def test_promise_29_a_bad_row_spoils_nothing_for_the_next_or_for_others(few, tmp_path):
    """Too big a value is a typed error for whoever logs it, every time."""
    with Tracker(tmp_path / "rows.db") as bad, Tracker(tmp_path / "rows.db") as good:
        bad.log({"x": "fits", **{f"k{n}": "" for n in range(20)}})
        bad._engine.connections.writer.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
        for key in ("x", "k19"):
            for _ in range(3):
                with pytest.raises(StorageError, match="too big"):
                    bad.log({key: "x" * 20_000})
                bad.log({key: "fits"})
                good.log({key: "fits"})
        assert 1 + 2 * 3 == len(bad)
        assert 2 * 3 == len(good)
