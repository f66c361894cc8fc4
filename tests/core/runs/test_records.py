"""The record of a run says who ran what, and how it ended, on every engine."""

from __future__ import annotations

import os
import pickle
import sys
import time
import warnings
from contextlib import closing
from threading import Thread

import pytest

import xetrack
from tests.engines import opened
from xetrack import Reader, Tracker, XetrackWarning
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import InvalidArgumentError, InvalidTableError, RunNotFoundError, StorageError
from xetrack.interfaces.runs.record import RunStatus


def record_of(db, track_id="first", **options):
    with Reader(db, **options) as reader:
        return reader.run(track_id)


def test_a_record_says_who_ran_what(db):
    """Everything that costs nothing to know is there."""
    with Tracker(
        db,
        {"lr": 0.1},
        track_id="first",
        name="wide",
        group="sweep",
        parent="before",
        tags=["a", "b", "a"],
        notes="try it",
    ) as tracker:
        tracker.log({"loss": 0.5})
    record = record_of(db)
    assert record.status is RunStatus.FINISHED
    assert (record.name, record.group, record.parent) == ("wide", "sweep", "before")
    assert record.tags == ("a", "b")
    assert record.notes == "try it"
    assert record.params == {"lr": 0.1}
    assert record.pid == os.getpid()
    assert record.argv == tuple(sys.argv)
    assert record.cwd == os.getcwd()  # noqa: PTH109
    assert record.host == os.uname().nodename
    assert record.python == ".".join(map(str, sys.version_info[:3]))
    assert record.started.tzinfo is not None
    assert record.started <= record.ended
    assert record.duration.total_seconds() >= 0


def test_a_tracker_that_never_logs_leaves_no_record(db):
    """It is only made, or only read with."""
    with Tracker(db, track_id="first") as tracker:
        tracker.run.add_tags("x")
    with Tracker(db, track_id="second") as tracker:
        tracker.log({"x": 1})
    with Reader(db) as reader:
        assert reader.runs()["track_id"].tolist() == ["second"]
        assert reader.tables == ["default"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("too wide"), RunStatus.FAILED),
        (SystemExit(3), RunStatus.FAILED),
        (SystemExit(0), RunStatus.FINISHED),
        (KeyboardInterrupt(), RunStatus.INTERRUPTED),
    ],
)
def test_what_ends_the_block_ends_the_run(db, error, status):
    """An exception fails it, Ctrl-C interrupts it, and a program that exits well is done."""
    with pytest.raises(type(error)):  # noqa: PT012, SIM117 - the block is what is tested
        with Tracker(db, track_id="first") as tracker:
            tracker.log({"x": 1})
            raise error
    record = record_of(db)
    assert record.status is status
    if status is not RunStatus.FINISHED:
        assert record.error_type == type(error).__name__
        assert record.error_message == str(error)


def test_a_run_that_goes_on_is_running(db):
    """Its process is this one, which is there."""
    tracker = Tracker(db, track_id="first")
    tracker.log({"x": 1})
    assert tracker.run.record.status is RunStatus.RUNNING
    assert tracker.run.record.ended is None
    tracker.close()
    assert tracker.run.record.status is RunStatus.FINISHED
    tracker.log({"x": 2})
    assert tracker.run.record.status is RunStatus.RUNNING
    tracker.close()


def test_details_can_change_at_any_time(db):
    """Before the first row, between rows, and back."""
    with Tracker(db, track_id="first", tags=["a"]) as tracker:
        tracker.run.add_tags("b")
        tracker.run.name = "early"
        tracker.log({"x": 1})
        tracker.run.add_tags("c", "a")
        tracker.run.remove_tags("b")
        tracker.run.notes = "late"
        tracker.run.group = "g"
        assert tracker.run.tags == ("a", "c")
    record = record_of(db)
    assert (record.name, record.notes, record.group) == ("early", "late", "g")
    assert record.tags == ("a", "c")


@pytest.mark.parametrize(
    "wrong",
    [{"tags": "a"}, {"tags": [1]}, {"tags": [" "]}, {"name": ""}, {"notes": 3}, {"resume": "yes"}],
)
def test_a_wrong_detail_is_refused(tmp_path, wrong):
    """Nothing is made."""
    with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
        Tracker(tmp_path / "runs.db", track_id="first", **wrong)


def test_a_run_is_resumed_with_its_params(db):
    """Rows, params, tags and record go on; how it ended before counts no more."""
    with pytest.raises(ValueError, match="x"):  # noqa: PT012, SIM117 - as above
        with Tracker(db, {"lr": 0.1, "at": 3}, track_id="first", tags=["a"], name="n") as tracker:
            tracker.log({"loss": 0.5})
            raise ValueError("x")
    assert record_of(db).status is RunStatus.FAILED
    with pytest.warns(XetrackWarning, match="'first' goes on with other params: lr 0.1 → 0.2. Its"):
        tracker = Tracker(db, {"lr": 0.2}, track_id="first", resume=True, tags=["b"])
    with tracker:
        assert tracker.params == {"lr": 0.2, "at": 3}
        row = tracker.log({"loss": 0.25})
        assert row["at"] == 3
        assert len(tracker) == 2
    record = record_of(db)
    assert record.status is RunStatus.FINISHED
    assert record.error_type is None
    assert record.tags == ("a", "b")
    assert record.name == "n"
    assert record.params == {"lr": 0.2, "at": 3}


