"""A driver with two GPUs, a driver without any, and none."""

from __future__ import annotations

from types import SimpleNamespace

import pynvml
import pytest

from xetrack_gpu.driver import forget_gpus


def no_driver():
    raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)


def not_supported(*_):
    raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)


TWO = {
    "nvmlInit": lambda: None,
    "nvmlSystemGetDriverVersion": lambda: "550.54.15",
    "nvmlSystemGetCudaDriverVersion_v2": lambda: 12_040,
    "nvmlDeviceGetCount": lambda: 2,
    "nvmlDeviceGetHandleByIndex": lambda number: number,
    "nvmlDeviceGetName": lambda gpu: f"NVIDIA T{gpu}",
    "nvmlDeviceGetUUID": lambda gpu: f"GPU-{gpu}" if gpu == 0 else not_supported(),
    "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(gpu=10 * (gpu + 1)),
    "nvmlDeviceGetMemoryInfo": lambda _: SimpleNamespace(used=2**30, total=2**34),
    "nvmlDeviceGetPowerUsage": lambda gpu: 70_500 if gpu == 0 else not_supported(),
}
DRIVERS = {
    "two GPUs": TWO,
    "no GPU": {**TWO, "nvmlDeviceGetCount": lambda: 0},
    "no driver": {"nvmlInit": no_driver},
}


@pytest.fixture(params=DRIVERS)
def driver(request, monkeypatch):
    """What answers for the driver."""
    for name, answer in DRIVERS[request.param].items():
        monkeypatch.setattr(pynvml, name, answer)
    forget_gpus()
    yield request.param
    forget_gpus()
