"""The probe keeps every promise of its kind, with GPUs and without."""

from __future__ import annotations

import pytest

from xetrack import Tracker
from xetrack_gpu.probe import GpuProbe
from xetrack_testing import ProbeContract


@pytest.mark.usefixtures("driver")
class TestProbe(ProbeContract):
    """No promise is left out."""

    probe_class = GpuProbe


def test_figures_are_in_rows(driver):
    """Those that each GPU has; a row without a GPU has none."""
    with Tracker(Tracker.IN_MEMORY, probes=[GpuProbe({"interval": 0.05})]) as tracker:
        rows = [tracker.log({"n": 1})]
        tracker.track(lambda: {"n": 2})
        rows.append(tracker[-1])
    expected = {
        "gpu0_percent": 10.0,
        "gpu0_memory_mb": 1024.0,
        "gpu0_watts": 70.5,
        "gpu1_percent": 20.0,
        "gpu1_memory_mb": 1024.0,
    }
    for row in rows:
        figures = {key: value for key, value in row.items() if key.startswith("gpu")}
        assert (expected if driver == "two GPUs" else {}) == figures


def test_a_probe_is_chosen_by_its_name():
    """On the machine that runs the tests, whatever it has."""
    with Tracker(Tracker.IN_MEMORY, probes=["gpu?interval=0.1"]) as tracker:
        assert 1 == tracker.log({"n": 1})["n"]
