"""Each check finds what it is there for, and nothing else."""

from __future__ import annotations

import importlib

import pytest

from tests.skills.benchmark.cases import Config, Sample, fail, predict, run, tracker
from xetrack import Tracker

CHECKS = (
    "duplicates inputs leaks seeds data floats params failures code cache schema goals results"
).split()


@pytest.mark.parametrize("name", ["benchmark.db", "benchmark.duckdb"])
def test_a_sound_benchmark_has_no_problem(validate, script, tmp_path, name):
    """Run twice with a cache, and its roles are known by their names."""
    for _ in range(2):
        run(tmp_path / name, cache=tmp_path / "cache")
    done = validate(name)
    assert (0, "") == (done.code, done.err)
    told = done.json
    assert (16, 2, 0) == (told["rows"], told["runs"], told["problems"])
    roles = {
        "input": ["sample_id"],
        "configuration": ["config_model", "config_depth"],
        "seed": [],
        "split": "sample_split",
        "data": None,
        "outcome": "correct",
    }
    assert roles == told["roles"]
    states = {one["check"]: one["state"] for one in told["findings"]}
    notes = {"seeds", "data", "code", "results"}  # of which nothing is known here
    assert {check: "note" if check in notes else "ok" for check in CHECKS} == states
    assert ["8 hits, 8 computed"] == done.found("cache", "ok")
    shown = script("validate_benchmark", name, "predictions").out.splitlines()
    assert f"predictions in {name}: 16 rows of 2 runs" == shown[0]
    assert "ok      duplicates  8 evaluations, each input once in a configuration" in shown
    assert "0 problems" == shown[-1]
    assert max(map(len, shown)) <= 80


@pytest.mark.parametrize("name", ["benchmark.db", "benchmark.duckdb"])
def test_an_input_computed_twice_is_found(validate, tmp_path, name):
    """An input computed twice is found, with the runs that did it.

    A second configuration is not the first.
    """
    first = run(tmp_path / name, models="a")
    second = run(tmp_path / name, samples=[3], models="ab")
    done = validate(name)
    assert 1 == done.code
    assert ["1 of 5 evaluations computed more than once: 1 row too many"] == done.found(
        "duplicates"
    )
    (finding,) = [one for one in done.json["findings"] if one["check"] == "duplicates"]
    assert 1 == finding["count"]
    assert [f"3 in config_model=a, config_depth=None: 2 times, by {first}, {second}"] == finding[
        "examples"
    ]


def test_what_failed_may_be_tried_again(validate, tmp_path):
    """A failure that succeeds the second time is none, and no duplicate."""
    with tracker(tmp_path / "b.db") as tracking:
        tracking.track(fail, args=[Sample(1), Config("a")])
        tracking.track(fail, args=[Sample(1), Config("a")])
    assert [] == validate("b.db").found("duplicates")
    chance = iter([True, False])

    def sometimes(sample, config):
        if next(chance):
            raise TimeoutError
        return {"correct": True}

    with tracker(tmp_path / "again.db") as tracking:
        for _ in range(2):
            tracking.track(sometimes, args=[Sample(1), Config("a")])
    told = "1 failure, all of which succeeded when tried again"
    assert [told] == validate("again.db").found("failures", "ok")


def test_params_of_a_tracker_are_a_configuration(validate, tmp_path):
    """Params of a tracker are a configuration because they stay the same throughout a run.

    What a call returns does not.
    """
    for rate in (0.1, 0.2):
        run(tmp_path / "b.db", models="a", params={"rate": rate, "seed": 1})
    done = validate("b.db")
    assert ["config_model", "config_depth", "rate"] == done.json["roles"]["configuration"]
    assert [] == done.found("duplicates")
    (found,) = validate("b.db", "--config", "config_*").found("doubled")
    assert found.startswith("1 run repeated another run")


