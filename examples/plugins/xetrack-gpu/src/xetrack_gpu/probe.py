"""The probe: what the driver of NVIDIA says of each GPU, sampled in a thread."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import pynvml

from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.probes.sampling import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.model.kinds import Value

MEGABYTE = 2**20


FIGURES: Mapping[str, Callable[[Any], float]] = {
    "percent": lambda gpu: pynvml.nvmlDeviceGetUtilizationRates(gpu).gpu,
    "memory_mb": lambda gpu: pynvml.nvmlDeviceGetMemoryInfo(gpu).used / MEGABYTE,
    "watts": lambda gpu: pynvml.nvmlDeviceGetPowerUsage(gpu) / 1_000,
}


@cache
def gpus(process: int) -> tuple[Any, ...]:  # noqa: ARG001 - a fork has to begin anew
    """Return the GPUs of this machine; none where there is no driver."""
    try:
        pynvml.nvmlInit()
        numbers = range(pynvml.nvmlDeviceGetCount())
        return tuple(map(pynvml.nvmlDeviceGetHandleByIndex, numbers))
    except pynvml.NVMLError:
        return ()


def read_gpus() -> dict[str, float]:
    """Return the figures of each GPU; without those that it does not have, such as its power."""
    figures = {}
    for number, gpu in enumerate(gpus(os.getpid())):
        for name, ask in FIGURES.items():
            with suppress(pynvml.NVMLError):
                figures[f"gpu{number}_{name}"] = float(ask(gpu))
    return figures


class GpuProbe(Probe):
    """``gpu0_percent``, ``gpu0_memory_mb`` and ``gpu0_watts``; of a call the means over it."""

    quick = True  # the sampler waits for the driver, and no row does

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._sampler = Sampler(read_gpus, options.get("interval") or 1.0)

    def present(self) -> Mapping[str, Value]:
        """Return the last sample."""
        return self._sampler.latest()

    def start(self) -> Measurement:
        """Begin to measure a call."""
        return self._sampler.start()

    def close(self) -> None:
        """Stop sampling."""
        self._sampler.close()
