"""The quickstart of the guide, with params, tables, and values set back in time."""

from __future__ import annotations

import pytest

from tests.dtypes import TEXT
from tests.spec.shown import OWN, cells, records
from xetrack import Reader, Tracker

FIRST = {"accuracy": 0.9, "loss": 0.1, "epoch": 1, "model": "resnet18"}


@pytest.fixture
def tracker():
    """The tracker of the first example, after its first row."""
    tracker = Tracker("database_db", params={"model": "resnet18"})
    tracker.log({"accuracy": 0.9, "loss": 0.1, "epoch": 1})
    return tracker


def test_log_is_all_one_needs_and_latest_shows_the_row(tracker, here):
    """With the params, and what names it, in the order that is shown."""
    assert cells({**FIRST, **OWN}) == cells(tracker.latest)
    assert (here / "database_db").is_file()


def test_all_runs_come_back_as_a_frame(tracker):
    """The names of a row first; numbers as numbers."""
    frame = tracker.to_df(all=True)
    assert ["timestamp", "track_id", *FIRST] == list(frame.columns)
    assert [{**OWN, **FIRST}] == records(frame)
    assert [0] == list(frame.index)
    wanted = [TEXT, TEXT, "float64", "float64", "int64", TEXT]
    assert wanted == [str(dtype) for dtype in frame.dtypes]


def test_one_database_holds_several_tables():
    """Each of them with rows and columns of its own."""
    model_tracker = Tracker("experiments_db", table="model_experiments")
    data_tracker = Tracker("experiments_db", table="data_experiments")
    model_tracker.log({"accuracy": 0.9})
    data_tracker.log({"rows": 10})
    assert ["data_experiments", "model_experiments"] == sorted(Reader("experiments_db").tables)
    assert [{**OWN, "accuracy": 0.9}] == records(model_tracker.to_df(all=True))
    assert [{**OWN, "rows": 10}] == records(data_tracker.to_df(all=True))


def test_params_are_added_to_every_future_row(tracker):
    """`log` returns the row with them."""
    tracker.set_params({"model": "resnet18", "dataset": "cifar10"})
    row = tracker.log({"accuracy": 0.9, "loss": 0.1, "epoch": 2})
    assert cells({**FIRST, "epoch": 2, "dataset": "cifar10", **OWN}) == cells(row)


def test_a_value_can_be_set_back_in_time_in_a_whole_run(tracker):
    """What an earlier row never had stays missing in the frame."""
    tracker.set_params({"model": "resnet18", "dataset": "cifar10"})
    tracker.log({"accuracy": 0.9, "loss": 0.1, "epoch": 2})
    tracker.set_value("test_accuracy", 0.9)
    frame = tracker.to_df()
    assert [
        {**OWN, **FIRST, "dataset": None, "test_accuracy": 0.9},
        {**OWN, **FIRST, "epoch": 2, "dataset": "cifar10", "test_accuracy": 0.9},
    ] == records(frame)
    assert "float64" == str(frame["test_accuracy"].dtype)
    assert {tracker.track_id} == set(frame["track_id"])
    assert frame["timestamp"].is_monotonic_increasing
    assert frame["timestamp"].is_unique


def test_print_shows_the_metrics_of_the_run():
    """Each row on one line, with its number, as pandas has it, and gaps as NaN; then the run."""
    tracker = Tracker("database_db")
    tracker.log({"date": "16-08-2023 00:21:46", "b": 2.0, "a": 1.0})
    tracker.log({"date": "16-08-2023 00:24:21", "accuracy": 1.0})
    header, first, second, last = str(tracker).splitlines()
    assert ["date", "b", "a", "accuracy"] == header.split()
    assert ["0", "2.0", "1.0", "NaN"] == [first.split()[0], *first.split()[-3:]]
    assert ["1", "NaN", "NaN", "1.0"] == [second.split()[0], *second.split()[-3:]]
    assert f"[2 rows of the run {tracker.track_id}]" == last


def test_a_column_and_the_frame_of_the_run_are_at_hand(tracker):
    """By name, and as a frame."""
    assert [0.9] == tracker["accuracy"].tolist()
    assert "accuracy" == tracker["accuracy"].name
    assert [{**OWN, **FIRST}] == records(tracker.to_df())


def test_sql_runs_on_the_connection_of_the_driver(tracker):
    """The table has the name `events` beside its own."""
    (row,) = tracker.conn.execute("SELECT * FROM events WHERE accuracy > 0.8").fetchall()
    assert (0.9, 0.1, 1, "resnet18") == row[2:]
    assert [] == tracker.conn.execute("SELECT * FROM events WHERE accuracy > 0.9").fetchall()


def test_db_events_names_the_default_table_in_sql_of_users(tracker):
    """`db.events` names the default table in SQL of users, and so do `events`, `db.default` and the
    quoted name.
    """
    tracker.log({"accuracy": 0.5})
    for name in ("db.events", "events", "db.default", '"default"'):
        answer = Reader("database_db").engine.sql(
            f"SELECT accuracy FROM {name} WHERE accuracy > 0.8"
        )
        assert [(0.9,)] == list(answer.rows)


def test_a_tracker_in_memory_leaves_its_logs_only(here):
    """A tracker in memory leaves its logs only, and has its rows as long as it lives."""
    tracker = Tracker(Tracker.IN_MEMORY, logs_path="logs/")
    tracker.log({"accuracy": 0.9})
    assert ([0.9], ["logs"]) == (tracker["accuracy"].tolist(), [one.name for one in here.iterdir()])
    assert [0.9] == Reader.read_logs("logs/")["accuracy"].tolist()
