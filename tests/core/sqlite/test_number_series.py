"""Columns of finite numbers are computed by a plain statement of SQLite, and give the same."""

from __future__ import annotations

import math
import random
import sqlite3
from contextlib import closing

import pytest

from tests.engines import opened
from xetrack import Tracker
from xetrack.builtin.sqlite.reading import number_series
from xetrack.interfaces.engines.series import SeriesQuery, computing, statements
from xetrack.interfaces.query import Condition
from xetrack_testing.engines.capabilities.series import differences

QUERIES = [
    {"y": ("loss", "count")},
    {"y": ("loss",), "x": "step", "buckets": 7},
    {"y": ("count", "loss", "flag"), "x": "step", "buckets": 3, "low": 10, "high": 40.5},
    {"y": (), "x": "loss", "buckets": 4},
    {"y": ("step",), "x": "step", "low": 5, "high": 4},
    {"y": ("loss",), "x": "step", "runs": ("b", "nobody")},
    {"y": ("loss",), "x": "flag", "where": (Condition("count", ">", 3),), "buckets": 2},
]


def log_rows(path):
    """Two runs with floats, integers beyond 2**53, booleans and gaps, in turns."""
    chance = random.Random(3)
    trackers = [Tracker(path, track_id=name, record=False) for name in "ab"]
    for step in range(90):
        row = {"step": step // 2, "loss": chance.gauss(0, 9), "flag": step % 3 == 0}
        row |= {"count": None if step % 5 == 0 else step, "big": 2**60 + step}
        trackers[step % 2].log(row)
    for tracker in trackers:
        tracker.close()


@pytest.fixture
def engine(tmp_path):
    """An engine with rows."""
    log_rows(tmp_path / "runs.db")
    engine = opened(tmp_path / "runs.db")
    yield engine
    engine.close()


def refuse(*_):
    raise AssertionError("computed otherwise")


@pytest.mark.parametrize("asked", QUERIES, ids=str)
def test_the_plain_statement_gives_what_python_gives(engine, monkeypatch, asked):
    """Without the statement that fits all columns."""
    query = SeriesQuery(**asked)
    expected = [*computing.compute(engine, "default", query)]
    monkeypatch.setattr(statements, "ask", refuse)
    assert [] == differences([*engine.read_series("default", query)], expected)


def test_integers_of_64_bits_are_left_to_the_other_statement(engine, monkeypatch):
    """A float is not near enough to add them up."""
    query = SeriesQuery(y=("big",), x="step")
    expected = [*computing.compute(engine, "default", query)]
    monkeypatch.setattr(number_series, "ask", refuse)
    assert [] == differences([*engine.read_series("default", query)], expected)


@pytest.mark.parametrize("cell", ["'text'", "x'00'", "9e999", "-9e999"])
@pytest.mark.parametrize("column", ["loss", "step"])
def test_what_another_program_wrote_is_seen_in_the_answer(engine, cell, column):
    """A text among floats, or an infinity: the statement that fits all columns is asked then."""
    with closing(sqlite3.connect(engine.location)) as other, other:
        other.execute(f'UPDATE "default" SET {column} = {cell} WHERE rowid IN (7, 8)')
    for asked in ({"x": "step", "buckets": 3}, {"x": "step"}, {}):
        query = SeriesQuery(y=("loss", "step"), **asked)
        expected = [*computing.compute(engine, "default", query)]
        assert [] == differences([*engine.read_series("default", query)], expected)


def test_infinities_and_nan_are_left_to_the_other_statement(engine, monkeypatch):
    """They are counted there, each by its kind."""
    with Tracker(engine.location, track_id="a", record=False) as tracker:
        tracker.log_batch([{"loss": math.inf, "step": 3}, {"loss": math.nan, "step": 4}])
    asked = []
    ask = number_series.ask
    monkeypatch.setattr(number_series, "ask", lambda *given: asked.append(1) or ask(*given))
    (first, _) = engine.read_series("default", SeriesQuery(y=("loss",), x="step"))
    assert (1, 1) == (first.values[0].infinite, first.values[0].nan)
    assert [] == asked  # nan is a kind of the column
    (first, _) = engine.read_series("default", SeriesQuery(y=("step",), x="step"))
    assert [1] == asked
    assert 47 == first.rows
