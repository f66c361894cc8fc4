"""The server computes the buckets of ordinary columns, nan in the JSON among them."""

from __future__ import annotations

import itertools
import math

import pytest

from tests.postgres.engines import log, opened, where
from xetrack.interfaces.engines.series import SeriesQuery, computing
from xetrack.model.names import TIMESTAMP
from xetrack_testing.engines.capabilities.series import differences, generated_rows, log_at

ORDINARY = ("loss", "spikes", "counts", "flags", "took", "words", "step")


def refuse(*_):
    raise AssertionError("computed in Python")


def test_python_computes_nothing_of_ordinary_columns(engine, monkeypatch):
    """Floats with nan, integers, booleans, durations and texts, over every axis."""
    log_at(engine, [*generated_rows()])
    asked = itertools.product((None, "step", TIMESTAMP), ((), (where("step", 9, ">"),)))
    queries = [SeriesQuery(y=ORDINARY, x=x, where=each, buckets=9) for x, each in asked]
    expected = [[*computing.compute(engine, "default", query)] for query in queries]
    monkeypatch.setattr(computing, "compute", refuse)
    for query, buckets in zip(queries, expected, strict=True):
        assert [] == differences([*engine.read_series("default", query)], buckets)
    with pytest.raises(AssertionError, match="computed in Python"):
        engine.read_series("default", SeriesQuery(y=("decimals",)))


def test_numbers_of_other_programs_are_numbers(engine, by_hand):
    """Types that a tracker never makes, and a nan that lies in the column itself."""
    log(engine, *({"n": n} for n in range(3)))
    table = 'ALTER TABLE "default" ADD COLUMN'
    for column, kind, cells in (
        ("small", "smallint", ("1", "2", "NULL")),
        ("short", "real", ("0.5", "'NaN'", "'-Infinity'")),
        ("exact", "numeric", ("7", "'NaN'", "2")),
        ("net", "inet", ("'10.0.0.1'", "NULL", "NULL")),
    ):
        by_hand(f"{table} {column} {kind}")
        for n, cell in enumerate(cells):
            by_hand(f'UPDATE "default" SET {column} = {cell} WHERE n = {n}')
    engine.forget("default")
    query = SeriesQuery(y=("small", "short", "exact", "net"))
    (bucket,) = engine.read_series("default", query)
    assert [] == differences([bucket], [*computing.compute(engine, "default", query)])
    small, short, exact, net = bucket.values
    assert (1.5, 0.5, 4.5, None) == (small.mean, short.mean, exact.mean, net.mean)
    assert (0, 1, 1, 0) == (small.nan, short.nan, exact.nan, net.nan)
    assert (1, 1, 3) == (small.missing, short.negative_infinite, net.missing)


def test_a_token_is_the_same_for_each_connection(url):
    """It is the server's own: two engines that see the same have the same."""
    first, second = opened(url), opened(url)
    log(first, {"x": math.nan})
    assert first.change_token("default") == second.change_token("nowhere")
    first.close()
    second.close()