@pytest.mark.parametrize(
    "params", [{"lr": 0.1, "at": 3}, {"new": 1}, {"lr": [0.1]}, {}, {"lr": 0.1, "deep": {"a": 1}}]
)
def test_a_run_that_goes_on_as_it_was_gives_no_warning(db, params):
    """Nor does one with more params, or with what cannot be compared; or where nobody wants any."""
    with Tracker(db, {"lr": 0.1, "at": 3, "deep": {"a": 1}}, track_id="first") as tracker:
        tracker.log({"loss": 0.5})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", XetrackWarning)
        Tracker(db, params, track_id="first", resume=True).close()
        Tracker(db, {"at": 4}, track_id="first", resume=True, warnings=False).close()
    assert [] == [str(each.message) for each in caught]


def test_a_param_outlasts_rows_without_it(db):
    """Of a program that had some of the params only, and did not go on with the run."""
    for params in ({"lr": 0.1, "layers": 2}, {"lr": 0.3}):
        with Tracker(db, params, track_id="first") as tracker:
            tracker.log({"loss": 0.5})
    with Tracker(db, track_id="first", resume=True) as tracker:
        assert tracker.params == {"lr": 0.3, "layers": 2}


def test_only_a_run_that_exists_can_have_to(db):
    """With must it is an error; without it begins."""
    with pytest.raises(RunNotFoundError, match="nowhere"):
        Tracker(db, track_id="nowhere", resume="must")
    with Tracker(db, track_id="nowhere", resume=True) as tracker:
        tracker.log({"x": 1})
    with Tracker(db, track_id="nowhere", resume="must") as tracker:
        tracker.log({"x": 2})
        assert len(tracker) == 2


def test_all_runs_are_a_frame(db):
    """Records beside the last values, the run that began first at the top."""
    for rate in (0.1, 0.2):
        with Tracker(db, {"lr": rate, "name": "own"}, tags=["t"]) as tracker:
            tracker.log_batch([{"loss": 0.5, "acc": 0.1}, {"loss": rate}])
    with Reader(db) as reader:
        frame = reader.runs()
    assert frame["status"].tolist() == ["finished", "finished"]
    assert frame["lr"].tolist() == [0.1, 0.2]
    assert frame["loss"].tolist() == [0.1, 0.2]
    assert frame["acc"].tolist() == [0.1, 0.1]
    assert frame["rows"].tolist() == [2, 2]
    assert frame["name_2"].tolist() == ["own", "own"]
    assert (frame["duration"] >= 0).all()


def test_a_table_without_records_is_listed_by_its_rows(db):
    """An earlier version, or another program, wrote it."""
    with Tracker(db, track_id="first") as tracker:
        tracker.log({"x": 1})
    with Tracker(db, track_id="second") as tracker:
        tracker.log({"x": 2})
    with closing(opened(db)) as engine:
        engine.drop("xetrack_runs")
    with Reader(db) as reader:
        frame = reader.runs()
        assert frame["track_id"].tolist() == ["first", "second"]
        assert frame["status"].tolist() == ["unknown", "unknown"]
        assert reader.run("first").status is RunStatus.UNKNOWN


def test_a_run_is_found_by_what_one_types(db):
    """The id, the beginning of it, its name, its place from the end."""
    for track_id, name in (("blue-bird-1", "wide"), ("blue-whale-2", None), ("red-fox-3", "deep")):
        with Tracker(db, track_id=track_id, name=name) as tracker:
            tracker.log({"x": 1})
    with Reader(db) as reader:
        assert reader.run("blue-bird-1").track_id == "blue-bird-1"
        assert reader.run("red").track_id == "red-fox-3"
        assert reader.run("wide").track_id == "blue-bird-1"
        assert reader.run("@1").track_id == "red-fox-3"
        assert reader.run("@3").track_id == "blue-bird-1"
        with pytest.raises(InvalidArgumentError, match="blue-bird-1, blue-whale-2"):
            reader.run("blue")
        for missing in ("green", "@4"):
            with pytest.raises(RunNotFoundError):
                reader.run(missing)


def test_rows_of_a_run_are_found_by_what_one_types(db):
    """As the run is; a run that is not there has none, as in 0.7."""
    for number, (track_id, name) in enumerate((("blue-bird-1", "wide"), ("blue-whale-2", None))):
        with Tracker(db, track_id=track_id, name=name) as tracker:
            tracker.log_batch([{"x": number}] * 2)
    with Reader(db) as reader:
        for text, numbers in {
            "blue-bird-1": [0, 0],
            "wide": [0, 0],
            "blue-w": [1, 1],
            "@1": [1, 1],
            "@3": [],
            "green": [],
        }.items():
            assert reader.to_df(text)["x"].tolist() == numbers
            assert reader.to_df(text, backend="polars")["x"].to_list() == numbers
            assert [row["x"] for row in reader.iter_rows(["x"], track_id=text)] == numbers
            assert reader.to_df(text, where=[("x", "=", 5)]).empty
        assert reader.to_df("@2", tail=1, columns=["x"]).to_dict("list") == {"x": [0]}
        assert reader.to_df("blue-bird-1", head=0).empty
        with pytest.raises(InvalidArgumentError, match="blue-bird-1, blue-whale-2"):
            reader.to_df("blue")


