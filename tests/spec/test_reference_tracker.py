"""Methods and properties of a Tracker, as the reference lists them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.spec.shown import OWN, TRACK_ID, cells, records
from xetrack import Reader, Tracker


@pytest.fixture
def tracker():
    """A tracker on a file."""
    return Tracker("track.db")


def test_log_takes_any_keys_and_returns_the_row(tracker):
    """Columns come as they are needed."""
    row = tracker.log({"accuracy": 0.95, "loss": 0.05, "epoch": 10})
    assert cells({"accuracy": 0.95, "loss": 0.05, "epoch": 10, **OWN}) == cells(row)
    assert row == tracker.latest
    row = tracker.log({"model": "bert", "dataset": "squad"})
    assert cells({"model": "bert", "dataset": "squad", **OWN}) == cells(row)
    assert row == tracker.latest
    names = ["timestamp", "track_id", "accuracy", "loss", "epoch", "model", "dataset"]
    assert names == tracker.columns


def test_log_batch_stores_every_event(tracker):
    """`log_batch` stores every event, and returns a row as `log` does: the last."""
    row = tracker.log_batch(
        [
            {"step": 1, "loss": 0.5},
            {"step": 2, "loss": 0.3},
            {"step": 3, "loss": 0.1},
        ]
    )
    assert cells({"step": 3, "loss": 0.1, **OWN}) == cells(row)
    assert [(1, 0.5), (2, 0.3), (3, 0.1)] == [(one["step"], one["loss"]) for one in tracker]


def test_the_properties_say_what_the_tracker_is(tracker):
    """The properties say what the tracker is, of the types that are listed."""
    tracker.set_param("model", "bert")
    tracker.log({"accuracy": 0.95})
    assert (str(Path("track.db").absolute()), "default") == (tracker.db, tracker.table_name)
    assert ["timestamp", "track_id", "accuracy", "model"] == tracker.columns
    kinds = {"timestamp": "text", "track_id": "text", "accuracy": "float", "model": "text"}
    assert kinds == tracker.dtypes
    assert TRACK_ID == tracker.track_id
    assert {"model": "bert"} == tracker.params
    assert cells({"accuracy": 0.95, "model": "bert", **OWN}) == cells(tracker.latest)
    assert [(0.95,)] == tracker.conn.execute('SELECT accuracy FROM "default"').fetchall()


def test_nothing_was_logged_last_before_the_first_row(tracker):
    """Nothing was logged last before the first row, and there are no params."""
    assert ({}, {}) == (tracker.latest, tracker.params)


def test_params_reach_all_future_events(tracker):
    """One or many; a later value replaces an earlier one."""
    tracker.set_param("model", "gpt")
    tracker.log({"step": 1})
    tracker.set_params({"model": "bert", "version": "v2"})
    row = tracker.log({"step": 2})
    assert cells({"step": 2, "model": "bert", "version": "v2", **OWN}) == cells(row)
    assert {"model": "bert", "version": "v2"} == tracker.params
    assert [("gpt", None), ("bert", "v2")] == [(one["model"], one["version"]) for one in tracker]


def test_a_value_is_set_in_this_run_where_a_condition_holds(tracker):
    """`set_value` in all of its rows; both leave other runs alone."""
    other = Tracker("track.db")
    for one in (tracker, other):
        one.log_batch([{"accuracy": 0.95}, {"accuracy": 0.5}])
    tracker.set_where("label", "good", "accuracy", 0.95)
    assert ["good", None] == [row["label"] for row in tracker]
    tracker.set_value("accuracy", 0.95)
    assert [0.95, 0.95] == [row["accuracy"] for row in tracker]
    assert [(0.95, None), (0.5, None)] == [(row["accuracy"], row["label"]) for row in other]


def test_queries_are_of_this_run_unless_all_are_asked_for(tracker):
    """Frames, rows, columns and counts."""
    Tracker("track.db").log({"accuracy": 0.1})
    tracker.log_batch([{"accuracy": at / 10} for at in range(8)])
    assert isinstance(tracker.to_df(), pd.DataFrame)
    assert (8, 9) == (len(tracker.to_df(all=False)), len(tracker.to_df(all=True)))
    assert [0.0, 0.1, 0.2, 0.3, 0.4] == tracker.head(n=5)["accuracy"].tolist()
    assert tracker.head(5).equals(tracker.head())
    assert [0.3, 0.4, 0.5, 0.6, 0.7] == tracker.tail(n=5)["accuracy"].tolist()
    assert tracker.tail(5).equals(tracker.tail())
    assert (9, 8, 8) == (tracker.count_all(), tracker.count_run(), len(tracker))
    assert isinstance(tracker["accuracy"], pd.Series)
    assert [at / 10 for at in range(8)] == tracker["accuracy"].tolist()
    assert cells({**OWN, "accuracy": 0.0}) == cells(tracker[1])


def test_a_run_or_all_runs_are_exported(tracker):
    """A run or all runs are exported, as CSV and Parquet that pandas reads."""
    Tracker("track.db").log({"accuracy": 0.1})
    tracker.log_batch([{"accuracy": 0.9, "model": "bert"}, {"accuracy": 0.8}])
    for export, read in ((tracker.to_csv, pd.read_csv), (tracker.to_parquet, pd.read_parquet)):
        export("output.file", all=False)
        assert records(tracker.to_df()) == records(read("output.file"))
        export("output.file", all=True)
        assert records(tracker.to_df(all=True)) == records(read("output.file"))


def test_the_utilities_need_no_tracker():
    """A new name for a run, and two names of databases that are no files."""
    assert TRACK_ID == Tracker.generate_track_id()
    assert Tracker.generate_track_id() != Tracker.generate_track_id()
    assert ":memory:" == Tracker.IN_MEMORY
    tracker = Tracker(Tracker.SKIP_INSERT)
    tracker.log({"accuracy": 0.9})
    assert (0, 0.9) == (len(tracker), tracker.latest["accuracy"])


def test_a_renamed_param_makes_a_new_column(tracker):
    """The old one stays, empty for new rows."""
    tracker.log({"lr": 0.1})
    tracker.log({"rate": 0.2})
    assert [(0.1, None), (None, 0.2)] == [(row["lr"], row["rate"]) for row in tracker]


def test_two_trackers_of_one_database_add_the_same_column(tracker):
    """Neither knows of the other's, and no row fails."""
    second = Tracker("track.db")
    tracker.log({"accuracy": 0.9})
    second.log({"accuracy": 0.8})
    assert [0.9, 0.8] == Reader("track.db").to_df()["accuracy"].tolist()
