"""The line that is printed at the end of a run of a group."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from decimal import Decimal

import pytest

from xetrack import Reader, Tracker
from xetrack.runs.summaries import outcome


@pytest.fixture(params=["runs.db", "runs.duckdb"])
def db(request, tmp_path):
    """Where a database may be; nothing is there yet."""
    return tmp_path / request.param


@pytest.fixture
def finish(db, capsys):
    """Log a run of a group, and return what it printed, without its name."""

    def finish(params, *rows, group="sweep", track_id="this", error=None):
        capsys.readouterr()
        tracker = Tracker(db, params=params, group=group, track_id=track_id, warnings=False)
        with suppress(ValueError), tracker:
            for row in rows:
                tracker.log(row)
            if error is not None:
                raise error
        out, line = capsys.readouterr()
        assert "" == out
        return line.removeprefix(f"{track_id}: ").removesuffix("\n")

    return finish


def test_it_says_what_changed_and_what_came_of_it(finish):
    """Against the run of the group that ended last."""
    params = {"lr": 0.1, "model": "wide"}
    assert "loss 0.25 · epoch 1" == finish(
        params, {"loss": 0.5, "epoch": 0}, {"loss": 0.25, "epoch": 1}, track_id="a"
    )
    assert "lr 0.1 → 0.2 · loss 0.25 → 0.05" == finish(
        {**params, "lr": 0.2}, {"loss": 0.05, "epoch": 1}, track_id="b"
    )
    assert "model wide → deep · drop none → 0.5 · loss 0.05 → 0.05" == finish(
        {**params, "lr": 0.2, "model": "deep", "drop": 0.5}, {"loss": 0.05}, track_id="c"
    ).replace(" · epoch 1 → none", "")


def test_a_run_that_ended_later_was_not_before(finish, db, monkeypatch):
    """Of two that end at the same time, each may find the end of the other."""
    finish({"lr": 0.1}, {"loss": 0.5}, track_id="a")
    print_line = outcome.print_outcome

    def end_another_first(*run):
        monkeypatch.setattr(outcome, "print_outcome", lambda *_: None)
        with Tracker(db, params={"lr": 0.2}, group="sweep", track_id="late") as tracker:
            tracker.log({"loss": 0.25})
        print_line(*run)

    monkeypatch.setattr(outcome, "print_outcome", end_another_first)
    assert "lr 0.1 → 0.3 · loss 0.5 → 0.125" == finish({"lr": 0.3}, {"loss": 0.125}, track_id="b")


def test_runs_of_no_group_and_of_other_groups_are_left_alone(finish):
    """Neither do they print, nor are they compared with."""
    assert "" == finish({"lr": 0.1}, {"loss": 0.5}, group=None, track_id="a")
    assert "loss 0.25" == finish({"lr": 0.2}, {"loss": 0.25}, group="x", track_id="b")
    assert "loss 0.125" == finish({"lr": 0.3}, {"loss": 0.125}, group="y", track_id="c")


def test_a_run_that_failed_says_so(finish):
    """It is what the next one is compared with, too."""
    assert "loss 0.5 · failed ValueError" == finish(
        {"lr": 0.1}, {"loss": 0.5}, error=ValueError("no"), track_id="a"
    )
    assert "lr 0.1 → 0.2 · loss 0.5 → 0.25" == finish({"lr": 0.2}, {"loss": 0.25}, track_id="b")


def test_numbers_that_differ_little_are_told_apart(finish):
    """By as many digits as that takes."""
    finish({}, {"loss": 0.123456}, track_id="a")
    assert "loss 0.123456 → 0.123457" == finish({}, {"loss": 0.123457}, track_id="b")


def test_bookkeeping_and_texts_are_no_results(finish, db, capsys):
    """Of a tracked call the result is."""
    with Tracker(db, group="sweep", track_id="a", log_system_params=True) as tracker:
        tracker.track(lambda: {"score": 2.5, "name": "text", "exact": Decimal("0.5")})
    assert "a: score 2.5 · exact 0.5\n" == capsys.readouterr().err


def test_many_changes_are_cut(finish):
    """As is a long text; what could control a terminal is escaped."""
    finish({f"p{at}": at for at in range(9)}, {"loss": 0.5}, track_id="a")
    line = finish({f"p{at}": "x" * 99 for at in range(9)}, {"loss": 0.5}, track_id="b")
    assert ("… +3" in line, len(line) < 500, line.endswith("loss 0.5 → 0.5")) == (True, True, True)
    assert "\x1b" not in finish({"p0": "\x1b[31m"}, {"loss": 0.5}, track_id="c")


@pytest.mark.parametrize("value", ["1", "true"])
def test_it_is_left_out_where_nobody_wants_it(finish, monkeypatch, value):
    """By `XETRACK_QUIET`."""
    monkeypatch.setenv("XETRACK_QUIET", value)
    assert "" == finish({"lr": 0.1}, {"loss": 0.5})


@pytest.mark.parametrize("stderr", [None, "closed"])
def test_without_stderr_the_run_ends_all_the_same(db, monkeypatch, stderr):
    """As of a service."""
    stream = io.StringIO()
    stream.close()
    with monkeypatch.context() as patch, Tracker(db, group="sweep", track_id="a") as tracker:
        tracker.log({"loss": 0.5})
        patch.setattr(sys, "stderr", stream if stderr else None)
        tracker.close()
    assert "finished" == str(Reader(db).run("a").status)


def test_a_group_that_is_given_later_counts(db, capsys):
    """By `tracker.run.group`."""
    with Tracker(db, track_id="a") as tracker:
        tracker.log({"loss": 0.5})
        tracker.run.group = "sweep"
    with Tracker(db, track_id="b", group="sweep") as tracker:
        tracker.log({"loss": 0.25})
    assert "a: loss 0.5\nb: loss 0.5 → 0.25\n" == capsys.readouterr().err


def test_a_run_that_goes_on_is_not_compared_with(db, capsys):
    """Its results are not final; of a tracker that stores no rows there are none."""
    with Tracker(db, track_id="a", group="sweep") as running:
        running.log({"loss": 0.5})
        with Tracker(db, track_id="b", group="sweep") as tracker:
            tracker.log({"loss": 0.25})
        assert "b: loss 0.25\n" == capsys.readouterr().err
    with Tracker(Tracker.SKIP_INSERT, group="sweep") as tracker:
        tracker.log({"loss": 0.25})
    assert capsys.readouterr().err.startswith("a: ")
