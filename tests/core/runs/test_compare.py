"""Runs side by side."""

from __future__ import annotations

import math

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError, RunNotFoundError


@pytest.fixture(params=["runs.db", "runs.duckdb"])
def reader(request, tmp_path):
    """Of three runs."""
    db = tmp_path / request.param
    for name, rate, losses in [("aa1", 0.1, [0.5, 0.25]), ("bb2", 0.2, [0.125]), ("bb3", 0.2, [])]:
        with Tracker(db, track_id=name, params={"l/r": rate, "model": "wide"}) as tracker:
            for loss in losses:
                tracker.log({"loss": loss, "gap": math.nan})
            if not losses:
                tracker.log({})
    return Reader(db)


def lines(frame):
    """Return the lines by name, without the name."""
    return {name: rest for name, *rest in frame.itertuples(index=False)}


def test_runs_are_compared_value_by_value(reader):
    """By the params under the names of their columns, and the last values."""
    compared = lines(reader.compare("aa", "bb2"))
    assert [True, 0.1, 0.2] == compared["l_r"]
    assert "l/r" not in compared
    assert [True, 0.25, 0.125] == compared["loss"]
    assert [False, "wide", "wide"] == compared["model"]
    assert compared["gap"][0] == False  # noqa: E712 - a truth value of NumPy
    assert [True, 2, 1] == compared["rows"]
    assert [False, "finished", "finished"] == compared["record.status"]


def test_only_what_differs_is_left(reader):
    """Of several runs, each has a column; what one lacks is missing."""
    frame = reader.compare("aa1", "@1", "bb2", "bb3", differing=True)
    assert ["name", "differs", "aa1", "bb3", "bb2"] == list(frame.columns)
    compared = lines(frame)
    assert all(frame["differs"])
    assert "model" not in compared
    assert (0.25, 0.125) == (compared["loss"][1], compared["loss"][3])
    assert compared["loss"][2] is None or math.isnan(compared["loss"][2])


def test_the_frame_may_be_of_another_library(reader):
    """As of `runs`."""
    polars = pytest.importorskip("polars")
    assert isinstance(reader.compare("aa1", "bb2", backend="polars"), polars.DataFrame)


@pytest.mark.parametrize("runs", [(), ("aa1",), ("aa1", "aa")], ids=str)
def test_a_comparison_is_of_two_runs_at_least(reader, runs):
    """Two names of one run are one run."""
    with pytest.raises(InvalidArgumentError, match="two different runs"):
        reader.compare(*runs)


def test_runs_have_to_exist(reader):
    """And what is typed has to mean one of them."""
    with pytest.raises(RunNotFoundError, match="zz"):
        reader.compare("aa1", "zz")
    with pytest.raises(InvalidArgumentError, match="bb2, bb3"):
        reader.compare("aa1", "bb")
