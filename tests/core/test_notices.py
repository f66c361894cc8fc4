"""What a user is warned of: once, after the row is stored, at the user's own line."""

from __future__ import annotations

import math
import sqlite3
import warnings
from contextlib import closing

import pytest

from xetrack import Reader, Tracker, XetrackWarning


@pytest.mark.parametrize("method", ["log", "log_batch", "track", "wrap"])
def test_a_column_that_widens_is_told_once_at_the_users_line(tracker, method):
    """A column that widens is reported once at the user's line, with the column and both kinds."""

    def store(value: object) -> None:
        if method == "log":
            tracker.log({"x": value})
        elif method == "log_batch":
            tracker.log_batch([{"x": value}])
        elif method == "track":
            tracker.track(lambda: {"x": value})
        else:
            tracker.wrap()(lambda: {"x": value})()

    store(1)
    with pytest.warns(XetrackWarning, match="'x' held int.*takes text") as caught:
        store("a")
    assert [__file__] == [one.filename for one in caught]
    store("b")
    store(2)
    assert [1, "a", "b", 2] == [row["x"] for row in tracker]


def test_a_value_set_back_in_time_tells_of_widening_too(tracker):
    """It changes the column as `log` does."""
    tracker.log({"x": 1})
    with pytest.warns(XetrackWarning, match="'x' held int.*takes text"):
        tracker.set_value("x", "a")
    tracker.log({"x": "b"})


@pytest.mark.parametrize(
    "values",
    [[1, 2**60, 2**70], [0.5, math.nan, math.inf, 1], ["a", "\udcff"], [None, 1], [1, None, 2]],
    ids=str,
)
def test_what_stays_the_same_to_a_user_is_not_told(tracker, values):
    """Large ints are ints, nan is a float, a missing cell is nothing."""
    for value in values:
        tracker.log({"x": value})
    assert len(values) == len(tracker)


def test_python_w_error_stores_the_row_before_the_warning_is_raised(db, python):
    """A strict user loses no row; the next one is stored as ever."""
    code = (
        f"from xetrack import *\nt = Tracker({str(db)!r})\nt.log({{'x': 1}})\n"
        "try:\n    t.log({'x': 'a'})\n"
        "except XetrackWarning as warning:\n    print('raised')\n"
        "t.log({'x': 'b'})\n"
    )
    done = python(code, "-W", "error")
    assert ("raised\n", "") == (done.stdout, done.stderr)
    assert [1, "a", "b"] == Reader(db).select(["x"]).cells[0]


def _by_hand(path, *cells):
    """Make a column of another program, as xetrack 0.7 did, with these cells."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE TABLE "default" (timestamp TEXT, track_id TEXT, x)')
        rows = [(str(at), "old", cell) for at, cell in enumerate(cells)]
        connection.executemany('INSERT INTO "default" VALUES (?, ?, ?)', rows)


@pytest.mark.parametrize(
    ("cells", "value", "held"),
    [
        ([1, 2], "a", "int"),
        ([None, 0.5], "a", "float"),
        (["a", 1], b"a", "int and text"),
        (["a"] * 5_000, 1, "text"),
        ([1], 0.5, "int"),
    ],
)
def test_widening_a_column_of_another_program_is_told(db, cells, value, held):
    """What its cells are is what it held."""
    _by_hand(db, *cells)
    tracker = Tracker(db)
    with pytest.warns(XetrackWarning, match=f"'x' held {held}; from now on"):
        tracker.log({"x": value})
    tracker.log({"x": value})
    Tracker(db).log({"x": value})


@pytest.mark.parametrize(
    ("cells", "value"), [([1], 2), ([], 1), ([None], "a"), (["a", 1], 2), ([1, "a"], "b")]
)
def test_a_column_of_another_program_that_does_not_widen_is_not_told(db, cells, value):
    """It held such values already, or none."""
    _by_hand(db, *cells)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        Tracker(db).log({"x": value})
    assert [] == told
    assert [*cells, value] == Reader(db).select(["x"]).cells[0]


@pytest.mark.parametrize("method", ["log", "log_batch", "track"])
def test_python_w_error_tells_the_sinks_of_the_row_that_was_stored(tmp_path, python, method):
    """Every one, before the warning is raised."""
    call = {"log": "({'x': 'a'})", "log_batch": "([{'x': 'a'}, {'x': 'b'}])"}.get(
        method, "(lambda: {'x': 'a'})"
    )
    code = (
        "from xetrack import *\nt = Tracker('x.db', jsonl='x.jsonl')\nt.log({'x': 1})\n"
        f"try:\n    t.{method}{call}\n"
        "except XetrackWarning:\n    print('raised')\n"
        "t.log({'x': 'c'})\n"
    )
    done = python(code, "-W", "error")
    assert "" == done.stderr
    assert method == "track" or "raised\n" == done.stdout
    stored = Reader(tmp_path / "x.db").select(["x"]).cells[0]
    assert [1, "a", *(["b"] if method == "log_batch" else []), "c"] == stored
    assert stored == Reader.read_jsonl(tmp_path / "x.jsonl")["x"].tolist()


def test_warnings_can_be_switched_off(db):
    """Warnings can be switched off for a tracker."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tracker = Tracker(db, {"Loss": 1}, warnings=False)
        tracker.log({"loss": 1, "x": 1, "timestamp": 1})
        tracker.log({"loss": 1, "x": "a"})
        tracker.track(lambda: {"error": 1})
    assert [] == caught
    assert 3 == len(tracker)


def test_a_later_tracker_tells_of_widening_what_an_earlier_one_made(db):
    """It knows what the column held before it came."""
    Tracker(db).log({"x": 1})
    with pytest.warns(XetrackWarning, match="'x' held int"):
        Tracker(db).log({"x": 0.5})
