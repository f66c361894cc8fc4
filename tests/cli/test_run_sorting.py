"""`xt runs` in the order of a column, with chosen columns, and what it says beside its table."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import plain
from tests.cli.recorded import listed
from xetrack import Reader, Tracker, XetrackWarning


@pytest.fixture
def sweep(tmp_path):
    """Five runs with a param that differs, one of which has no accuracy and one nan."""
    path = tmp_path / "sweep.db"
    scores = [0.5, 0.9, float("nan"), None, 0.7]
    for number, score in enumerate(scores):
        with Tracker(path, track_id=f"run{number}", params={"lr": number, "model": "wide"}) as t:
            t.log({"val/accuracy": 0.1, "note": "x"})
            t.track(lambda score=score: {"val/accuracy": score})
    return path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--sort val/accuracy", "run3 run0 run4 run1 run2"),
        ("--sort val_accuracy --desc", "run1 run4 run0 run3 run2"),
        ("--sort val_accuracy --desc -n 2", "run1 run4"),
        ("--sort val_accuracy -n 0", ""),
        ("--sort lr --desc -n 2", "run4 run3"),
        ("--sort model -n 2", "run0 run1"),
        ("--sort started -n 2", "run0 run1"),
        ("--sort age -n 2", "run4 run3"),
        ("--sort rows --status finished -n 1", "run0"),
        ("--sort val_accuracy --where lr gt 1 --desc", "run4 run3 run2"),
    ],
)
def test_runs_are_sorted_by_what_came_out(xt, sweep, words, expected):
    """Those without a number come last, whichever way."""
    assert expected.split() == listed(xt, sweep, *words.split())


@pytest.mark.parametrize("words", [[], ["--desc"]])
def test_a_text_is_never_above_a_number(xt, sweep, words):
    """Whoever typed it into a cell made no best run."""
    with pytest.warns(XetrackWarning, match="held float; from now on it takes text too"):
        Reader(sweep).set_value("val/accuracy", "high", track_id="run0")
    done = listed(xt, sweep, "--sort", "val/accuracy", *words)
    assert ["run0", "run2"] == done[-2:]


def test_the_goal_of_a_metric_says_what_comes_first(xt, sweep):
    """The best."""
    Reader(sweep).define("val/accuracy", goal="max")
    done = xt("runs", sweep, "--sort", "val/accuracy", "-n", "1", "--json")
    assert "run1" == json.loads(done.out)[0]["track_id"]
    assert "1 of 5 runs is shown. Show all with: -n 5\n" == done.err


def test_what_no_run_has_is_no_order(xt, sweep):
    """The error names what is near."""
    for wrong, near in (("accurac", "val_accuracy"), ("duratio", "duration")):
        done = xt("runs", sweep, "--sort", wrong)
        assert (1, "") == (done.code, done.out)
        assert f"There is no column {wrong!r}" in done.err
        assert f"Did you mean {near!r}?" in done.err


def test_the_column_that_is_sorted_by_is_always_shown(screen, xt, sweep):
    """Also where it is the same in all runs; bookkeeping is not shown at all."""
    assert "model" not in xt("runs", sweep).out
    header = xt("runs", sweep, "--sort", "model").out.splitlines()[0]
    assert "model" in header
    assert not {"function_name", "args", "kwargs", "function_time", "error"} & set(
        xt("runs", sweep).out.split()
    )
    with Tracker(sweep, track_id="wide") as tracker:
        tracker.log({f"metric_{number}": number / 3 for number in range(40)})
    for columns in (40, 80):
        done = screen("runs", sweep, "--sort", "metric_20", "--desc", columns=columns)
        assert "metric_20" in plain(done.out).splitlines()[1]


def test_the_goal_gives_way_to_a_direction(xt, sweep):
    """The worst runs of a metric that is to be large come first on request."""
    Reader(sweep).define("val/accuracy", goal="max")
    words = ["--sort", "val/accuracy", "-n", "2"]
    assert ["run1", "run4"] == listed(xt, sweep, *words)
    assert ["run1", "run4"] == listed(xt, sweep, *words, "--desc")
    assert ["run3", "run0"] == listed(xt, sweep, *words, "--asc")


@pytest.mark.parametrize("command", ["runs", "head", "tail"])
def test_a_direction_needs_a_column(xt, sweep, command):
    """It would change nothing, and nobody would be told."""
    done = xt(command, sweep, "--desc")
    assert (2, "") == (done.code, done.out)
    assert "--desc needs a column: add --sort COLUMN." in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sort", "val/accuracy", "--desc", "-n", "1"], ""),
        (["--sort", "model", "-n", "2"], "3 runs not shown have the same 'model'"),
        (["--sort", "rows", "-n", "4"], "1 run not shown has the same 'rows'"),
        (["--sort", "val/accuracy", "-n", "5"], ""),
        (["--sort", "val/accuracy", "-n", "0"], ""),
    ],
)
def test_runs_that_are_as_good_are_told_of(xt, sweep, words, said):
    """The last one that is shown may be there by chance."""
    err = xt("runs", sweep, *words).err
    assert said in err if said else "not shown" not in err


def test_a_param_that_differs_is_shown_where_it_does_not_among_the_best(xt, sweep):
    """It may be why they are the best; what is the same in all runs is said once."""
    done = xt("runs", sweep, "--sort", "val/accuracy", "--desc", "-n", "1")
    assert "lr" in done.out.splitlines()[0].split()
    both = xt("runs", sweep, "-n", "2")
    assert "The same in all runs shown: model=wide\n" in both.err
    assert "model" not in both.out


def test_columns_of_runs_can_be_chosen(xt, sweep):
    """Those of the record, of the params and of the results, by key or by column, in this order."""
    words = ["runs", sweep, "--columns", "model,val/accuracy,status,age,started", "-n", "1"]
    header, _, row = (line.split("|")[1:-1] for line in xt(*words).out.splitlines())
    assert ["model", "val_accuracy", "status", "age", "started"] == [*map(str.strip, header)]
    assert ["wide", "0.7", "finished"] == [*map(str.strip, row)][:3]
    (exact,) = json.loads(xt(*words, "--json").out)
    assert ("wide", 0.7) == (exact["model"], exact["val_accuracy"])
    assert datetime.fromisoformat(exact["started"]) <= datetime.now(UTC)
    wrong = xt("runs", sweep, "--columns", "track_id,modl")
    assert (1, "") == (wrong.code, wrong.out)
    assert "There is no column 'modl'" in wrong.err
    assert "Did you mean 'model'" in wrong.err


@pytest.mark.parametrize("with_records", [True, False])
def test_the_run_that_began_last_is_at_the_end(xt, tmp_path, with_records):
    """It is ``@1``; one that began before it may have logged later."""
    path = tmp_path / "runs.db"
    with (
        Tracker(path, track_id="first") as first,
        Tracker(path, track_id="second") as second,
    ):
        for tracker in (first, second, first):
            tracker.log({"loss": 0.5})
    if not with_records:
        with closing(sqlite3.connect(path)) as connection:
            tables = connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%run%'"
            )
            for (name,) in tables.fetchall():
                connection.execute(f'DROP TABLE "{name}"')
            connection.commit()
    assert ["first", "second"] == listed(xt, path)
    assert ["second"] == listed(xt, path, "-n", "1")
    assert "second" in xt("show", path, "@1").out.splitlines()[0]


def test_what_ended_a_run_is_listed(xt, recorded):
    """For people where there is room, and for programs."""
    (failed, finished) = json.loads(xt("runs", recorded, "--json").out)
    assert ("ValueError: no luck", None) == (failed["error"], finished["error"])
    assert "ValueError: no luck" in xt("runs", recorded).out


def test_a_metric_without_a_goal_is_said_to_have_none(xt, sweep):
    """As after an import: what comes first need not be the best. A param needs no goal."""
    said = "The smallest 'val/accuracy' comes first, as no goal is set for it. Add --desc"
    assert said in xt("runs", sweep, "--sort", "val/accuracy").err
    for words in (["val/accuracy", "--desc"], ["val/accuracy", "--asc"], ["lr"], ["age"]):
        assert "no goal" not in xt("runs", sweep, "--sort", *words).err
    Reader(sweep).define("val/accuracy", goal="min")
    assert "no goal" not in xt("runs", sweep, "--sort", "val/accuracy").err


def test_a_run_that_goes_on_is_told_of_where_it_is_not_shown(xt, sweep):
    """It began long ago, and is what one waits for."""
    with Tracker(sweep, track_id="run0", resume=True) as tracker:
        tracker.log({"note": "y"})
        done = xt("runs", sweep, "-n", "2")
        said = "Show all with: -n 5, or 1 run that is running with: --status running\n"
        assert said in done.err
        assert ["run0"] == listed(xt, sweep, "--status", "running")
        assert "running" not in xt("runs", sweep).err
    assert "running" not in xt("runs", sweep, "-n", "2").err


def test_times_of_several_zones_make_no_seconds(xt, tmp_path):
    """Of a run that went on elsewhere: they cannot be compared."""
    code = (
        "from xetrack import Tracker\nTracker('zones.db', track_id='a', resume=True).log({'x': 1})"
    )
    for zone in ("Asia/Tokyo", "America/New_York"):
        environment = {**os.environ, "TZ": zone, "XETRACK_QUIET": "1"}
        subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
    (run,) = json.loads(xt("runs", "zones.db", "--json").out)
    assert (2, None) == (run["rows"], run["seconds"])
    assert "seconds" not in xt("show", "zones.db", "a").out.splitlines()[0]


def test_a_chosen_text_is_whole(xt, tmp_path):
    """Where it is one column of twenty, forty places have to do."""
    text = "word " * 30
    with Tracker(tmp_path / "x.db", track_id="a") as tracker:
        tracker.log({"text": text})
    assert text.strip() in xt("runs", "x.db", "--columns", "text").out
    assert text.strip() not in xt("runs", "x.db").out


def test_params_stay_beside_what_runs_are_sorted_by(screen, tmp_path):
    """They are what led to it; other metrics go first where there is no room."""
    for number in range(2):
        with Tracker(tmp_path / "x.db", {"lr": number, "width": number}) as tracker:
            tracker.log(dict.fromkeys(("train_loss", "val_loss", "accuracy"), number / 3))
    done = screen("runs", "x.db", "--sort", "accuracy", "--desc", columns=66)
    header = next(line for line in plain(done.out).splitlines() if "track_id" in line)
    assert {"lr", "width", "accuracy"} <= {*header.split()}
    assert "train_loss" not in header
