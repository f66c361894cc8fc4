"""The page says what the table holds, each evaluation once."""

from __future__ import annotations

import importlib
import statistics

import pytest

from tests.skills.benchmark.cases import Config, Sample, fail, run, tracker
from xetrack import Tracker

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
        "over": "inputs",
        "errors": 0,
    }
    assert expected == {key: first[key] for key in expected}
    # Student's t of three degrees of freedom: 3.182.
    half = 3.182 * statistics.stdev(SCORES) / 2
    assert (0.375 - half, 0.375 + half) == pytest.approx((first["low"], first["high"]))
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
    told = "9 rows of 2 runs, 9 evaluations in 3 configurations, from `b.db`. "
    told += "1 evaluation failed, and counts as wrong. In all of them: config_depth=None."
    assert told == lines[2]
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


def test_means_are_over_seeds_and_failures_count_as_wrong(script, tmp_path):
    """Three seeds of four inputs are n = 3 and not 12; who fails on half of them is right on half,
    and is not ranked by a loss that only its successes have. Splits are apart.
    """
    rows = [
        {
            "item_id": number,
            "config_model": model,
            "config_seed": seed,
            "split": split,
            "correct": None if failed else number > (seed if model == "steady" else -1),
            "loss": None if failed else (0.5 if model == "steady" else 0.1),
            "error": "ValueError: too hard" if failed else "",
        }
        for model in ("steady", "brittle")
        for seed in range(3)
        for split in ("test", "train")
        for number in range(4)
        for failed in [model == "brittle" and number < 2]
    ]
    with Tracker(tmp_path / "b.db", table="predictions") as tracking:
        tracking.log_batch(rows)
    done = script("export_summary", "b.db", "predictions", "--json")
    test = [one for one in metric(done, "correct") if one["configuration"]["split"] == "test"]
    found = {one["configuration"]["config_model"]: one for one in test}
    steady, brittle = found["steady"], found["brittle"]
    assert ("seeds", 3, 4, 0) == tuple(steady[key] for key in ("over", "n", "inputs", "errors"))
    shares = [3 / 4, 2 / 4, 1 / 4]
    assert statistics.fmean(shares) == pytest.approx(steady["mean"])
    half = 4.303 * statistics.stdev(shares) / 3**0.5
    assert (0.5 - half, 0.5 + half) == pytest.approx((steady["low"], steady["high"]))
    assert (0.5, 6) == (brittle["mean"], brittle["errors"])
    order = [one["configuration"]["config_model"] for one in metric(done, "loss")]
    assert ["steady", "steady", "brittle", "brittle"] == order
    shown = script("export_summary", "b.db", "predictions").out
    assert "## correct, test" in shown
    assert "## correct, train" in shown
    assert "12 evaluations failed, and count as wrong." in shown


def test_a_metric_that_nobody_knows_is_not_ranked_and_others_by_their_goal(script, tmp_path):
    """By definition first, else by the words of the name."""
    with Tracker(tmp_path / "b.db", table="predictions") as tracking:
        tracking.log_batch(
            [
                {"item_id": 1, "config_model": model, "loss": x, "f1": x, "gap": x, "word_error": x}
                for model, x in (("a", 0.2), ("b", 0.1), ("c", 0.3))
            ]
        )
        tracking.define("f1", goal="min")  # as nobody would, but it is what was said
    done = script("export_summary", "b.db", "predictions", "--json")
    orders = {
        name: "".join(one["configuration"]["config_model"] for one in metric(done, name))
        for name in ("loss", "f1", "gap", "word_error")
    }
    assert {"loss": "bac", "f1": "bac", "gap": "abc", "word_error": "bac"} == orders
    shown = script("export_summary", "b.db", "predictions").out
    assert 'Not ranked, as nobody said which way it gets better: `tracker.define("gap"' in shown


def test_the_table_of_student_is_right():
    """For all degrees of freedom that it has, and nearly so behind them."""
    stats = importlib.import_module("scipy.stats")  # comes with scikit-learn
    module = importlib.import_module("benchmark_evaluations")
    for freedom in range(1, 200):
        values = [float(number) for number in range(freedom + 1)]
        low, high = module.mean_interval(values)
        half = stats.t.ppf(0.975, freedom) * statistics.stdev(values) / len(values) ** 0.5
        assert (high - low) / 2 == pytest.approx(half, rel=2e-3)
