"""The page says what the table holds, each evaluation once."""

from __future__ import annotations

import statistics

import pytest

from tests.skills.benchmark.cases import Config, Sample, fail, run, tracker

SCORES = [0.0, 0.25, 0.5, 0.75]


def metric(done, name):
    """What is said of a metric, by configuration."""
    (found,) = [one["configurations"] for one in done.json["metrics"] if one["metric"] == name]
    return found


@pytest.mark.parametrize("name", ["b.db", "b.duckdb"])
def test_metrics_are_described_by_configuration(script, tmp_path, name):
    """Metrics are described by configuration, with the figures that Python's own statistics give.

    Truth values as shares.
    """
    run(tmp_path / name)
    done = script("export_summary", name, "predictions", "--json")
    assert (0, "") == (done.code, done.err)
    assert ["correct", "score", "function_time"] == [one["metric"] for one in done.json["metrics"]]
    first, second = metric(done, "score")
    assert {"a", "b"} == {one["configuration"]["config_model"] for one in (first, second)}
    assert {"config_model", "config_depth", "sample_split"} == set(first["configuration"])
    expected = {
        "n": 4,
        "mean": statistics.fmean(SCORES),
        "sd": statistics.stdev(SCORES),
        "min": 0.0,
        "median": 0.375,
        "max": 0.75,
    }
    assert expected == {key: first[key] for key in expected}
    assert 0.5 == metric(done, "correct")[0]["mean"]


def test_hits_count_once(script, tmp_path):
    """Where the run that computed them is elsewhere, they are what there is."""
    for _ in range(2):
        run(tmp_path / "b.db", cache=tmp_path / "cache")
    run(tmp_path / "other.db", cache=tmp_path / "cache")
    both, alone = (
        script("export_summary", name, "predictions", "--json") for name in ("b.db", "other.db")
    )
    assert [8, 8] == [both.json["evaluations"], alone.json["evaluations"]]
    assert [4, 4] == [metric(done, "score")[0]["n"] for done in (both, alone)]
    assert [0, 8] == [one["hits"] for one in both.json["runs"]]
    assert [] == metric(alone, "function_time")  # a hit takes no time


def test_the_page_is_markdown(script, tmp_path):
    """Runs, metrics and errors; what would break a table is escaped."""
    first = run(tmp_path / "b.db", params={"git_commit": "c0ffee"})
    with tracker(tmp_path / "b.db") as tracking:
        tracking.track(fail, args=[Sample(1), Config("c")])
    done = script("export_summary", "b.db", "predictions")
    lines = done.out.splitlines()
    assert "# predictions" == lines[0]
    assert "9 rows of 2 runs, 8 evaluations in 3 configurations, from `b.db`." == lines[2]
    assert [first, "8", "0", "0"] == [cell.strip() for cell in lines[8].split("|")[1:5]]
    assert lines[8].endswith("c0ffee |")
    assert ["## Runs", "## correct", "## score", "## function_time (s)", "## Errors"] == [
        line for line in lines if line.startswith("##")
    ]
    assert r"| ValueError |    1 | ValueError: no sample \| is good |" == lines[-1]


def test_what_is_no_number_is_left_out(script, tmp_path):
    """Missing cells, nan, whole numbers that were not asked for; infinities have no deviation."""
    with tracker(tmp_path / "b.db") as tracking:
        tracking.log_batch(
            [
                {"loss": 0.5, "label": 1, "name": "a"},
                {"loss": float("nan"), "label": 2},
                {"loss": float("inf")},
                {"name": "b"},
            ]
        )
    done = script("export_summary", "b.db", "predictions", "--json")
    assert ["loss"] == [one["metric"] for one in done.json["metrics"]]
    (found,) = metric(done, "loss")
    assert (2, "inf", None) == (found["n"], found["mean"], found["sd"])
    done = script("export_summary", "b.db", "predictions", "--json", "--metrics", "label,name")
    assert 1.5 == metric(done, "label")[0]["mean"]
    assert [] == metric(done, "name")
    shown = script("export_summary", "b.db", "predictions", "--metrics", "name").out
    assert shown.endswith("## name\n\nNo evaluation has a value.\n")
