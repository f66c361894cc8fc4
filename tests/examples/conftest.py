"""Examples as users start them, in a folder of the test's."""

from __future__ import annotations

import runpy
import sys

import pytest

from tests.engines import ROOT

EXAMPLES = ROOT / "examples"


@pytest.fixture
def example(tmp_path, monkeypatch, capfd):
    """Run an example in `tmp_path`, and return the words of each line that it printed.

    In this process, which has pandas already; what an example itself starts is a process.
    """
    monkeypatch.syspath_prepend(EXAMPLES)

    def run(name):
        monkeypatch.setattr(sys, "argv", [str(EXAMPLES / name), str(tmp_path)])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        out, errors = capfd.readouterr()
        assert "" == errors
        return [" ".join(line.split()) for line in out.splitlines()]

    return run
