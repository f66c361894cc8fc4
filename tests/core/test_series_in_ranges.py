"""SQLite computes runs whose rows lie together range by range, and says the same as the rows do."""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.engines import opened
from xetrack import Tracker
from xetrack.builtin.sqlite.reading import number_series, row_ranges
from xetrack.interfaces.engines.series import SeriesQuery, axis, computing, statements
from xetrack.model.names import TIMESTAMP, UTC_OFFSET
from xetrack_testing.engines.capabilities.series import differences, log_at

NUMBER = 1_500
SPIKE = 712
BEGIN = datetime(2026, 10, 24, 22, 30)  # noqa: DTZ001 - local time, as in a table


def rows_of(layout, seconds=60.0, offset=None):
    """Return rows: of layout the run and x of each, with timestamps at equal steps."""
    for at, (run, step) in enumerate(layout):
        stamp = (BEGIN + timedelta(seconds=at * seconds)).isoformat(" ", "microseconds")
        cells = {"step": step, "loss": 100.0 if at == SPIKE else 1 / (1 + at)}
        cells |= {"rare": at if at % 3 else None, "sizes": 2**60 + at, UTC_OFFSET: offset}
        yield stamp, run, cells


def straight(at):
    return ("first", "second")[at // (NUMBER // 2)], at % (NUMBER // 2)


def resumed(at):
    return ("first", "second", "first")[at // 500], at


def mixed(at):
    return random.Random(at).choice(("first", "second")), at


def restarted(at):
    return "first", at % 700


def shuffled(at):
    return "first", random.Random(at).random()


def backwards(at):
    return "first", -at / 3


def sparse(at):
    return "first", at if at % 100 == 0 else None


def hidden(at):
    return "second" if at == SPIKE else "first", at


LAYOUTS = (straight, resumed, mixed, restarted, shuffled, backwards, sparse, hidden)
RANGES = (
    {},
    {"buckets": 7},
    {"buckets": 5, "low": 100.5, "high": 900},
    {"buckets": 4, "high": 100},
    {"low": 17.5},
    {"buckets": 3, "low": 5, "high": 5},
    {"buckets": 3, "runs": ("second", "third")},
)


def asked(xs=(None, "step", TIMESTAMP), y=("loss", "rare", "sizes")):
    return [SeriesQuery(y=y, x=x, **each) for x, each in itertools.product(xs, RANGES)]


def differing(engine, queries):
    """Return the queries whose answer is not that of all rows."""
    return [
        query
        for query in queries
        if differences(
            [*engine.read_series("default", query)], [*computing.compute(engine, "default", query)]
        )
    ]


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_wherever_rows_lie_the_answer_is_that_of_the_rows(tmp_path, layout):
    """Runs by turns, in one piece or two, over an axis that grows, falls, jumps or has gaps."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of(map(layout, range(NUMBER)))])
    assert [] == differing(engine, asked())


@pytest.mark.slow
def test_deleted_rows_leave_no_gap_on_the_axis(tmp_path):
    """Positions are counted anew: the numbers of the rows are no longer next to each other."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of(map(resumed, range(NUMBER)))])
    connection = sqlite3.connect(tmp_path / "runs.db")
    with connection:
        connection.execute('DELETE FROM "default" WHERE step BETWEEN 300 AND 420 OR step = 1499')
    connection.close()
    assert [] == differing(engine, asked())


@pytest.mark.slow
@pytest.mark.parametrize("cell", [float("inf"), float("-inf"), float("nan"), "text", 2.5e305])
def test_a_cell_that_is_no_plain_number_counts_as_what_it_is(tmp_path, cell):
    """Infinities, nan, texts and numbers too large for a sum are left to other statements."""
    engine = opened(tmp_path / "runs.db")
    rows = [*rows_of(map(straight, range(NUMBER)))]
    rows[SPIKE][2]["loss"] = rows[SPIKE + 1][2]["step"] = cell
    log_at(engine, rows)
    assert [] == differing(engine, asked())


@pytest.mark.slow
@pytest.mark.parametrize("offset", [None, "+02:00", "none"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize("seconds", [7.5, 500.000001])
def test_time_is_told_over_midnight_and_when_clocks_change(
    tmp_path, monkeypatch, offset, zone, seconds
):
    """Clocks in Berlin are put back in the night in which these runs go on."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    axis._zone_at.cache_clear()  # a process has one zone
    try:
        engine = opened(tmp_path / "runs.db")
        log_at(engine, [*rows_of(map(straight, range(NUMBER)), seconds, offset)])
        low = BEGIN.timestamp() + 9_000
        edges = SeriesQuery(y=("loss",), x=TIMESTAMP, buckets=6, low=low, high=low + 7_000.25)
        assert [] == differing(engine, [edges, *asked((TIMESTAMP,), ("loss",))])
    finally:
        monkeypatch.undo()
        time.tzset()
        axis._zone_at.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("stamp", ["2026-10-25T01:00:00", "2026-10-25 25:00:00.000000", "soon", ""])
def test_a_timestamp_that_is_none_of_ours_is_read_by_itself(tmp_path, stamp):
    """One among thousands that look like ours."""
    engine = opened(tmp_path / "runs.db")
    rows = [*rows_of(map(straight, range(NUMBER)))]
    log_at(engine, [*rows[:SPIKE], (stamp, *rows[SPIKE][1:]), *rows[SPIKE + 1 :]])
    assert [] == differing(engine, asked((TIMESTAMP,), ("loss",)))


@pytest.mark.parametrize("x", [None, "step", TIMESTAMP])
@pytest.mark.parametrize("layout", [straight, resumed, backwards, hidden])
def test_nothing_is_sorted_where_rows_lie_together(tmp_path, monkeypatch, layout, x):
    """The statements that group all rows are not asked, and the spike is in the answer."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of(map(layout, range(NUMBER)))])

    def refuse(*_):
        raise AssertionError("sorted")

    for module in (number_series, statements):
        monkeypatch.setattr(module, "ask", refuse)
    buckets = [*engine.read_series("default", SeriesQuery(y=("loss",), x=x, buckets=7))]
    assert 100.0 == max(bucket.values[0].maximum for bucket in buckets)
    assert NUMBER == sum(bucket.rows for bucket in buckets)


def test_few_rows_of_many_runs_are_sorted(tmp_path, monkeypatch):
    """A statement for each bucket would take longer."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of((f"run {at // 10}", at) for at in range(NUMBER))])

    def refuse(*_):
        raise AssertionError("range by range")

    monkeypatch.setattr(row_ranges, "read", refuse)
    buckets = [*engine.read_series("default", SeriesQuery(y=("loss",), buckets=7))]
    assert NUMBER == sum(bucket.rows for bucket in buckets)


@pytest.mark.parametrize("x", [None, "step", TIMESTAMP])
@pytest.mark.parametrize("cell", [None, float("inf"), 2.5e305])
def test_a_few_runs_of_many_are_found_by_the_numbers_of_their_rows(tmp_path, monkeypatch, x, cell):
    """They are neither asked for bucket by bucket, nor is the whole table sorted for them."""
    engine = opened(tmp_path / "runs.db")
    rows = [*rows_of((f"run {at // 75 % 19}", at) for at in range(NUMBER))]
    rows[30][2]["loss"] = cell or 100.0
    log_at(engine, rows)
    matched = []
    for module in (number_series, statements):
        ask = module.ask
        monkeypatch.setattr(
            module,
            "ask",
            lambda *each, ask=ask: matched.extend(_sources(each)) or ask(*each),
        )
    ranges = SeriesQuery(y=("loss", "rare"), x=x, runs=("run 0", "run 30"), buckets=20)
    assert [] == differing(engine, [ranges, replace(ranges, low=10, high=900)])
    # The run was resumed: its rows are in two places.
    places = [[1, 75], [1_426, 1_500]]
    assert matched
    assert all(json.loads(source.matched[-1]) == places for source in matched)


@pytest.mark.parametrize("x", [None, "step", TIMESTAMP])
@pytest.mark.parametrize("after", [50, 150, 200])
def test_a_run_beside_a_gap_costs_its_rows_only(tmp_path, monkeypatch, x, after):
    """A large neighbour was deleted, between two rows of the run or behind its last one."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of((f"run {at // 100}", at) for at in range(NUMBER))])
    make_gaps(tmp_path / "runs.db", {NUMBER - 1: 90_000_000, after: 5_000_000})
    matched = []
    for module in (number_series, statements):
        ask = module.ask
        monkeypatch.setattr(
            module,
            "ask",
            lambda *each, ask=ask: matched.extend(_sources(each)) or ask(*each),
        )
    ranges = SeriesQuery(y=("loss", "rare"), x=x, runs=("run 0", "run 1"), buckets=200)
    assert [] == differing(engine, [ranges, replace(ranges, runs=("run 1",))])
    assert all(len(parameter) < 100 for source in matched for parameter in source.matched)


def make_gaps(path, gaps):
    """Number the rows behind some as if so many others had been between them."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for begin, gap in gaps.items():
            connection.execute(
                'UPDATE "default" SET rowid = rowid + ? WHERE rowid > ?', (gap, begin)
            )


@pytest.mark.parametrize("x", [None, "step", TIMESTAMP])
def test_nothing_is_sorted_for_a_run_before_a_gap(tmp_path, monkeypatch, x):
    """The gap is no part of the run, also where it is most of the table."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of(map(straight, range(NUMBER)))])
    make_gaps(tmp_path / "runs.db", {NUMBER // 2: 5_000_000})
    for module in (number_series, statements):
        monkeypatch.setattr(module, "ask", None)
    assert [] == differing(engine, [SeriesQuery(y=("loss",), x=x, runs=("first",), buckets=7)])


@pytest.mark.parametrize("table", ["begun", "own", "other", "part"])
def test_a_table_may_have_the_name_of_what_its_runs_are_found_with(tmp_path, table):
    """SQL has names for parts of a statement, which hide tables."""
    with Tracker(tmp_path / "runs.db", table=table, track_id="first") as tracker:
        tracker.log_batch([{"step": at, "loss": 0.5} for at in range(NUMBER)])
    engine = opened(tmp_path / "runs.db")
    query = SeriesQuery(y=("loss",), x="step", buckets=7)
    assert NUMBER == sum(bucket.rows for bucket in engine.read_series(table, query))
    assert {"first"} == engine.read_spans(table).keys()


HOSTILE = ["'a\"b", "tab\tnew\nline", "\u00e9\U0001f389", "nul\0nul", "\\u0041", "[1, null]", ""]


@pytest.mark.parametrize("other", [b"bytes", None])
def test_spans_are_those_that_python_counts(tmp_path, other):
    """Whatever names runs have, and if rows of another program have none that is a text."""
    names = [*HOSTILE, other, *HOSTILE[:2]]
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of(("first", at) for at in range(200 * len(names)))])
    with closing(sqlite3.connect(tmp_path / "runs.db")) as connection, connection:
        for at, name in enumerate(names):
            connection.execute(
                'UPDATE "default" SET track_id = ? WHERE (rowid - 1) / 200 = ?', (name, at)
            )
        rows = connection.execute('SELECT track_id, timestamp FROM "default"').fetchall()
    expected = {
        name: (len(stamps), min(stamps), max(stamps))
        for name in HOSTILE
        for stamps in [[stamp for run, stamp in rows if run == name]]
    }
    spans = engine.read_spans("default")
    assert expected == {run: tuple(span[:3]) for run, span in spans.items()}


def test_spans_of_stamps_that_are_no_texts_are_left_to_others(tmp_path):
    """JSON, by which they are read, has no bytes."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of(map(straight, range(NUMBER)))])
    assert engine.read_spans("default") is not None
    with closing(sqlite3.connect(tmp_path / "runs.db")) as connection, connection:
        connection.execute("UPDATE \"default\" SET timestamp = x'00' WHERE track_id = 'first'")
    assert engine.read_spans("default") is None


def _sources(values):
    return [each for each in values if isinstance(each, statements.Source)]


@pytest.mark.parametrize("layout", [mixed, shuffled, restarted])
def test_rows_that_lie_anyhow_are_not_read_one_by_one(tmp_path, monkeypatch, layout):
    """After some hundred statements it is seen that sorting is quicker."""
    engine = opened(tmp_path / "runs.db")
    log_at(engine, [*rows_of(map(layout, range(NUMBER)))])
    ranges = []
    figures = row_ranges._figures
    monkeypatch.setattr(row_ranges, "_figures", lambda *each: ranges.append(each) or figures(*each))
    buckets = [*engine.read_series("default", SeriesQuery(y=("loss",), x="step", buckets=20))]
    assert NUMBER == sum(bucket.rows for bucket in buckets)
    assert len(ranges) <= 2 * 20 + 64
