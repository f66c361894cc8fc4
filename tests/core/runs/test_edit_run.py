"""What is said of a run can be changed when it is over, on every engine."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.engines import opened
from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError, RunNotFoundError
from xetrack.interfaces.runs.record import RunStatus
from xetrack.runs.events import RunEvents


@pytest.fixture
def runs(db):
    """Two runs, of which the first has no record, as one of an earlier version."""
    for name in ("first", "second"):
        with Tracker(db, track_id=name, name=f"{name} of all", tags=["draft"]) as tracker:
            tracker.log({"loss": 0.5})
    with closing(opened(db)) as engine:
        RunEvents(engine).delete("default", "first")
    return db


def test_what_was_said_of_a_run_is_changed(runs):
    """The record is returned as it is then, and stays so; what is not given stays."""
    with Reader(runs) as reader:
        before = reader.run("second")
        record = reader.edit_run(
            "second", notes="Look.", group="a", add_tags=["best", "best"], remove_tags=["draft"]
        )
        assert (record.notes, record.group, record.tags) == ("Look.", "a", ("best",))
        assert (record.name, record.status) == ("second of all", RunStatus.FINISHED)
        assert (record.started, record.ended) == (before.started, before.ended)
        assert reader.edit_run("second of all").tags == ("best",)
    with Reader(runs) as again:
        assert again.run("@1") == record
        assert [*again.run_records()] == ["second"]


def test_a_run_of_an_earlier_version_gets_a_record(runs):
    """But no begin: it is not the run that began last."""
    with Reader(runs) as reader:
        record = reader.edit_run("fir", name="old", add_tags=["kept"])
        assert (record.status, record.name, record.tags) == ("unknown", "old", ("kept",))
        assert reader.run("@1").track_id == "second"
        assert reader.run("@2").track_id == "first"
        assert reader.run("old").track_id == "first"
        assert ["first", "second"] == reader.runs()["track_id"].tolist()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"notes": ""}, "notes"),
        ({"name": 3}, "name"),
        ({"add_tags": "best"}, "tags"),
        ({"remove_tags": ["a\nb"]}, "tags"),
    ],
)
def test_what_cannot_be_said_changes_nothing(runs, changes, name):
    """The error names the argument, and what else was given is not stored either."""
    with Reader(runs) as reader:
        before = reader.run("second")
        with pytest.raises(InvalidArgumentError, match=name):
            reader.edit_run("second", **{"group": "a", **changes})
        assert reader.run("second") == before


def test_an_unknown_run_is_not_changed(runs):
    """Names that are near are told, those of people among them."""
    with Reader(runs) as reader:
        with pytest.raises(RunNotFoundError, match="Did you mean 'second'"):
            reader.edit_run("secand", notes="x")
        with pytest.raises(RunNotFoundError, match="Did you mean 'second of all'"):
            reader.edit_run("second of al1", notes="x")


def test_an_id_is_the_run_though_others_begin_so(db):
    """An id is not a beginning of an id, with a record or without."""
    for name in ("run", "run-2"):
        with Tracker(db, track_id=name) as tracker:
            tracker.log({"loss": 0.5})
    with closing(opened(db)) as engine:
        RunEvents(engine).delete("default", "run")
    with Reader(db) as reader:
        assert ("run", "run-2") == (reader.run("run").track_id, reader.run("run-").track_id)
        with pytest.raises(InvalidArgumentError, match="run, run-2"):
            reader.run("ru")


def test_a_run_without_rows_is_deleted_with_its_record(runs):
    """Such as one whose rows could not be stored."""
    with Reader(runs) as reader:
        reader.engine.count("default")
        with closing(opened(runs)) as engine:
            RunEvents(engine).add("began", "third", "default", {"process": "x"})
        assert "third" in reader.run_records()
        assert 0 == reader.delete_run("third")
        assert "third" not in reader.run_records()
        with pytest.raises(RunNotFoundError):
            reader.delete_run("third")
