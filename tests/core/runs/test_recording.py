"""Recorders work behind the program: none of them costs a row, or the program its end."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from xetrack import Reader, Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError, UnknownComponentError
from xetrack.interfaces.runs.recorders import Recorder


class Facts(Recorder):
    """Returns what its options say."""

    def begin(self, run):
        return {"run": run.track_id, **self.options.get("begin", {})}


class Both(Facts):
    """Has facts at the end, too."""

    def end(self, run):
        return {"params": [*run.params], **self.options.get("end", {})}


class Raises(Facts):
    """Fails at the begin."""

    def begin(self, run):
        raise self.options["error"]


class Waits(Facts):
    """Waits for somebody."""

    timeout = 0.05

    def begin(self, run):
        assert self.options["event"].wait(30)
        return {"run": run.track_id}


def facts_of(db, track_id="first"):
    with Reader(db) as reader:
        return reader.run(track_id).facts


def test_facts_of_the_end_replace_those_of_the_begin(db):
    """Each recorder has its own, under its name."""
    both = Both({"begin": {"x": 1, "y": [None, {"a": 0.5}]}, "end": {"x": 2}})
    with Tracker(db, track_id="first", record=[Facts({}), both]) as tracker:
        tracker.log({"n": 1})
        tracker.set_params({"late": True})
    of_both = {"run": "first", "x": 2, "y": [None, {"a": 0.5}], "params": ["late"]}
    assert {"Facts": {"run": "first"}, "Both": of_both} == facts_of(db)


def test_the_first_row_waits_for_no_recorder(db):
    """It is stored while the recorder still waits; the end waits for it, within its time."""
    event = threading.Event()
    recorder = Waits({"event": event, "timeout": 30})
    tracker = Tracker(db, track_id="first", record=[recorder])
    tracker.log({"n": 1})
    assert 1 == len(tracker)
    assert {} == tracker.run.record.facts
    event.set()
    tracker.close()
    assert {"Waits": {"run": "first"}} == facts_of(db)


def test_the_end_waits_no_longer_than_a_recorder_may_take(db):
    """Its facts are missing, which is said; the run has ended all the same."""
    event = threading.Event()
    tracker = Tracker(db, track_id="first", record=[Facts({}), Waits({"event": event})])
    tracker.log({"n": 1})
    with pytest.warns(XetrackWarning, match=r"'Waits' has not finished in 0.05 s"):
        tracker.close()
    assert "finished" == tracker.run.record.status
    assert {"Facts": {"run": "first"}} == facts_of(db)
    event.set()


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyError("x")])
def test_a_recorder_that_raises_is_reported_once(db, error):
    """Rows are stored, and the others record."""
    tracker = Tracker(db, track_id="first", record=[Raises({"error": error}), Facts({})])
    with pytest.warns(XetrackWarning, match="recorder 'Raises' failed") as caught:  # noqa: PT031 - either may warn
        tracker.log({"n": 1})
        tracker.close()
    assert 1 == len(caught)
    assert 1 == len(tracker)
    assert {"Facts": {"run": "first"}} == facts_of(db)


@pytest.mark.parametrize("facts", [{"x": object()}, {"x": {1, 2}}, {"x": b"x"}])
def test_facts_that_are_no_json_are_an_error_of_the_recorder(db, facts):
    """It is named."""
    tracker = Tracker(db, track_id="first", record=[Facts({"begin": facts})])
    with pytest.warns(XetrackWarning, match="recorder 'Facts' failed: TypeError"):  # noqa: PT031 - as above
        tracker.log({"n": 1})
        tracker.close()
    assert {} == facts_of(db)


def test_long_facts_are_stored_once_for_all_runs(tmp_path):
    """What is stored under a digest is what the digest says, or it is not there."""
    db = tmp_path / "runs.db"
    long = {f"package-{number}": "1.0" for number in range(200)}
    for track_id in ("first", "second"):
        with Tracker(db, track_id=track_id, record=[Facts({"begin": {"all": long}})]) as tracker:
            tracker.log({"n": 1})
        assert {"Facts": {"run": track_id, "all": long}} == facts_of(db, track_id)
    with sqlite3.connect(db) as connection:
        (number,) = connection.execute(
            "SELECT count(*) FROM xetrack_runs WHERE event = 'content'"
        ).fetchone()
        assert 1 == number
        connection.execute("UPDATE xetrack_runs SET content = '{}' WHERE event = 'content'")
    assert {"Facts": {"run": "first", "all": None}} == facts_of(db)


def test_every_run_of_a_tracker_is_recorded(db):
    """Also the one that goes on under another name."""
    tracker = Tracker(db, track_id="first", record=[Both({})])
    tracker.log({"n": 1})
    tracker.track_id = "second"
    tracker.log({"n": 1})
    tracker.close()
    for track_id in ("first", "second"):
        assert {"Both": {"run": track_id, "params": []}} == facts_of(db, track_id)


def test_no_thread_is_left(db):
    """Neither while the run goes on, once there is nothing to do, nor after it."""
    before = {*threading.enumerate()}
    with Tracker(db, record=[Facts({}), Both({})]) as tracker:
        tracker.log({"n": 1})
    left = [each.name for each in {*threading.enumerate()} - before]
    assert "xetrack-recorders" not in left


@pytest.mark.parametrize("value", [False, [], ()])
def test_a_tracker_may_have_no_recorders(db, value, monkeypatch):
    """By the argument, whatever the project says; or by the project."""
    monkeypatch.setenv("XETRACK_RECORDERS", "environment")
    with Tracker(db, track_id="first", record=value) as tracker:
        tracker.log({"n": 1})
    assert {} == facts_of(db)


def test_the_project_chooses_the_recorders(db, monkeypatch):
    """In the place of the usual ones."""
    monkeypatch.setenv("XETRACK_RECORDERS", "command, environment")
    with Tracker(db, track_id="first") as tracker:
        tracker.log({"n": 1})
    assert {"command", "environment"} == {*facts_of(db)}


@pytest.mark.parametrize("value", [3, "git", {"git": {}}, None])
def test_what_is_no_list_of_recorders_is_refused(tmp_path, value):
    """Before anything is made."""
    with pytest.raises(InvalidArgumentError, match="record"):
        Tracker(tmp_path / "runs.db", record=value)
    assert [] == [*tmp_path.iterdir()]


def test_an_unknown_recorder_is_refused_with_those_that_are_near(tmp_path):
    """As every unknown part."""
    with pytest.raises(UnknownComponentError, match="git"):
        Tracker(tmp_path / "runs.db", record=["gitt"])