def test_what_is_logged_once_in_a_run_is_a_result(validate, tmp_path):
    """It is the same in all rows that have it, but these are few; or each run is but a row."""
    for rate in (0.1, 0.2):
        with tracker(tmp_path / "b.db", params={"rate": rate}) as tracking:
            tracking.log_batch([{"step": number} for number in range(4)])
            tracking.log_batch([{"final": 1 - rate}] * 2)
        with Tracker(tmp_path / "single.db", table="predictions") as tracking:
            tracking.log({"final": 1 - rate})
    assert ["rate"] == validate("b.db").json["roles"]["configuration"]
    assert [] == validate("single.db").json["roles"]["configuration"]


def test_calls_are_compared_where_no_column_names_an_input(validate, tmp_path):
    """By their arguments, unless these were too long to be kept."""
    for length in (100, 10):
        db = tmp_path / f"{length}.db"
        with Tracker(db, table="predictions", args_length=length) as tracking:
            for number in (1, 2, 2):
                tracking.track(lambda long, x: x, args=["a" * 20, number])
    assert ["1 of 2 evaluations computed more than once: 1 row too many"] == validate(
        "100.db"
    ).found("duplicates")
    assert ["not checked, as no column names an input"] == validate("10.db").found(
        "duplicates", "note"
    )


def test_rows_without_calls_are_checked_by_the_columns_that_are_named(validate, tmp_path):
    """Rows without calls are checked by the columns that are named, and by none where none is."""
    with tracker(tmp_path / "b.db") as tracking:
        tracking.log_batch([{"text": "a", "loss": 0.5}, {"text": "a", "loss": 0.25}])
    done = validate("b.db")
    assert (0, ["duplicates", "leaks", "params"]) == (
        done.code,
        [one["check"] for one in done.json["findings"] if one["found"].startswith("not checked")],
    )
    assert 1 == validate("b.db", "--input", "text").code


def splits(db, *parts, fold=False):
    """Evaluate samples in splits; each in a fold of its own, if asked."""
    with tracker(db) as tracking:
        for number, (sample, part) in enumerate(parts):
            params = {"fold": number} if fold else None
            tracking.track(predict, args=[Sample(sample, part), Config("a")], params=params)


def test_an_input_in_two_splits_is_a_leak(validate, tmp_path):
    """It is named, with its splits."""
    splits(tmp_path / "b.db", (1, "train"), (2, "train"), (2, "test"), (3, "test"))
    done = validate("b.db")
    assert (1, ["1 of 3 inputs in more than one sample_split"]) == (done.code, done.found("leaks"))
    (finding,) = [one for one in done.json["findings"] if one["check"] == "leaks"]
    assert ["2 in test and train"] == finding["examples"]
    assert ["not checked"] == validate("b.db", "--split", "correct", "--input", "correct").found(
        "leaks", "note"
    )


def test_folds_are_no_leaks_where_they_are_part_of_the_configuration(validate, tmp_path):
    """Each fold trains on what another one tests; a column of that name is known for one."""
    splits(tmp_path / "b.db", (1, "train"), (1, "test"), fold=True)
    assert 1 == len(validate("b.db", "--seed", "none", "--config", "config_*").found("leaks"))
    assert [] == validate("b.db", "--seed", "none", "--config", "config_*,fold").found("leaks")
    assert [] == validate("b.db").found("leaks")


def test_a_missing_param_is_found(validate, tmp_path):
    """A missing param is found, with its run; another function has params of its own."""
    run(tmp_path / "b.db", params={"config_seed": 1})
    late = run(tmp_path / "b.db", samples=[9])
    with tracker(tmp_path / "b.db") as tracking:
        tracking.track(lambda x: x, args=[1])
    done = validate("b.db")
    assert ["2 rows of 10 of predict without 'config_seed'"] == done.found("params")
    (finding,) = [one for one in done.json["findings"] if one["check"] == "params"]
    assert [f"run {late}"] == finding["examples"]
    assert "--optional config_seed" in finding["hint"]
    assert [] == validate("b.db", "--optional", "config_seed").found("params")


