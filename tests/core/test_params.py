"""Params, `reset`, and values set back in time."""

from __future__ import annotations

import math

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import (
    ColumnNotFoundError,
    InvalidArgumentError,
    InvalidKeyError,
    XetrackError,
)


def test_params_go_into_every_later_row(tracker):
    """Params go into every later row, not into earlier ones; a row's own value wins, None too."""
    tracker.log({"x": 0})
    tracker.set_params({"model": "resnet18", "lr": 0.1})
    tracker.set_param("lr", 0.2)
    tracker.log({"x": 1})
    tracker.log({"x": 2, "model": "bert", "lr": None})
    tracker.log_batch([{"x": 3}, {"x": 4, "lr": 0.3}])
    rows = [(row["x"], row["model"], row["lr"]) for row in tracker]
    assert [
        (0, None, None),
        (1, "resnet18", 0.2),
        (2, "bert", None),
        (3, "resnet18", 0.2),
        (4, "resnet18", 0.3),
    ] == rows
    assert {"model": "resnet18", "lr": 0.2} == tracker.params


@pytest.mark.filterwarnings("ignore:The column 'lr' held")
def test_changed_params_reach_rows_of_a_known_shape(tracker):
    """A row that was logged often is not stored with old ones."""
    for lr in (0.1, 0.2, "none"):
        tracker.set_param("lr", lr)
        for _ in range(3):
            tracker.log({"x": 1})
    assert [0.1] * 3 + [0.2] * 3 + ["none"] * 3 == [row["lr"] for row in tracker]


def test_bad_params_change_nothing(tracker):
    """All or none of them are taken."""
    tracker.set_params({"a": 1})
    with pytest.raises(InvalidKeyError):
        tracker.set_params({"b": 2, "": 3})
    with pytest.raises(XetrackError):
        tracker.set_params({"b": 2, "c": object()})
    assert {"a": 1} == tracker.params


def test_reset_drops_the_rows_of_its_table_only(db):
    """Others stay, and the columns start anew."""
    for table in ("default", "other"):
        Tracker(db, table=table).log({"old": 1})
    tracker = Tracker(db, reset=True)
    assert (0, ["timestamp", "track_id"]) == (tracker.count_all(), tracker.columns)
    tracker.log({"new": 1})
    assert (1, 1) == (len(Reader(db)), len(Reader(db, table="other")))


def test_a_tracker_that_cannot_be_made_resets_nothing(db):
    """A mistake in another argument costs no row."""
    Tracker(db).log({"x": 1})
    with pytest.raises(XetrackError):
        Tracker(db, {"": 1}, reset=True)
    assert 1 == len(Reader(db))


@pytest.mark.filterwarnings("ignore:The column 'x' held")
def test_promise_16_set_value_touches_this_run_and_says_how_many_rows(db):
    """Earlier and other runs stay."""
    with Tracker(db) as one, Tracker(db) as other:
        one.log_batch([{"x": 1}, {"x": 2}])
        other.log({"x": 3})
        assert 2 == one.set_value("test_accuracy", 0.9)
        assert [0.9, 0.9] == [row["test_accuracy"] for row in one]
        assert [None] == [row["test_accuracy"] for row in other]
        assert 2 == one.set_value("x", "all")
        assert ([3], ["all"] * 2) == ([r["x"] for r in other], [r["x"] for r in one])


@pytest.mark.parametrize(
    ("wanted", "number"),
    [(1, 2), (1.0, 2), ("1", 1), (None, 1), (math.nan, 1), (True, 2), (b"1", 0), (2, 0)],
)
def test_promise_16_set_where_touches_the_rows_of_this_run_that_fit(db, wanted, number):
    """`set_where` touches the rows of this run that fit: a number equals a number of its value,
    never a text.
    """
    with Tracker(db, warnings=False) as one, Tracker(db, warnings=False) as other:
        for tracker in (one, other):
            for value in (1, 1.0, "1", None, math.nan):
                tracker.log({"accuracy": value})
        assert number == one.set_where("label", "good", "accuracy", wanted)
        assert number == [row.get("label") for row in one].count("good")
        assert 0 == [row.get("label") for row in other].count("good")


def test_set_where_of_a_missing_column_is_an_error_that_names_near_ones(tracker):
    """`set_where` of a missing column is an error that names near ones, and changes nothing."""
    tracker.log({"accuracy": 1})
    with pytest.raises(ColumnNotFoundError, match="Did you mean 'accuracy'"):
        tracker.set_where("label", "good", "acuracy", 1)
    assert 0 == tracker.set_where("label", "good", "accuracy", 2)


def test_set_where_takes_the_key_that_was_logged(tracker):
    """As `log` does, whatever the column is called."""
    tracker.log({"a b": 1})
    assert 1 == tracker.set_where("label", "good", "a b", 1)


def test_set_where_can_name_one_row(tracker):
    """`set_where` can name one row by its timestamp."""
    stamps = [tracker.log({"x": at})["timestamp"] for at in range(3)]
    assert 1 == tracker.set_where("x", 9, "timestamp", stamps[1])
    assert [0, 9, 2] == [row["x"] for row in tracker]


def test_set_value_before_the_first_row_touches_none(tracker):
    """`set_value` before the first row touches none, and is no error."""
    assert 0 == tracker.set_value("x", 1)


@pytest.mark.parametrize(
    "options", [{"db": 5}, {"db": ""}, {"durability": "fast"}, {"args_length": "long"}]
)
def test_an_option_that_cannot_be_used_is_named_with_what_can(tmp_path, options):
    """An option that cannot be used is named with what can before any file is made."""
    name, value = next(iter(options.items()))
    with pytest.raises(InvalidArgumentError, match=f"{name}={value!r} cannot be used. Give "):
        Tracker(**{"db": tmp_path / "new.db", **options})
    assert [] == list(tmp_path.iterdir())
