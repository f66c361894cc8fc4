"""A stranger's plugin: built, installed from its wheel beside ours, and tested by its tests."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from packaging.version import Version

from tests.workspace.environments import lowest
from tools.workspace import ROOT, Distribution, distributions

EXAMPLE = ROOT / "examples" / "xetrack-example"
VERSION = distributions()[0].version


@pytest.mark.timeout(600)
def test_the_example_passes_the_kit_from_its_wheel(fresh, dist, build, tmp_path):
    """Beside all distributions, with the core of this repository, which is the lowest too."""
    assert Version(VERSION) == lowest(Distribution(EXAMPLE / "pyproject.toml"))
    build(EXAMPLE, dist)
    wanted = (f"xetrack[all]=={VERSION}", "pandas", "xetrack-example[test]")
    environment = fresh(*wanted, installer="uv")
    parts = environment.parts()
    offered = {part for part, distribution in parts.items() if distribution == "xetrack-example"}
    assert {
        ("engine", "example"),
        ("engine", "journal"),
        ("codec", "example"),
        ("frame-backend", "example"),
        ("asset-store", "example"),
        ("cache", "example"),
        ("call-cache", "example"),
        ("sink", "example"),
        ("sink", "webhook"),
        ("probe", "load"),
        ("sql-runner", "example"),
        ("run-hook", "example"),
        ("recorder", "disk"),
        ("row-filter", "redact"),
        ("format", "html"),
        ("judge", "rows"),
        ("command", "example"),
        ("command", "journal"),
    } == offered
    environment.run("xt", "plugins", "--check")
    for name in ("tests", "pyproject.toml"):
        (shutil.copytree if name == "tests" else shutil.copy)(EXAMPLE / name, tmp_path / name)
    environment.tests(tmp_path)
    environment.run("xt", "plugins", "new", "demo", "--kind", "engine", "--into", str(tmp_path))
    assert (tmp_path / "xetrack-demo" / "src" / "xetrack_demo" / "engine.py").exists()
    runs = tmp_path / "runs.journal"
    environment.run("python", "-c", f"import xetrack; xetrack.Tracker({str(runs)!r}).log({{}})")
    assert "1" in environment.run("xt", "journal", str(runs))
    for words in (
        ["--help"],
        ["plugins"],
        ["head", runs],
        ["doctor", runs],
        ["sql", runs, "FROM db.default"],
    ):
        command = [environment.bin / "xt", *map(str, words)]
        strict = {**os.environ, "PYTHONWARNINGS": "error"}
        done = subprocess.run(command, capture_output=True, text=True, env=strict, check=False)
        assert (0, "") == (done.returncode, done.stderr), words
