"""The templates run as they stand, and leave what the scripts can check."""

from __future__ import annotations

import linecache
import re
import runpy
import sys

import pytest

from tests.preloaded import run_command
from tests.skills.benchmark.conftest import SKILL
from xetrack import Reader

ASSETS = SKILL / "assets"


def template(name, *words):
    """Run a template in a process of its own, and return what it prints."""
    command = [sys.executable, "-W", "error", str(ASSETS / f"{name}_template.py"), *map(str, words)]
    done = run_command(command, capture_output=True, text=True, check=False, timeout=55)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def run_here(path, folder, monkeypatch, capsys):
    """Run a template in this process, which is quick, and return the lines that it prints."""
    monkeypatch.setattr(sys, "argv", [str(path), str(folder)])
    capsys.readouterr()
    runpy.run_path(str(path), run_name="__main__")
    return capsys.readouterr().out.splitlines()


SKLEARN = ASSETS / "sklearn_benchmark_template.py"


@pytest.mark.slow
@pytest.mark.timeout(180)  # 3,576 calls, on a machine that may be busy
def test_models_are_compared_over_seeds_and_a_second_run_computes_nothing(
    tmp_path, monkeypatch, capsys, script
):
    """On all 149 different flowers of iris; no row claims more samples than there are, and the
    means, intervals and errors are those that the script computes from the predictions.
    """
    folder = tmp_path / "out"
    first, second = (run_here(SKLEARN, folder, monkeypatch, capsys) for _ in range(2))
    assert "1788 calls: 0 cache hits, 1788 computed" in first
    assert ["1788 calls: 1788 cache hits, 0 computed", "Nothing was computed again."] == second[
        -3:-1
    ]
    assert first[:-2] == second[:-3]
    db = folder / "benchmark.db"
    required = ("--require", "data,config_seed")
    done = script("validate_benchmark", db, "predictions", "--json", *required)
    assert (0, 0) == (done.code, done.json["problems"])
    assert ["149 inputs, none in two splits"] == done.found("leaks", "ok")
    assert ["48 rows of 'metrics' agree with the rows"] == done.found("results", "ok")
    with Reader(db, table="metrics") as reader:
        metrics = reader.select().dicts()
    assert 2 * 4 * 3 * 2 == len(metrics)  # runs, models, seeds, splits
    assert {("train", 104, 0), ("test", 45, 0)} == {
        (one["split"], one["samples"], one["errors"]) for one in metrics
    }
    assert all(0.8 < one["accuracy"] <= 1 for one in metrics)
    done = script("export_summary", db, "predictions", "--json", "--metrics", "correct")
    (correct,) = done.json["metrics"]
    for split in ("test", "train"):
        rows = [
            one
            for one in correct["configurations"]
            if one["configuration"]["sample_split"] == split
        ]
        assert {("seeds", 3)} == {(one["over"], one["n"]) for one in rows}
        at = next(at for at, line in enumerate(first) if line.startswith(f"Accuracy in {split}"))
        for row, line in zip(rows, first[at + 1 :], strict=False):
            config = row["configuration"]
            named = f"{config['config_model']} {config['config_strength']:g}"
            half = (row["high"] - row["low"]) / 2
            told = f"{row['mean']:.3f} +- {half:.3f} (n = 3 seeds) +- {row['by_inputs']:.3f}"
            assert line.startswith(named)
            assert told in line


@pytest.mark.slow
def test_an_edited_helper_is_computed_anew(tmp_path, monkeypatch, capsys, script):
    """Not the function that is tracked, nor one that it calls by itself, but what that calls, from
    behind `functools.cache`: the numbers are new, and the validator sees the old ones beside them.
    """
    path = tmp_path / "benchmark.py"
    text = SKLEARN.read_text("utf-8").replace('("logistic", 0.1), ("logistic", 1.0), ', "")
    text = text.replace(', ("bayes", 1e-9)]', "]").replace("test_size=0.3", "test_size=0.7")
    path.write_text(text, "utf-8")
    before = run_here(path, tmp_path / "out", monkeypatch, capsys)
    assert "447 calls: 0 cache hits, 447 computed" in before
    path.write_text(text.replace("max_depth=int(config.strength)", "max_depth=1"), "utf-8")
    linecache.checkcache()
    after = run_here(path, tmp_path / "out", monkeypatch, capsys)
    assert "447 calls: 0 cache hits, 447 computed" in after
    accuracy = re.compile(r"tree 3 +(0\.\d+)")
    old, new = (float(accuracy.search("\n".join(told))[1]) for told in (before, after))
    assert new < old - 0.2  # one question cannot tell three kinds apart
    db = tmp_path / "out" / "benchmark.db"
    done = script("validate_benchmark", db, "predictions", "--json")
    assert 1 == len(done.found("doubled"))
    done = script("validate_benchmark", db, "predictions", "--json", "--run-id", "@1")
    assert ([], 447) == (done.found("doubled"), done.json["rows"])


@pytest.mark.parametrize("name", ["sklearn.datasets", "numpy"])
def test_a_missing_library_is_said_in_a_sentence(tmp_path, monkeypatch, name):
    """With what to type; no traceback."""
    monkeypatch.setitem(sys.modules, name, None)
    template = {"sklearn.datasets": "sklearn_benchmark", "numpy": "llm_finetuning"}[name]
    name = name.partition(".")[0]
    told = (
        rf'^Error: {name} is not installed for this Python\. Type: pip install "xetrack\[cache\]"'
    )
    with pytest.raises(SystemExit, match=told):
        runpy.run_path(str(ASSETS / f"{template}_template.py"), run_name="__main__")


