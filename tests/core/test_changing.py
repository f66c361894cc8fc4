"""A Reader changes what was named, and says how many rows that was."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import (
    InvalidKeyError,
    RunNotFoundError,
    TableNotFoundError,
    UnsupportedValueError,
)


@pytest.fixture
def runs(db):
    """Two runs; the second began first."""
    with Tracker(db, track_id="late") as late, Tracker(db, track_id="early") as early:
        early.log_batch([{"at": 1}, {"at": 2}])
        late.log({"at": 3})
        early.log({"at": 4})
        late.log_batch([{"at": 5}, {"at": 6}])
    return Reader(db)


def ats(frame) -> list[int]:
    return frame["at"].tolist()


def test_promise_16_changes_touch_what_was_named_and_say_how_much(db, runs):
    """Of all runs, or of one."""
    assert 6 == runs.set_value("seen", True)
    assert 3 == runs.set_value("seen", False, track_id="late")
    assert 1 == runs.set_where("label", "x", "at", 3)
    assert 0 == runs.set_where("label", "x", "at", 3, track_id="early")
    assert [True, True, False, True, False, False] == runs.select(["seen"]).cells[0]
    assert 3 == runs.delete_run("early")
    assert [3, 5, 6] == ats(runs.to_df())
    with pytest.raises(RunNotFoundError, match="early"):
        runs.delete_run("early")


def test_changing_a_table_that_is_missing_makes_none(db, runs):
    """A misspelt table is an error."""
    reader = Reader(db, table="defualt")
    for change in (
        lambda: reader.set_value("x", 1),
        lambda: reader.set_where("x", 1, "at", 3),
        lambda: reader.delete_run("early"),
    ):
        with pytest.raises(TableNotFoundError, match="Did you mean 'default'"):
            change()
    assert ["default"] == reader.tables


def test_changing_takes_plain_values_only(runs):
    """As `log` does, with the same error."""
    with pytest.raises(UnsupportedValueError, match="'x'"):
        runs.set_value("x", object())
    with pytest.raises(UnsupportedValueError, match="'at'"):
        runs.set_where("x", 1, "at", object())


@pytest.mark.parametrize("key", ["track_id", "timestamp"])
def test_a_tracker_never_changes_what_names_a_row_either(db, key):
    """It is the same error, and makes no column."""
    with Tracker(db) as tracker:
        tracker.log({"x": 1})
        for change in (
            lambda: tracker.set_value(key, "mine"),
            lambda: tracker.set_where(key, "mine", "x", 1),
        ):
            with pytest.raises(InvalidKeyError, match=f"'{key}'.*names a row"):
                change()
        assert ["timestamp", "track_id", "x"] == tracker.columns


@pytest.mark.parametrize("key", ["track_id", "timestamp"])
def test_changing_never_touches_what_names_a_row(runs, key):
    """It would make two rows one, or two runs."""
    before = runs.select([key]).cells
    with pytest.raises(ValueError, match=key):
        runs.set_value(key, "mine")
    assert before == runs.select([key]).cells