def test_the_records_of_a_table_go_with_its_rows(db, tmp_path):
    """Deleted with the run, dropped with the table, and copied to another database."""
    for track_id in ("first", "second"):
        with Tracker(db, track_id=track_id, name=track_id.upper()) as tracker:
            tracker.log({"x": 1})
    with Tracker(db, table="other", track_id="first", name="OTHER") as tracker:
        tracker.log({"x": 1})
    target = tmp_path / "copy.db"
    assert xetrack.copy(db, target) == 2
    assert xetrack.copy(db, target) == 0
    with Reader(target) as reader:
        assert reader.runs()["name"].tolist() == ["FIRST", "SECOND"]
        assert reader.tables == ["default"]
    with Reader(db) as reader:
        reader.delete_run("first")
        assert reader.runs()["name"].tolist() == ["SECOND"]
    assert record_of(db, table="other").name == "OTHER"
    with Tracker(db, reset=True, track_id="third") as tracker:
        tracker.log({"x": 1})
    with Reader(db) as reader:
        assert reader.runs()["track_id"].tolist() == ["third"]
    assert record_of(db, table="other").name == "OTHER"


def test_nobody_logs_into_the_table_of_records(db):
    """It is read like any other, under its name."""
    with pytest.raises(InvalidTableError, match="records of runs"):
        Tracker(db, table="xetrack_runs")
    with Tracker(db, track_id="first") as tracker:
        tracker.log({"x": 1})
    with Reader(db, table="xetrack_runs") as reader:
        assert reader.to_df()["event"].tolist() == ["began", "ended"]


def test_a_new_track_id_is_a_new_run(db):
    """The old one is finished."""
    tracker = Tracker(db, track_id="first", group="g")
    tracker.log({"x": 1})
    tracker.track_id = "second"
    assert record_of(db).status is RunStatus.FINISHED
    tracker.log({"x": 2})
    assert tracker.run.record.group == "g"
    tracker.close()
    assert record_of(db, "second").status is RunStatus.FINISHED


class WithoutRecords(SQLiteEngine):
    """Stores rows, and no record."""

    def inserter(self, table, fields):
        if table == "xetrack_runs":
            raise StorageError(self.location, "Writing to", "the disk is full")
        return super().inserter(table, fields)


def test_what_cannot_be_recorded_costs_no_row(tmp_path):
    """One warning, and all rows."""
    tracker = Tracker(tmp_path / "runs.db", track_id="first", engine=WithoutRecords)
    with pytest.warns(xetrack.XetrackWarning, match="record of the run 'first'"):
        tracker.log({"x": 1})
    tracker.log({"x": 2})
    tracker.run.add_tags("a")
    tracker.close()
    assert len(tracker) == 2
    assert tracker.run.record is None


def test_a_copy_of_a_tracker_goes_on_with_the_run(tmp_path):
    """Pickled into a worker it has the details, and says nothing of the begin of a new one."""
    db = tmp_path / "runs.db"
    with Tracker(db, track_id="first", name="n", tags=["a"]) as tracker:
        tracker.log({"x": 1})
        with pickle.loads(pickle.dumps(tracker)) as copy:
            copy.log({"x": 2})
            assert copy.run.name == "n"
        assert tracker.run.record.tags == ("a",)
    assert record_of(db).status is RunStatus.FINISHED


def test_rows_of_no_database_have_their_record_in_the_log(tmp_path):
    """It is there for whoever looks, and no row for whoever reads rows."""
    with Tracker(Tracker.SKIP_INSERT, logs_path=tmp_path, track_id="first") as tracker:
        tracker.log({"x": 1})
    (log,) = tmp_path.glob("*.log")
    lines = log.read_text().splitlines()
    assert ["RUN", "TRACKING", "RUN"] == [line.split(" | ")[1].strip() for line in lines]
    assert '"status": "finished"' in lines[2].replace('":"', '": "')
    assert Reader.read_logs(tmp_path)["x"].tolist() == [1]


def test_the_time_of_a_run_is_that_of_its_begin_and_end(db):
    """Not that of its rows."""
    before = time.time()
    with Tracker(db, track_id="first") as tracker:
        tracker.track(time.sleep, args=[0.05])
    record = record_of(db)
    assert before <= record.started.timestamp()
    assert record.duration.total_seconds() >= 0.05


def test_threads_that_begin_and_end_at_once_write_a_whole_record(db):
    """Whoever comes first writes what waits, and the others go on."""
    tracker = Tracker(db, track_id="first")
    threads = [Thread(target=tracker.log, args=[{"x": number}]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tracker.close()
    assert len(tracker) == 8
    with Reader(db, table="xetrack_runs") as reader:
        assert sorted(reader.to_df()["event"]) == ["began", "ended"]
