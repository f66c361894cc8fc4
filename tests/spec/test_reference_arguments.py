"""Arguments of the constructor, as the reference lists them: each has its default and its use."""

from __future__ import annotations

import inspect
import subprocess
from pathlib import Path

import pytest

from tests.spec.shown import Like
from xetrack import Reader, Tracker, XetrackWarning

DEFAULTS = {
    "db": "track.db",
    "params": None,
    "reset": False,
    "log_system_params": False,
    "log_network_params": False,
    "raise_on_error": True,
    "measurement_interval": 1,
    "track_id": None,
    "logs_path": None,
    "logs_file_format": None,
    "logs_stdout": False,
    "jsonl": None,
    "warnings": True,
    "git_root": None,
    "engine": None,  # the engine of the file, and SQLite for a new one
    "table": "default",
}


def test_arguments_come_in_the_listed_order_with_the_listed_defaults():
    """Those that parts of their own bring may come between."""
    parameters = inspect.signature(Tracker).parameters
    found = {name: parameters[name].default for name in parameters if name in DEFAULTS}
    assert list(DEFAULTS.items()) == list(found.items())
    kinds = {parameters[name].kind for name in DEFAULTS}
    assert {inspect.Parameter.POSITIONAL_OR_KEYWORD} == kinds


def test_without_arguments_rows_go_into_track_db(here):
    """Without arguments rows go into `track.db`, into the table `default` of an SQLite file."""
    tracker = Tracker()
    tracker.log({"x": 1})
    assert b"SQLite format 3\0" == (here / "track.db").read_bytes()[:16]
    assert (str(here / "track.db"), "default", ["default"]) == (
        tracker.db,
        tracker.table_name,
        Reader("track.db").tables,
    )


def test_reset_drops_the_rows_and_columns_of_earlier_runs():
    """Without it they stay."""
    Tracker("x.db").log({"old": 1})
    assert 1 == Tracker("x.db", reset=False).count_all()
    tracker = Tracker("x.db", {"model": "bert"}, True)
    assert (0, ["timestamp", "track_id"]) == (tracker.count_all(), tracker.columns)
    assert "bert" == tracker.log({"x": 1})["model"]


def test_raise_on_error_says_who_hears_of_an_exception():
    """`raise_on_error` decides whether the caller hears of an exception, or only the row."""
    with pytest.raises(ZeroDivisionError):
        Tracker(":memory:").track(divmod, args=[1, 0])
    tracker = Tracker(":memory:", raise_on_error=False)
    assert tracker.track(divmod, args=[1, 0]) is None
    assert Like("ZeroDivisionError: .+") == tracker.latest["error"]
    assert tracker.latest["function_result"] is None


def test_a_run_can_be_given_its_name():
    """A run can be given its name, and be gone on with."""
    for at in (1, 2):
        Tracker("x.db", track_id="mine").log({"at": at})
    tracker = Tracker("x.db", track_id="mine")
    assert ("mine", [1, 2]) == (tracker.track_id, tracker["at"].tolist())


def test_logs_go_where_they_are_sent(here, capsys):
    """A folder with files of the given name, standard output, a file of JSON lines."""
    tracker = Tracker(
        "x.db",
        logs_path="logs",
        logs_file_format="{time:YYYY-MM-DD}.log",
        logs_stdout=True,
        jsonl="rows.jsonl",
    )
    tracker.log({"x": 1})
    (file,) = (here / "logs").iterdir()
    assert Like(r"\d{4}-\d\d-\d\d\.log") == file.name
    in_file, printed = file.read_text("utf-8"), capsys.readouterr().out
    assert in_file.partition(" | ")[2] == printed.partition(" | ")[2] != ""
    assert [1] == Reader.read_logs("logs")["x"].tolist()
    assert [1] == Reader.read_jsonl("rows.jsonl")["x"].tolist()


def test_warnings_can_be_had_or_not():
    """Warnings can be had or not, of a column that must hold another kind.

    Without them the row is the same.
    """
    for wanted in (True, False):
        tracker = Tracker(":memory:", warnings=wanted)
        tracker.log({"x": 1})
        if wanted:
            with pytest.warns(XetrackWarning, match="'x'"):
                tracker.log({"x": "text"})
        else:
            tracker.log({"x": "text"})
        assert [1, "text"] == [row["x"] for row in tracker]


def test_the_interval_is_that_of_the_samples():
    """The interval is that of the samples, in seconds, for the machine as for the network."""
    options = {"log_system_params": True, "log_network_params": True}
    for wanted in (1, 0.25):
        given = {} if wanted == 1 else {"measurement_interval": wanted}
        tracker = Tracker(":memory:", **options, **given)
        parts = [each.part for each in tracker._probes._parts]
        assert [wanted, wanted] == [part._sampler._interval for part in parts]


def test_the_engine_can_be_named():
    """The engine can be named, and need not be."""
    Tracker("x.db", engine="sqlite").log({"x": 1})
    assert 1 == len(Tracker("x.db", table="default").to_df(all=True))


def test_the_commit_of_a_repository_is_in_every_event(here):
    """The commit of a repository is in every event, by its full hash."""
    git = [
        "git",
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@example.com",
        "-c",
        "init.defaultBranch=x",
    ]
    (here / "train.py").write_text("")
    for command in (["init", "-q"], ["add", "train.py"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    tracker = Tracker(db="exp.db", git_root=".")
    tracker.log({"x": 1})
    tracker.log_batch([{"x": 2}])
    tracker.track(len, args=["abc"])
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert Like("[0-9a-f]{40}") == found
    assert [found] * 3 == tracker["git_commit"].tolist()
    assert "git_dirty" not in tracker
    Path("train.py").write_text("changed")
    row = Tracker(db="exp.db", git_root=".").log({})
    assert (found, True) == (row["git_commit"], row["git_dirty"])
