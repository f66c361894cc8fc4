"""Common mistakes, each planted in a benchmark: the validator names each, and what to do next."""

from __future__ import annotations

import re
import subprocess
from contextlib import chdir
from types import SimpleNamespace

import pytest

from tests.skills.benchmark.planted import (
    ITEMS,
    KEYS,
    MISTAKES,
    MODELS,
    SEEDS,
    Bench,
    brittle,
    leak,
    renamed_leak,
    summed,
)
from xetrack import Tracker


@pytest.fixture
def bench(tmp_path):
    """A benchmark that has not run yet."""
    return Bench(tmp_path / "b.db")


def test_a_clean_benchmark_has_no_problem(validate, bench):
    """All models, seeds, inputs and splits, of one version of the data, summed up rightly."""
    bench.run()
    bench.metrics()
    done = validate("b.db", "--require", "data,config_seed")
    assert (0, 0) == (done.code, done.json["problems"])
    agree = "12 rows of 'metrics' agree with the rows"
    assert [agree] == done.found("results", "ok")
    checks = {one["check"] for one in done.json["findings"] if one["state"] == "ok"}
    # Without a repository and a cache nobody knows more.
    assert {"code", "cache"} == {one["check"] for one in done.json["findings"]} - checks


@pytest.mark.parametrize("plant", MISTAKES, ids=lambda plant: plant.__name__)
def test_each_mistake_is_named(validate, script, bench, plant):
    """In words of its own, with an example, and with what to do; and only it."""
    plant(bench)
    check, found, example, hint = MISTAKES[plant]
    done = validate("b.db", "--failures-are-results")
    assert (1, "") == (done.code, done.err)
    problems = [one for one in done.json["findings"] if one["state"] == "problem"]
    named = [one for one in problems if one["check"] == check and found in one["found"]]
    assert len(named) == 1, problems
    assert example in "\n".join(named[0]["examples"])
    assert hint in named[0]["hint"]
    others = {one["check"] for one in problems} - {check}
    assert others <= {leak: {"inputs"}, renamed_leak: {"inputs"}}.get(plant, set()), problems
    shown = script("validate_benchmark", "b.db", "predictions", "--failures-are-results").out
    assert found[:20] in " ".join(shown.split())


def test_seeds_that_are_pooled_into_the_row_of_each_seed_are_named(validate, bench):
    """Each of three rows claims the inputs, and the accuracy, of all three seeds."""
    bench.run()
    for seed in SEEDS:
        bench.metrics(summed(*KEYS), lambda row, seed=seed: {**row, "config_seed": seed})
    (finding,) = [one for one in validate("b.db").json["findings"] if one["check"] == "results"]
    assert finding["found"].startswith("pooled seeds: ")
    assert finding["count"] > 12  # counts of all twelve rows, and accuracies
    assert "config_seed=0: claims 30 items, of which 10 are there" in finding["examples"][0]
    assert "accuracy" in " ".join(finding["examples"])


def test_pooled_seeds_without_failures_are_two_mistakes(validate, bench):
    """Both are named: `avg` and `count` of SQL skip what has no answer."""
    bench.run(function=brittle)
    bench.metrics(summed(*KEYS, where="error = ''"))
    found = validate("b.db", "--failures-are-results").found("results")
    assert ["dropped failures", "pooled seeds"] == sorted(one.partition(":")[0] for one in found)


def test_what_says_that_it_is_something_else_is_no_mistake(validate, bench):
    """The accuracy of a split by its name, and counts of what the rows do not have."""
    bench.run()
    one = summed("config_model", "config_seed", where="sample_split = 'test'")
    bench.metrics(
        one,
        lambda row: {
            "config_model": row["config_model"],
            "config_seed": row["config_seed"],
            "test_accuracy": row["accuracy"],
            "best_accuracy": 1.0,
            "training_samples": 7,
        },
    )
    done = validate("b.db")
    assert (0, []) == (done.code, done.found("results"))
    with Tracker(bench.db, table="metrics") as metrics:
        metrics.log({"config_model": "steady", "config_seed": 0, "test_accuracy": 0.123})
    (found,) = validate("b.db").found("results")
    assert found.startswith("other numbers: 1 number")