def test_none_is_a_value_where_the_arguments_say_so(validate, tmp_path):
    """None is a value where the arguments say so, of a field, and of a keyword."""
    with tracker(tmp_path / "b.db") as tracking:
        tracking.track(predict, args=[Sample(1), Config("a", depth=3)])
        tracking.track(predict, args=[Sample(2), Config("a")])
        tracking.track(lambda **_: {}, kwargs={"config_rate": None}, params={"config_rate": None})
        tracking.track(lambda **_: {}, kwargs={"config_rate": 1}, params={"config_rate": 1})
    done = validate("b.db")
    assert "config_rate" in done.json["roles"]["configuration"]
    assert [] == done.found("params")


def test_a_required_param_must_be_in_every_row(validate, tmp_path):
    """A required param must be in every row, also when no row has it."""
    run(tmp_path / "b.db", params={"host": 1})
    assert 0 == validate("b.db", "--require", "host").code
    run(tmp_path / "b.db", samples=[9])
    assert ["2 rows of 10 of predict without 'host'"] == validate(
        "b.db", "--require", "host"
    ).found("params")
    done = validate("b.db", "--require", "hst")
    assert ["no row has 'hst'"] == done.found("params")
    assert "Did you mean 'host'? Log it." in done.out


def test_failures_are_counted_by_type(validate, tmp_path):
    """The first of each type is shown, and where they are; said to be answers, they are a note."""
    run(tmp_path / "b.db")
    with tracker(tmp_path / "b.db") as tracking:
        for number in (1, 2):
            tracking.track(fail, args=[Sample(number), Config("c")])
        tracking.track(lambda sample: 1 / 0, args=[Sample(1)])
    done = validate("b.db")
    told = ["3 evaluations of 11 failed: ValueError 2, ZeroDivisionError 1"]
    assert told == done.found("failures")
    assert '"ValueError: no sample | is good"' in done.out
    assert "config_model=c, config_depth=None, sample_split=test: 2 of 2" in done.out
    assert told == validate("b.db", "--failures-are-results").found("failures", "note")


def test_calls_that_passed_the_cache_by_are_found(validate, tmp_path):
    """A benchmark without a cache is only noted."""
    run(tmp_path / "without.db")
    assert ["not in use"] == validate("without.db").found("cache", "note")
    run(tmp_path / "with.db", cache=tmp_path / "cache")
    run(tmp_path / "with.db", samples=[9], models="a")
    assert ["0 hits, 8 computed, and 1 call by trackers without a cache"] == validate(
        "with.db"
    ).found("cache")


def test_a_renamed_param_is_found(validate, tmp_path):
    """A renamed param is found, by its near name; two that occur in one row are two."""
    with tracker(tmp_path / "b.db") as tracking:
        tracking.log({"id": 1, "learning_rate": 0.1, "train_loss": 0.5, "train_losses": 3})
        tracking.log({"id": 2, "lr": 0.1, "train_loss": 0.4})
    (found,) = validate("b.db").found("schema")
    assert found.startswith("'learning_rate' (1 row) and 'lr' (1) never occur together")


def test_numbers_among_texts_are_found(validate, tmp_path):
    """Numbers of two kinds are not."""
    with tracker(tmp_path / "b.db") as tracking:
        tracking.log_batch([{"loss": 1, "score": 0.5}, {"loss": 0.5, "score": "0.25"}])
    (found,) = validate("b.db").found("schema")
    assert found.startswith("'score' holds numbers and text")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("learning_rate", "learningRate", True),
        ("learning_rate", "lr", True),
        ("test_acc", "test_accuracy", True),
        ("accuracy", "acuracy", True),
        ("max_tokens", "n_tokens", False),
        ("top1", "top5", False),
        ("train_loss", "test_loss", False),
        ("config_name", "config_rank", False),
        ("a", "accuracy", False),
    ],
)
def test_names_are_alike_that_a_person_would_confuse(one, other, expected):
    """Names are alike that a person would confuse, in either order."""
    alike = importlib.import_module("benchmark_drift").alike
    assert (expected, expected) == (bool(alike(one, other)), bool(alike(other, one)))
