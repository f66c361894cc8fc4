"""The example runs, and shows what it says."""

from __future__ import annotations

import subprocess
import sys

from tests.engines import ROOT


def test_the_example_stores_each_object_once():
    """And loads, exports and removes them."""
    command = [sys.executable, "-W", "error", str(ROOT / "examples/05_track_assets.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "" == done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert [
        "The row holds the id of the model: 16 digits",
        "Loaded by its id: 1",
        "Loaded by its key: (2, 3)",
        "pickle 1 reference",
        "numpy 1 reference",
        "pandas 1 reference",
        "Exported: [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]",
        "Nobody refers to them any more: 3 removed",
    ] == lines