def test_folds_that_share_no_input_are_seeds_that_change_something(validate, tmp_path):
    """Each tests a third of the inputs; together they are all."""
    with Tracker(tmp_path / "b.db", table="predictions", params={"data": "v1"}) as tracker:
        for model in MODELS:
            tracker.log_batch(
                [
                    {"item_id": n, "config_model": model, "fold": n % 3, "correct": n % 2 == 0}
                    for n in ITEMS
                ]
            )
    done = validate("b.db")
    assert (0, ["3 seeds in each configuration"]) == (done.code, done.found("seeds", "ok"))


def test_no_two_mistakes_have_the_same_words():
    """Whoever reads one knows which it is; a leak is one under either name."""
    words = {re.sub(r"\d+", "", found) for _, found, _, _ in MISTAKES.values()}
    assert len(MISTAKES) - 1 == len(words) >= 10


def git(folder, *words):
    """Run git in a folder."""
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@localhost"]
    subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(bench, monkeypatch):
    """The benchmark in a repository, recorded as users have it."""
    folder = bench.db.parent
    monkeypatch.delenv("XETRACK_RECORDERS", raising=False)
    (folder / ".gitignore").write_text("*.db*\n")
    (folder / "train.py").write_text("x = 1\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Begin")
    with chdir(folder):
        yield SimpleNamespace(folder=folder, bench=bench)


def change(repository, name, text):
    """Commit a change."""
    (repository.folder / name).write_text(text)
    git(repository.folder, "add", name)
    git(repository.folder, "commit", "--quiet", "--message", f"Change {name}")


def test_stale_code_is_named(repository, validate):
    """Half of the rows are of a commit that is not that of the others; a page is no code."""
    repository.bench.run(["steady"])
    change(repository, "RESULTS.md", "# Results\n")
    repository.bench.run(["eager"])
    (found,) = validate("b.db").found("code", "ok")
    assert found.startswith("all by commit ")
    change(repository, "train.py", "x = 2\n")
    repository.bench.run(["third"])
    done = validate("b.db")
    assert ["stale code: the results compared were made by 2 states of the code"] == done.found(
        "code"
    )
    (finding,) = [one for one in done.json["findings"] if one["check"] == "code"]
    assert [one.split(" by ")[0] for one in finding["examples"]] == [
        "180 evaluations",
        "90 evaluations",
    ]
    assert "Run all of it once more" in finding["hint"]


def test_uncommitted_changes_are_other_code(repository, validate):
    """The patch of the record tells; that of a table of results does not count."""
    repository.bench.run(["steady"])
    (repository.folder / "results.csv").write_text("a,b\n")
    repository.bench.run(["eager"])
    assert [] == validate("b.db").found("code")
    (repository.folder / "train.py").write_text("x = 3\n")
    repository.bench.run(["third"])
    (finding,) = [one for one in validate("b.db").json["findings"] if one["check"] == "code"]
    assert "problem" == finding["state"]
    assert " with changes " in finding["examples"][1]


def test_a_doubled_run_of_other_code_says_so(repository, validate):
    """As whoever edits a function and runs again has both in one table, until one run is chosen."""
    repository.bench.run()
    change(repository, "train.py", "x = 2\n")
    repository.bench.run()
    done = validate("b.db")
    (finding,) = [one for one in done.json["findings"] if one["check"] == "doubled"]
    assert finding["examples"][0].endswith("180 evaluations, by other code")
    done = validate("b.db", "--run-id", "@1")
    assert (0, 180) == (done.code, done.json["rows"])


def test_what_the_cache_has_from_other_code_is_told(repository, validate):
    """The key says that the function and its helpers are the same; that is a note, and no doubt."""
    cache = repository.folder / "b.db-cache"
    repository.bench.run(cache=cache)
    change(repository, "train.py", "x = 2\n")
    repository.bench.run(cache=cache)
    done = validate("b.db")
    assert (0, []) == (done.code, done.found("code"))
    told = "180 results from the cache, computed when the code was another"
    assert [told] == done.found("code", "note")
    (found,) = done.found("code", "ok")
    assert found.startswith("all by commit ")
