"""Rows that xetrack 0.7 wrote can be changed and deleted, and only those that were named."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker, XetrackWarning


@pytest.fixture
def reader(old):
    """A reader of an old file."""
    with Reader(old / "runs.db") as made:
        yield made


def _changed(rows, column, value, where):
    return [{**row, column: value} if where(row) else row for row in rows]


WIDER = pytest.mark.filterwarnings("ignore:.*from now on it takes")


@WIDER
@pytest.mark.parametrize(
    ("column", "value"),
    [("epoch", "007"), ("accuracy", 2**70), ("brand_new", True), ("note", None), ("ok", 0.5)],
)
def test_a_value_is_set_in_one_run(reader, expected, present, column, value):
    """Of any kind, in old columns and new ones; the other runs keep what they had."""
    assert 5 == reader.set_value(column, value, track_id="third-run-0003")
    wanted = _changed(
        expected["runs.db"]["default"],
        column,
        value,
        lambda row: row["track_id"] == "third-run-0003",
    )
    assert present(wanted) == present(reader.select().dicts())


@WIDER
def test_a_value_is_set_in_all_rows(reader, expected, present):
    """Without a run, in every row of the table, and in no other table."""
    assert 14 == reader.set_value("ok", value=True)
    wanted = _changed(expected["runs.db"]["default"], "ok", True, lambda row: True)
    assert present(wanted) == present(reader.select().dicts())


@pytest.mark.parametrize(
    ("key", "sought", "rows"),
    [
        ("accuracy", "n/a", 1),
        ("accuracy", 1, 1),
        ("label", "007", 1),
        ("label", 7, 0),
        ("note", "5", 1),
        ("note", 5, 0),
        ("ok", 1, 1),
        ("raw", b"\x00\xff", 1),
        ("Invalid_key", 1, 1),
        ("accuracy", None, 6),
    ],
)
def test_a_value_is_set_where_another_is(reader, key, sought, rows):
    """Old cells are compared by value; a number never equals a text."""
    assert rows == reader.set_where("found", "yes", key, sought)
    assert rows == list(reader.to_df().get("found", [])).count("yes")


def test_a_run_is_deleted(reader, expected, present):
    """A run is deleted: all of its rows, and no other."""
    assert 7 == reader.delete_run("first-run-0001")
    left = [row for row in expected["runs.db"]["default"] if row["track_id"] != "first-run-0001"]
    assert present(left) == present(reader.select().dicts())


def test_a_tracker_goes_on_with_an_old_run(old):
    """With the track id of the run, its old rows count as the tracker's own."""
    with Tracker(old / "runs.db", track_id="third-run-0003") as tracker:
        assert 5 == len(tracker)
        with pytest.warns(XetrackWarning, match="'test_accuracy' held float.*takes text"):
            assert 5 == tracker.set_value("test_accuracy", "unknown")
        assert 1 == tracker.set_where("loss", 0.25, "function_name", "train")
        assert {"unknown"} == set(tracker["test_accuracy"])
        assert "add" == tracker[1]["function_name"]
        assert "power" == tracker[-1]["function_name"]


def test_reset_empties_an_old_table_and_no_other(old, expected, present):
    """The new table begins without rows; what the others hold is as it was."""
    with Tracker(old / "runs.db", reset=True) as tracker:
        tracker.log({"epoch": "007"})
        assert ["007"] == [row["epoch"] for row in tracker]
        assert 1 == tracker.count_all()
    found = Reader(old / "runs.db", table="objects").select().dicts()
    assert present(expected["runs.db"]["objects"]) == present(found)
