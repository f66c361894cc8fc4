"""The probe keeps every promise of its kind, with GPUs and without."""

from __future__ import annotations

from types import SimpleNamespace

import pynvml
import pytest
from xetrack_gpu import probe
from xetrack_gpu.probe import GpuProbe

from xetrack import Tracker
from xetrack_testing import PluginContract, ProbeContract, ProductContract


def no_driver():
    raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)


def no_power(_):
    raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)


DRIVER = {
    "nvmlInit": lambda: None,
    "nvmlDeviceGetCount": lambda: 2,
    "nvmlDeviceGetHandleByIndex": lambda number: number,
    "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(gpu=10 * (gpu + 1)),
    "nvmlDeviceGetMemoryInfo": lambda _: SimpleNamespace(used=2**30),
    "nvmlDeviceGetPowerUsage": lambda gpu: 70_500 if gpu == 0 else no_power(gpu),
}


@pytest.fixture(params=["no GPU", "two GPUs"])
def driver(request, monkeypatch):
    """What answers for the driver."""
    answers = DRIVER if request.param == "two GPUs" else {"nvmlInit": no_driver}
    for name, answer in answers.items():
        monkeypatch.setattr(pynvml, name, answer)
    probe.gpus.cache_clear()
    yield request.param
    probe.gpus.cache_clear()


@pytest.mark.usefixtures("driver")
class TestProbe(ProbeContract):
    """No promise is left out."""

    probe_class = GpuProbe


class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-gpu"


class TestProduct(ProductContract):
    """The probe is chosen by its name, on the machine that runs the tests."""

    distribution = "xetrack-gpu"

    @pytest.fixture
    def options(self):
        """What a tracker is made with."""
        return {"probes": ["gpu?interval=0.1"]}


def test_figures_are_in_rows(driver):
    """Those that each GPU has; a row without a GPU has none."""
    with Tracker(Tracker.IN_MEMORY, probes=[GpuProbe({"interval": 0.05})]) as tracker:
        rows = [tracker.log({"n": 1})]
        tracker.track(lambda: {"n": 2})
        rows.append(tracker[-1])
    for row in rows:
        figures = {key: value for key, value in row.items() if key.startswith("gpu")}
        if driver == "no GPU":
            assert {} == figures
        else:
            assert {"gpu0_percent": 10, "gpu0_memory_mb": 1024, "gpu0_watts": 70.5} == {
                key: value for key, value in figures.items() if key.startswith("gpu0")
            }
            assert {"gpu1_percent": 20, "gpu1_memory_mb": 1024} == {
                key: value for key, value in figures.items() if key.startswith("gpu1")
            }
