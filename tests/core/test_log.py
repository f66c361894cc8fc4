"""`log` and `log_batch`: what they return, keep and leave alone."""

from __future__ import annotations

import pathlib
from collections import ChainMap

import pandas as pd
import pytest

from xetrack import Reader, Tracker, XetrackError
from xetrack.errors import UnsupportedValueError


@pytest.mark.parametrize("times", [1, 3])
def test_log_returns_the_row_as_it_is_stored(db, times):
    """`log` returns the row as it is stored, with params and identity.

    `latest` and a reader see the same.
    """
    with Tracker(db, {"model": "bert"}) as tracker:
        assert {} == tracker.latest
        for _ in range(times):
            row = tracker.log({"loss": 0.1, "a b": 1})
        expected = {"loss": 0.1, "a_b": 1, "model": "bert", "track_id": tracker.track_id}
        assert {**expected, "timestamp": row["timestamp"]} == row == tracker.latest
    assert row == Reader(db).select(tail=1).dicts()[0]


def test_log_batch_returns_its_last_row(tracker):
    """`log_batch` returns its last row, and nothing for an empty batch, whatever was logged
    before.
    """
    row = tracker.log_batch([{"step": 1}, {"step": 2, "loss": 0.5}])
    assert (2, 0.5) == (row["step"], row["loss"])
    assert row == tracker.latest
    assert {} == tracker.log_batch([])
    assert 2 == len(tracker)


def test_a_batch_and_single_rows_give_the_same_columns(tracker):
    """A batch and single rows give the same columns: rows of differing keys, with params."""
    tracker.set_params({"p": 1, "step": -1})
    rows = [{"step": 1, "x": "a"}, {"x": None, "y": 2.5}, {}]
    for row in rows:
        tracker.log(row)
    tracker.log_batch(rows)
    stored = [{k: v for k, v in row.items() if k != "timestamp"} for row in tracker]
    assert stored[:3] == stored[3:]
    assert [1, -1, -1] == [row["step"] for row in stored[:3]]


@pytest.mark.parametrize("times", [1, 3])
def test_promise_21_what_the_caller_gives_is_not_changed_nor_kept(db, times):
    """Neither the dict, nor lists and dicts in it, nor the params."""
    params = {"tags": ["p"]}
    inner = {"a": [1]}
    data = {"x": inner, "n": 1}
    with Tracker(db, params) as tracker:
        for _ in range(times):
            returned = tracker.log(data)
            tracker.log_batch([data])
        inner["a"].append(2)
        params["tags"].append("q")
        returned["x"]["a"].append(3)
        tracker.params["tags"].append("r")
        tracker.latest["x"]["a"].append(4)
        row = tracker.log({})
        assert ({"a": [1]}, ["p"]) == (tracker[-2]["x"], row["tags"])
        assert [["p"]] * (2 * times + 1) == [row["tags"] for row in tracker]
    assert {"x": {"a": [1, 2]}, "n": 1} == data


def test_any_mapping_can_be_logged(tracker):
    """Any mapping can be logged, and an empty one is a row too."""
    tracker.log(ChainMap({"a": 1}, {"b": 2}))
    tracker.log({})
    assert [(1, 2), (None, None)] == [(row["a"], row["b"]) for row in tracker]


@pytest.mark.parametrize("data", [[("a", 1)], None, 7, "text"])
def test_what_is_no_mapping_is_a_value_error(tracker, data):
    """As a row, among the rows of a batch, as params; it stores nothing."""
    for attempt in (
        lambda: tracker.log(data),
        lambda: tracker.log_batch([{"x": 1}, data]),
        lambda: tracker.log_batch([data]),
        lambda: tracker.set_params(data),
    ):
        with pytest.raises(ValueError, match="Give a mapping of names to values"):
            attempt()
    assert (0, {}) == (len(tracker), tracker.params)


@pytest.mark.parametrize("data", [{"x": 1}, pd.Series({"x": 1}), iter([{"x": 1}]), None])
def test_what_is_no_list_is_no_batch(tracker, data):
    """What is no list is no batch, nor is an empty one of another sort."""
    with pytest.raises(ValueError, match="Give a list of mappings"):
        tracker.log_batch(data)
    assert 0 == len(tracker)


def test_promise_4_a_batch_is_stored_whole_or_not_at_all(tracker):
    """A batch is stored whole or not at all, and raises; the next row is stored as ever."""
    for bad in ({"x": object()}, {"": 1}):
        with pytest.raises(XetrackError):
            tracker.log_batch([{"x": 1}, {"x": 2}, bad])
    assert 0 == len(tracker)
    tracker.log({"x": 3})
    assert [3] == [row["x"] for row in tracker]


def test_promise_4_a_failed_log_leaves_no_open_transaction(db):
    """Another program can write at once."""
    with Tracker(db) as tracker, Tracker(db) as other:
        with pytest.raises(UnsupportedValueError):
            tracker.log({"x": object()})
        other.log({"x": 1})
        tracker.log({"x": 2})
        assert 2 == other.count_all()


def test_a_tracker_can_be_used_after_it_was_closed(db):
    """A later call opens the file again; closing twice does nothing."""
    tracker = Tracker(db)
    tracker.log({"x": 1})
    tracker.close()
    tracker.close()
    tracker.log({"x": 2})
    tracker.log_batch([{"x": 3}])
    assert [1, 2, 3] == [row["x"] for row in tracker]
    tracker.close()


def test_databases_are_named_by_text_or_path(tmp_path, monkeypatch):
    """Wherever one is expected; the default is `track.db` here."""
    Tracker(tmp_path / "a.db").log({"x": 1})
    Tracker(str(tmp_path / "a.db")).log({"x": 2})
    assert 2 == len(Reader(pathlib.PurePath(tmp_path / "a.db")))
    assert 2 == len(Reader.read_db(str(tmp_path / "a.db")))
    monkeypatch.chdir(tmp_path)
    Tracker().log({"x": 1})
    assert 1 == len(Reader("track.db"))


def test_each_tracker_in_memory_is_alone():
    """Nothing is written to a file."""
    one, other = Tracker(Tracker.IN_MEMORY), Tracker(":memory:")
    one.log({"x": 1})
    assert (1, 0) == (one.count_all(), other.count_all())
    assert not pathlib.Path(":memory:").exists()


def test_a_batch_may_have_rows_of_no_key_or_of_one(tracker):
    """They have a timestamp all the same."""
    tracker.log_batch([{}, {}])
    tracker.log_batch([{"x": 1}, {"x": None}])
    assert [None, None, 1, None] == [row.get("x") for row in tracker]
