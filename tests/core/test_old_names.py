"""Names that scripts of 0.7 use: they go on working."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

import xetrack
from xetrack import Reader, Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError


@pytest.fixture
def tracker(tmp_path):
    """A tracker of the run `first`."""
    with Tracker(tmp_path / "runs.db", {"model": "a"}, track_id="first") as made:
        yield made


def test_a_new_run_goes_on_from_a_track_id_that_is_set(tracker):
    """Rows, batches, calls, params and reading all belong to the new run."""
    for name in ("first", "second"):
        tracker.track_id = name
        for epoch in range(2):
            assert name == tracker.log({"epoch": epoch})["track_id"]
        tracker.log_batch([{"epoch": 2}])
        tracker.track(len, args=["x"])
        assert [name] * 4 == tracker["track_id"].tolist()
        assert ["a"] * 4 == tracker["model"].tolist()
    assert (4, 8) == (len(tracker), tracker.count_all())
    assert 4 == tracker.set_value("best", True)
    assert "'second'" in repr(tracker)
    assert "second" == pickle.loads(pickle.dumps(tracker)).track_id
    for wrong in ("", None, 3):
        with pytest.raises(InvalidArgumentError, match="track_id"):
            tracker.track_id = wrong
    assert "second" == tracker.track_id


def test_warnings_may_be_asked_and_set(tracker, recwarn):
    """As the option of the same name, of which they are the value."""
    assert tracker.warnings
    tracker.warnings = False
    assert not tracker.warnings
    tracker.log({"a b": 1, "a_b": 2})
    assert [] == list(recwarn)
    tracker.warnings = True
    with pytest.warns(XetrackWarning, match="'c d'"):
        tracker.log({"c_d": 1, "c d": 2})


def test_the_name_of_the_table_is_known_to_readers(tracker, tmp_path):
    """As to trackers."""
    assert "default" == tracker.table_name == Reader(tmp_path / "runs.db").table_name


@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_messages_go_to_the_logs(tmp_path, level):
    """A text, or values; the database gets no row."""
    options = {"logs_path": tmp_path / "logs", "jsonl": tmp_path / "rows.jsonl"}
    with Tracker(tmp_path / "a.db", track_id="first", **options) as tracker:
        getattr(tracker.logger, level)("loaded")
        getattr(tracker.logger, level)({"rows": 7})
        assert 0 == len(tracker)
    lines = Reader.read_jsonl(tmp_path / "rows.jsonl")
    assert [level.upper()] * 2 == lines["level"].tolist()
    for frame in (lines, Reader.read_logs(tmp_path / "logs")):
        assert ("loaded", 7) == (frame["message"][0], frame["rows"][1])
        assert ["first"] * 2 == frame["track_id"].tolist()
    with pytest.raises(InvalidArgumentError, match="logs_path"):
        getattr(Tracker(":memory:").logger, level)("nowhere")


def test_the_backend_may_be_chosen_automatically():
    """The first that is installed."""
    xetrack.set_backend("auto")
    assert "pandas" == xetrack.get_backend()


@pytest.mark.parametrize("db", ["runs.db", ":memory:"])
def test_cells_of_sqlite_rows_are_found_by_name(tmp_path, db):
    """They are tuples all the same."""
    with Tracker(tmp_path / db if db != ":memory:" else db) as tracker:
        tracker.log({"acc": 0.5, "n": 1})
        (row,) = tracker.conn.execute("SELECT acc, n AS Number FROM events").fetchall()
        assert (0.5, 1) == row
        assert "(0.5, 1)" == repr(row)
        assert (0.5, 1, 0.5) == (row["acc"], row["number"], row[0])
        assert ["acc", "Number"] == row.keys()
        assert {"acc": 0.5, "Number": 1} == {name: row[name] for name in row.keys()}  # noqa: SIM118
        with pytest.raises(IndexError, match="There are: acc, Number"):
            row["loss"]
        frame = pd.read_sql("SELECT acc FROM events", tracker.conn)
        assert [0.5] == frame["acc"].tolist()
        assert [0.5] == tracker["acc"].tolist()
