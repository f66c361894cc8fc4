"""Each engine with SQL of its own computes the buckets of ordinary columns by it."""

from __future__ import annotations

import itertools

import pytest

from tests.engines import opened
from xetrack.builtin.sqlite.reading import series as sqlite_series
from xetrack.interfaces.engines.series import SeriesQuery, computing
from xetrack.model.names import TIMESTAMP
from xetrack_testing.engines.capabilities.series import (
    differences,
    generated_rows,
    log_at,
    where,
)

ORDINARY = ("loss", "spikes", "counts", "flags", "took", "words", "step")


def refuse(*_):
    raise AssertionError("computed in Python")


@pytest.mark.parametrize("name", ["runs.db", "runs.duckdb"])
def test_python_computes_nothing_of_ordinary_columns(tmp_path, monkeypatch, name):
    """Floats with nan, integers, booleans, durations and texts, over every axis."""
    engine = opened(tmp_path / name)
    log_at(engine, [*generated_rows()])
    asked = itertools.product((None, "step", TIMESTAMP), ((), (where("step", 9, ">"),)))
    queries = [SeriesQuery(y=ORDINARY, x=x, where=each, buckets=9) for x, each in asked]
    expected = [[*computing.compute(engine, "default", query)] for query in queries]
    monkeypatch.setattr(computing, "compute", refuse)
    monkeypatch.setattr(sqlite_series, "compute", refuse)
    for query, buckets in zip(queries, expected, strict=True):
        assert [] == differences([*engine.read_series("default", query)], buckets)
    with pytest.raises(AssertionError, match="computed in Python"):
        engine.read_series("default", SeriesQuery(y=("decimals",)))


def test_a_read_only_engine_reads_series(tmp_path):
    """It changes nothing to do so."""
    log_at(opened(tmp_path / "runs.db"), [*generated_rows()])
    engine = opened(tmp_path / "runs.db", read_only=True)
    query = SeriesQuery(y=("loss",), x="step", buckets=3)
    expected = [*computing.compute(engine, "default", query)]
    assert [] == differences([*engine.read_series("default", query)], expected)


def test_rows_that_wait_in_the_log_of_duckdb_count(tmp_path):
    """They are brought to the file first, whoever logged them."""
    writing, reading = opened(tmp_path / "runs.duckdb"), opened(tmp_path / "runs.duckdb")
    rows = [*generated_rows()]
    for at in range(0, 400, 200):
        log_at(writing, rows[at : at + 200])
        buckets = reading.read_series("default", SeriesQuery(y=("step",)))
        assert at + 200 == sum(bucket.rows for bucket in buckets)
