"""What became of each call is counted."""

from __future__ import annotations

import pytest

from tests.skills.benchmark.cases import Config, Sample, fail, predict, run, tracker


def count(done):
    """The counts of all configurations together."""
    names = ("hits", "misses", "not_cached", "failed", "again")
    return tuple(done.json["total"][name] for name in names)


@pytest.mark.parametrize("name", ["b.db", "b.duckdb"])
def test_hits_and_misses_are_counted_by_configuration(script, tmp_path, name):
    """Hits and misses are counted by configuration, and what the hits would have taken."""
    run(tmp_path / name, cache=tmp_path / "cache")
    run(tmp_path / name, models="a", cache=tmp_path / "cache")
    done = script("analyze_cache_hits", name, "predictions", "--json")
    assert (0, "") == (done.code, done.err)
    assert (4, 8, 0, 0, 0) == count(done)
    first, second = done.json["configurations"]
    assert {"config_model": "a", "config_depth": None} == first["configuration"]
    assert (4, 4, 0.5) == (first["hits"], first["misses"], first["rate"])
    assert first["seconds"] == pytest.approx(first["saved"])
    assert (0, 4, 0.0) == (second["hits"], second["misses"], second["saved"])
    shown = script("analyze_cache_hits", name, "predictions").out.splitlines()
    assert "12 calls, 4 hits (33%), 8 computed, 0 not cached, 0 failed" in " ".join(shown[:2])
    assert shown[-1].startswith("|    0 |      4 |          0 |      0 |     0 |")
    assert shown[-1].endswith("| config_model=b, config_depth=None |")


def test_failures_are_no_misses(script, tmp_path):
    """They are never kept."""
    run(tmp_path / "b.db", cache=tmp_path / "cache")
    with tracker(tmp_path / "b.db", cache=tmp_path / "cache") as tracking:
        tracking.track(fail, args=[Sample(1), Config("\x1b[31m|")])
    done = script("analyze_cache_hits", "b.db", "predictions", "--json")
    assert (0, (0, 8, 0, 1, 0)) == (done.code, count(done))
    shown = script("analyze_cache_hits", "b.db", "predictions").out
    assert r"| fail: config_model=\x1b[31m\|, config_depth=None |" in shown


def test_equal_calls_that_were_computed_again_are_found(script, tmp_path):
    """Equal calls that were computed again are found, as for arguments that cannot be hashed."""
    with tracker(tmp_path / "b.db", cache=tmp_path / "cache") as tracking:
        for _ in range(3):
            tracking.track(sum, args=[[1, 2]])
    done = script("analyze_cache_hits", "b.db", "predictions", "--json")
    assert (1, (0, 3, 0, 0, 2)) == (done.code, count(done))
    assert ["2 calls computed although an equal one had succeeded"] == done.found("again")
    assert "cache_unhashable=True" in done.out


def test_calls_without_a_cache_are_found(script, tmp_path):
    """Calls without a cache are found: some of them, or all."""
    run(tmp_path / "b.db")
    done = script("analyze_cache_hits", "b.db", "predictions", "--json")
    assert (1, (0, 0, 8, 0, 0), ["no call was cached"]) == (
        done.code,
        count(done),
        done.found("cache"),
    )
    run(tmp_path / "b.db", cache=tmp_path / "cache")
    done = script("analyze_cache_hits", "b.db", "predictions", "--json")
    assert ["8 calls by trackers without a cache"] == done.found("cache")


def test_a_table_without_calls_has_nothing_to_count(script, tmp_path):
    """It says what a call is."""
    with tracker(tmp_path / "b.db") as tracking:
        tracking.log({"loss": predict(Sample(1), None)["score"]})
    done = script("analyze_cache_hits", "b.db", "predictions")
    assert (1, "") == (done.code, done.out)
    assert "comes from tracker.track or tracker.wrap" in done.err
