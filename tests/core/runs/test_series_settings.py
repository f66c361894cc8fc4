"""Goal, unit and axis of a metric are set once, and hold for all runs of the table."""

from __future__ import annotations

import pytest

import xetrack
from xetrack import Reader, Tracker
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import InvalidArgumentError, InvalidTableError, StorageError
from xetrack.interfaces.runs.series import SeriesSettings


def settings_of(db, **options):
    with Reader(db, **options) as reader:
        return reader.series_settings()


def test_what_a_tracker_defines_a_reader_has(db):
    """Before the first row of the metric and after, by each setting on its own."""
    with Tracker(db) as tracker:
        tracker.define("loss", goal="min", unit="nats")
        tracker.log({"loss": 0.5, "acc": 0.1})
        tracker.define("loss", x="epoch")
        tracker.define("acc", goal="max")
        tracker.define("other")
    assert settings_of(db) == {
        "loss": SeriesSettings(goal="min", unit="nats", x="epoch"),
        "acc": SeriesSettings(goal="max"),
    }


def test_what_was_said_last_counts(db):
    """An empty text removes a setting; a metric without any is not among them."""
    with Tracker(db) as tracker:
        tracker.log({"loss": 0.5})
        tracker.define("loss", goal="max", unit="nats")
    with Reader(db) as reader:
        assert reader.define("loss", goal="min") == SeriesSettings(goal="min", unit="nats")
        assert reader.define("loss", unit="") == SeriesSettings(goal="min")
        assert reader.define("loss", goal="") == SeriesSettings()
        assert reader.define("loss") == SeriesSettings()
        assert reader.series_settings() == {}


def test_settings_belong_to_one_table(db):
    """Another table of the database has its own."""
    for table, goal in (("default", "min"), ("other", "max")):
        with Tracker(db, table=table) as tracker:
            tracker.define("loss", goal=goal)
    assert settings_of(db)["loss"].goal == "min"
    assert settings_of(db, table="other")["loss"].goal == "max"


def test_a_metric_is_known_by_its_key(db):
    """Whether it was named by the key or by the column that holds it."""
    with Tracker(db) as tracker:
        tracker.define("val/loss", unit="nats")
        tracker.log({"val/loss": 0.5, "the epoch": 1})
        tracker.define("val_loss", goal="min", x="the_epoch")
    expected = SeriesSettings(goal="min", unit="nats", x="the epoch")
    assert settings_of(db) == {"val/loss": expected}


def test_the_table_of_settings_is_hidden(db):
    """It is neither listed nor written into by users, and is read by its name."""
    with Tracker(db) as tracker:
        tracker.define("loss", goal="min")
        tracker.log({"loss": 0.5})
    with pytest.raises(InvalidTableError, match="settings of metrics"):
        Tracker(db, table="xetrack_series")
    with Reader(db) as reader:
        assert reader.tables == ["default"]
    with Reader(db, table="xetrack_series") as reader:
        assert reader.to_df()["goal"].tolist() == ["min"]


def test_a_copy_takes_settings_along(db, tmp_path):
    """Those of the tables that are copied, and once only."""
    for table in ("default", "other"):
        with Tracker(db, table=table) as tracker:
            tracker.define("loss", goal="min")
            tracker.log({"loss": 0.5})
    for _ in range(2):
        xetrack.copy(db, tmp_path / "copy.db")
    assert settings_of(tmp_path / "copy.db") == {"loss": SeriesSettings(goal="min")}
    assert settings_of(tmp_path / "copy.db", table="other") == {}
    with Reader(tmp_path / "copy.db", table="xetrack_series") as reader:
        assert len(reader) == 1


def test_settings_in_a_loop_are_stored_once(db):
    """A program may define a metric with each row."""
    with Tracker(db) as tracker:
        for loss in range(5):
            tracker.define("loss", goal="min")
            tracker.log({"loss": loss})
    with Reader(db, table="xetrack_series") as reader:
        assert len(reader) == 1


class WithoutSettings(SQLiteEngine):
    """Has no room for settings."""

    def inserter(self, table, fields):
        if table == "xetrack_series":
            raise StorageError(self.location, "Writing to", "the disk is full")
        return super().inserter(table, fields)


def test_settings_that_cannot_be_stored_cost_no_row(tmp_path):
    """A warning, and all rows."""
    with Tracker(tmp_path / "runs.db", engine=WithoutSettings) as tracker:
        with pytest.warns(xetrack.XetrackWarning, match="settings of the metric 'loss'"):
            tracker.define("loss", goal="min")
        tracker.log({"loss": 0.5})
        assert len(tracker) == 1


def test_a_tracker_that_keeps_no_rows_takes_settings(tmp_path):
    """They go where its rows go."""
    with Tracker(Tracker.SKIP_INSERT, logs_path=tmp_path) as tracker:
        tracker.define("loss", goal="min")
        tracker.log({"loss": 0.5})
        assert tracker.series_settings() == {}
    assert len(list(Reader.read_logs(tmp_path).itertuples())) == 1


def test_settings_of_strangers_are_passed_over(tmp_path):
    """Whoever can write the database can write anything there."""
    with Tracker(tmp_path / "runs.db") as tracker:
        tracker.define("loss", goal="min", unit="nats")
        tracker.log({"loss": 0.5})
        tracker.conn.execute("UPDATE xetrack_series SET goal = 'best', unit = x'00'")
    assert settings_of(tmp_path / "runs.db") == {}


@pytest.mark.parametrize("wrong", [{"goal": "up"}, {"goal": 1}, {"unit": 1}, {"x": b"epoch"}])
def test_a_wrong_setting_is_refused(db, wrong):
    """By trackers and readers alike."""
    with Tracker(db) as tracker:
        tracker.log({"loss": 0.5})
        with pytest.raises(InvalidArgumentError):
            tracker.define("loss", **wrong)
        with pytest.raises(InvalidArgumentError):
            tracker.define("", goal="min")
    with Reader(db) as reader, pytest.raises(InvalidArgumentError):
        reader.define("loss", **wrong)
