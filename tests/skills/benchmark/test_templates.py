"""The templates run as they stand, and leave what the scripts can check."""

from __future__ import annotations

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


@pytest.mark.slow
def test_models_are_compared_and_a_second_run_computes_nothing(
    tmp_path, monkeypatch, capsys, script
):
    """Models are compared and a second run computes nothing, on all 149 different flowers of iris,
    with two tables.
    """
    path = ASSETS / "sklearn_benchmark_template.py"
    monkeypatch.setattr(sys, "argv", [str(path), str(tmp_path / "out")])
    printed = []
    for _ in range(2):
        runpy.run_path(str(path), run_name="__main__")
        printed.append(capsys.readouterr().out.splitlines())
    first, second = printed
    assert "596 calls: 0 cache hits, 596 computed" in first
    assert ["596 calls: 596 cache hits, 0 computed", "Nothing was computed again."] == second[-3:-1]
    assert first[:8] == second[:8]
    db = tmp_path / "out" / "benchmark.db"
    done = script("validate_benchmark", db, "predictions", "--json", "--require", "data")
    assert (0, ["ok"] * 6) == (done.code, [one["state"] for one in done.json["findings"]])
    assert ["149 inputs, none in two splits"] == done.found("leaks", "ok")
    with Reader(db, table="metrics") as reader:
        metrics = reader.select().dicts()
    assert 16 == len(metrics)
    assert {104, 45} == {one["samples"] for one in metrics}
    assert all(0.9 < one["accuracy"] <= 1 for one in metrics)
    done = script("export_summary", db, "predictions", "--json", "--metrics", "correct")
    by_script = {
        (one["configuration"]["config_model"], one["configuration"]["config_strength"]): one["mean"]
        for one in done.json["metrics"][0]["configurations"]
        if one["configuration"]["sample_split"] == "test"
    }
    by_template = {
        (one["config_model"], one["config_strength"]): one["accuracy"]
        for one in metrics
        if one["split"] == "test"
    }
    assert by_template == pytest.approx(by_script)


def test_processes_find_what_others_computed(tmp_path):
    """Two pools of new interpreters; the second sweep is all hits, and training has helped."""
    lines = template("llm_finetuning", tmp_path).splitlines()
    assert re.fullmatch(r"4 fine-tunings in 2 processes: 0 cache hits, 4 computed, .* s", lines[0])
    assert re.fullmatch(r"4 fine-tunings in 2 processes: 4 cache hits, 0 computed, .* s", lines[1])
    with Reader(tmp_path / "benchmark.db", table="metrics") as reader:
        rows = reader.select().dicts()
    assert 8 == len(rows)
    assert {"", rows[0]["track_id"]} == {row["cache"] for row in rows}
    assert all(row["loss_after"] < row["loss_before"] for row in rows)
    assert {384, 1536} == {row["weights_trained"] for row in rows}
    curves = Reader(tmp_path / "benchmark.db", table="curves").select(["step"]).cells[0]
    assert sorted([20, 40, 60, 80, 100, 120, 140] * 4) == sorted(curves)


def test_a_service_is_measured_under_each_load(tmp_path, script):
    """Every request is a row with the machine's figures; percentiles are in order."""
    printed = template("throughput_benchmark", tmp_path, "--requests", 20)
    assert ["1", "2", "4", "8", "16"] == [line.split()[0] for line in printed.splitlines()[1:6]]
    with Reader(tmp_path / "benchmark.db", table="metrics") as reader:
        metrics = reader.select().dicts()
    assert [1, 2, 4, 8, 16] == [one["workers"] for one in metrics]
    for one in metrics:
        assert (20, 0) == (one["requests"], one["errors"])
        assert 0 < one["p50_ms"] <= one["p95_ms"] <= one["p99_ms"]
        assert one["per_second"] > 0
        assert 0 <= one["cpu"] <= 100
    roles = ("--input", "load_number", "--config", "load_workers")
    done = script("validate_benchmark", tmp_path / "benchmark.db", "requests", "--json", *roles)
    assert (0, 100) == (done.code, done.json["rows"])
    assert ["100 evaluations, each input once in a configuration"] == done.found("duplicates", "ok")


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
