"""The probe: load, memory and power of each GPU, sampled in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pynvml

from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.probes.sampling import Sampler
from xetrack_gpu.driver import MEGABYTE, ask, find_gpus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.model.kinds import Value

FIGURES: Mapping[str, Callable[[Any], float]] = {
    "percent": lambda gpu: float(pynvml.nvmlDeviceGetUtilizationRates(gpu).gpu),
    "memory_mb": lambda gpu: float(pynvml.nvmlDeviceGetMemoryInfo(gpu).used / MEGABYTE),
    "watts": lambda gpu: float(pynvml.nvmlDeviceGetPowerUsage(gpu) / 1_000),
}


def read_gpus() -> dict[str, float]:
    """Return the figures of each GPU; none where there is no driver."""
    try:
        gpus = find_gpus()
    except pynvml.NVMLError:
        return {}
    return {
        f"gpu{number}_{name}": figure
        for number, gpu in enumerate(gpus)
        for name, figure in ask(FIGURES, gpu).items()
    }


class GpuProbe(Probe):
    """``gpu0_percent``, ``gpu0_memory_mb`` and ``gpu0_watts``; of a call the means over it.

    Percent are of the time in which the GPU computed; a MB has 2**20 bytes.

    Examples
    --------
    >>> from xetrack import Tracker
    >>> tracker = Tracker("runs.db", probes=["gpu"])
    """

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
