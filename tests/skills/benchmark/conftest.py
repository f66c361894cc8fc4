"""The scripts of the skill, run in this process as a shell would run them."""

from __future__ import annotations

import importlib
import json
import sys
from typing import NamedTuple

import pytest

from tools.workspace import ROOT

SKILL = ROOT / "skills" / "benchmark"
SCRIPTS = ("validate_benchmark", "analyze_cache_hits", "export_summary")


class Done(NamedTuple):
    """How a script ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """What it printed for programs."""
        return json.loads(self.out)

    def found(self, check, state="problem"):
        """What one check found, of a script that printed JSON."""
        return [
            one["found"]
            for one in self.json["findings"]
            if (one["check"], one["state"]) == (check, state)
        ]


@pytest.fixture(scope="session", autouse=True)
def _scripts():
    """Let the scripts find each other, as Python does for the script that it runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SKILL / "scripts")
        yield


@pytest.fixture
def script(monkeypatch, capsys, tmp_path):
    """Run a script in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(name, *words):
        module = importlib.import_module(name)
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *map(str, words)])
        capsys.readouterr()
        try:
            code = importlib.import_module("benchmark_command").run(module.main, module.parser())
        except SystemExit as leaving:
            code = leaving.code
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def validate(script):
    """Run `validate_benchmark.py --json` on the table `predictions`."""
    return lambda db, *words: script("validate_benchmark", db, "predictions", "--json", *words)