@pytest.mark.slow
def test_calls_of_microseconds_are_stored_in_batches(tmp_path, monkeypatch, capsys, script):
    """Each call is a row, thousands a second; a second run stores none; a failure is a row."""
    path = tmp_path / "benchmark.py"
    text = (ASSETS / "batch_benchmark_template.py").read_text("utf-8")
    path.write_text(text, "utf-8")
    first, second = (run_here(path, tmp_path / "out", monkeypatch, capsys) for _ in range(2))
    (told,) = [line for line in first if line.startswith("9,000 calls: 0 found, 9,000 computed")]
    assert int(re.search(r"([\d,]+) a second", told)[1].replace(",", "")) > 200
    assert any(
        line.endswith("0 computed and stored; nothing was computed again") for line in second
    )
    assert first[:4] == second[:4]
    assert ["128", "32", "8"] == [line.split()[0] for line in first[1:4]]  # least error first
    db = tmp_path / "out" / "benchmark.db"
    done = script("validate_benchmark", db, "predictions", "--json", "--require", "data")
    assert (0, 9_000) == (done.code, done.json["rows"])
    assert ["18 rows of 'metrics' agree with the rows"] == done.found("results", "ok")

    broken = text.replace(
        "    one, other = words(", "    if config.hashes == 8: 1 / 0\n    one, other = words("
    )
    path.write_text(broken, "utf-8")
    linecache.checkcache()
    third = run_here(path, tmp_path / "failed", monkeypatch, capsys)
    assert [["128", "0"], ["32", "0"], ["8", "3000"]] == [
        [line.split()[0], line.split()[-1]] for line in third[1:4]
    ]
    with Reader(tmp_path / "failed" / "benchmark.db", table="predictions") as reader:
        kinds = reader.sql("SELECT error, count(*) AS n FROM predictions GROUP BY error")
    assert {"": 6_000, "ZeroDivisionError: division by zero": 3_000} == dict(kinds.to_numpy())


@pytest.mark.slow
def test_processes_find_what_others_computed(tmp_path, script):
    """Two pools of new interpreters; the second sweep is all hits, and training has helped. The
    settings are ranked by the mean loss over seeds, the lowest first.
    """
    lines = template("llm_finetuning", tmp_path).splitlines()
    told = r"12 fine-tunings in 2 processes: {}, .* s"
    assert re.fullmatch(told.format("0 cache hits, 12 computed"), lines[0])
    assert re.fullmatch(told.format("12 cache hits, 0 computed"), lines[1])
    db = tmp_path / "benchmark.db"
    with Reader(db, table="metrics") as reader:
        rows = reader.select().dicts()
    assert 24 == len(rows)
    assert {"", rows[0]["track_id"]} == {row["cache"] for row in rows}
    assert all(row["test_loss"] < row["test_loss_before"] for row in rows)
    assert {384, 1536} == {row["weights_trained"] for row in rows}
    with Reader(db, table="curves") as reader:
        curves = reader.select(["step"]).cells[0]
    assert sorted([20, 40, 60, 80, 100, 120, 140] * 12) == sorted(curves)
    assert 0 == script("validate_benchmark", db, "metrics", "--json").code
    done = script("export_summary", db, "metrics", "--json", "--metrics", "test_loss")
    (found,) = done.json["metrics"]
    means = [one["mean"] for one in found["configurations"]]
    assert ("min", sorted(means)) == (found["goal"], means)
    at = next(at for at, line in enumerate(lines) if line.startswith("rank "))
    assert [f"{mean:.3f}" for mean in means] == [line.split()[2] for line in lines[at + 1 : at + 5]]
    assert {("seeds", 3)} == {(one["over"], one["n"]) for one in found["configurations"]}


def test_a_service_is_measured_under_each_load(tmp_path, script):
    """Every request is a row with the machine's figures; configurations have names, and what is
    said of several workers is what they did together.
    """
    printed = template("throughput_benchmark", tmp_path, "--requests", 20)
    levels = [1, 2, 4, 8, 16]
    assert "zlib-6: means of 3 repetitions" == printed.splitlines()[0]
    assert levels == [int(line.split()[0]) for line in printed.splitlines()[2:7]]
    with Reader(tmp_path / "benchmark.db", table="metrics") as reader:
        metrics = reader.select().dicts()
    assert [(workers, repetition) for workers in levels for repetition in range(3)] == [
        (one["config_workers"], one["config_repetition"]) for one in metrics
    ]
    for one in metrics:
        assert ("zlib-6", 20, 0) == (one["config_service"], one["requests"], one["errors"])
        assert 0 < one["p50_ms"] <= one["p95_ms"] <= one["p99_ms"]
        assert one["per_second"] == pytest.approx(20 / one["seconds"])
        assert 0 <= one["cpu"] <= 100
    db = tmp_path / "benchmark.db"
    done = script("validate_benchmark", db, "requests", "--json")
    assert (0, 300) == (done.code, done.json["rows"])
    assert ["config_service", "config_workers"] == done.json["roles"]["configuration"]
    assert ["300 evaluations, each input once in a configuration"] == done.found("duplicates", "ok")


def test_a_service_that_does_not_answer_is_said_in_a_sentence(tmp_path, monkeypatch):
    """Port 9 is nobody's on the machine itself."""
    path = str(ASSETS / "throughput_benchmark_template.py")
    for words, told in [
        (
            ["--url", "http://127.0.0.1:9/"],
            r"Error: http://127\.0\.0\.1:9/ does not answer: .*--url",
        ),
        (["--requests", "1"], "2"),
    ]:
        monkeypatch.setattr(sys, "argv", [path, str(tmp_path), *words])
        with pytest.raises(SystemExit, match=told):
            runpy.run_path(path, run_name="__main__")
