"""The recorder writes down which GPUs there are, or why there are none."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker
from xetrack_gpu.recorder import GpuRecorder
from xetrack_testing import RecorderContract

FACTS = {
    "two GPUs": {
        "driver": "550.54.15",
        "cuda": "12.4",
        "gpus": [
            {"name": "NVIDIA T0", "memory_mb": 16_384, "uuid": "GPU-0"},
            {"name": "NVIDIA T1", "memory_mb": 16_384},
        ],
    },
    "no GPU": {"driver": "550.54.15", "cuda": "12.4", "gpus": []},
    "no driver": {"gpus": [], "problem": "NVML Shared Library Not Found"},
}


@pytest.mark.usefixtures("driver")
class TestRecorder(RecorderContract):
    """No promise is left out."""

    recorder_class = GpuRecorder


def test_facts_are_in_the_record(driver, tmp_path):
    """What the driver does not say is left out."""
    place = tmp_path / "runs.db"
    with Tracker(place, track_id="first", record=["gpu"]) as tracker:
        tracker.log({"n": 1})
    assert {"gpu": FACTS[driver]} == Reader(place).run("first").facts
