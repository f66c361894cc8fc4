"""The example runs, and shows what it says."""

from __future__ import annotations

import subprocess
import sys

from tests.engines import ROOT


def test_the_example_trains_each_configuration_once():
    """And once more where it is forced to."""
    command = [sys.executable, str(ROOT / "examples/06_caching.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "" == done.stderr
    lines = done.stdout.splitlines()
    assert ["0.1", "0.2", "0.1"] == [
        line.partition("rate=")[2].partition(",")[0] for line in lines if "training with" in line
    ]
    assert "2  0.1  0.95  first-run  second-run".split() in [line.split() for line in lines]
    assert "1 deleted" == lines[-1]
