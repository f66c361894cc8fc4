"""Where the runs of a file lie is found once for each token, for who asks for tokens."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.engines import opened
from xetrack.builtin.sqlite.reading import row_ranges
from xetrack.interfaces.engines.series import SeriesQuery, computing
from xetrack_testing.engines.capabilities.series import differences, log_at
from xetrack_testing.engines.capabilities.spans import spans_of_rows

FIGURES = SeriesQuery(y=("loss",))
SOME = SeriesQuery(y=("loss",), x="step", runs=("run 3",), buckets=20)


def rows_of(runs):
    """Return 100 rows of each run."""
    for run in runs:
        for step in range(100):
            yield (
                f"2026-03-01 10:{run:02d}:00.{step:06d}",
                f"run {run}",
                {"loss": 0.5, "step": step},
            )


@pytest.fixture
def engine(tmp_path):
    """A reader of ten runs that has asked for a token, and where the runs lie."""
    with closing(opened(tmp_path / "runs.db")) as writer:
        log_at(writer, [*rows_of(range(10))])
    with closing(opened(tmp_path / "runs.db", read_only=True)) as engine:
        engine.change_token("default")
        assert spans_of_rows(engine) == engine.read_spans("default")
        yield engine


def change(engine, *statements):
    """Change the file as another program does."""
    with closing(sqlite3.connect(engine.connections.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def assert_right(engine):
    for query in (FIGURES, SOME):
        answers = [*engine.read_series("default", query)]
        assert [] == differences(answers, [*computing.compute(engine, "default", query)])
    assert spans_of_rows(engine) == engine.read_spans("default")


CHANGES = (
    'INSERT INTO "default" SELECT * FROM "default" WHERE track_id = \'run 3\'',
    "DELETE FROM \"default\" WHERE track_id IN ('run 2', 'run 5')",
    "UPDATE \"default\" SET track_id = 'run 3' WHERE track_id = 'run 7' AND step > 40",
    "UPDATE \"default\" SET track_id = NULL WHERE track_id = 'run 7'",
)


def test_a_table_that_stays_as_it_is_is_scanned_once(engine, monkeypatch):
    """Each chart and each page of the list would scan it anew."""
    monkeypatch.setattr(row_ranges, "find_runs", None)
    assert_right(engine)


@pytest.mark.parametrize("statement", CHANGES)
def test_after_a_change_runs_are_where_they_lie_now(engine, statement):
    """Rows were added, removed, or became those of another run."""
    change(engine, statement)
    assert_right(engine)


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("query", [FIGURES, SOME])
def test_a_change_between_token_and_reading_is_seen(engine, monkeypatch, statement, query):
    """What is read is that of a later moment than the places of the runs."""
    read, statements = engine.read_sqlite, [statement]

    def read_later(*arguments, **options):
        if statements:
            change(engine, statements.pop())
        return read(*arguments, **options)

    monkeypatch.setattr(engine, "read_sqlite", read_later)
    answers = [*engine.read_series("default", query)]
    assert [] == statements
    assert [] == differences(answers, [*computing.compute(engine, "default", query)])
    assert_right(engine)


def test_who_asks_for_no_token_keeps_no_file_open(tmp_path):
    """A connection that waits for changes keeps the log beside the file."""
    with closing(opened(tmp_path / "runs.db")) as writer:
        log_at(writer, [*rows_of(range(10))])
    with closing(opened(tmp_path / "runs.db", read_only=True)) as engine:
        assert_right(engine)
        assert ["runs.db"] == [each.name for each in tmp_path.iterdir()]


def test_a_timestamp_that_is_no_text_is_left_to_sql(engine):
    """Texts and bytes have no order that both SQL and Python know."""
    change(engine, "UPDATE \"default\" SET timestamp = x'00' WHERE track_id = 'run 3' AND step = 7")
    assert engine.read_spans("default") is None
