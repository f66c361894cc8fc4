"""The recorder: which GPUs a run had, and with which driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pynvml

from xetrack.interfaces.runs.recorders import Recorder
from xetrack_gpu.driver import MEGABYTE, ask, find_gpus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.interfaces.runs import Run

_OF_DRIVER: Mapping[str, Callable[[], Any]] = {
    "driver": lambda: str(pynvml.nvmlSystemGetDriverVersion()),
    "cuda": lambda: _version(pynvml.nvmlSystemGetCudaDriverVersion_v2()),
}
_OF_GPU: Mapping[str, Callable[[Any], Any]] = {
    "name": lambda gpu: str(pynvml.nvmlDeviceGetName(gpu)),
    "memory_mb": lambda gpu: pynvml.nvmlDeviceGetMemoryInfo(gpu).total // MEGABYTE,
    "uuid": lambda gpu: str(pynvml.nvmlDeviceGetUUID(gpu)),
}


class GpuRecorder(Recorder):
    """Records the driver, and name, memory and UUID of each GPU, in the order of the driver.

    Which of them a program used is in `CUDA_VISIBLE_DEVICES`, which the recorder ``environment``
    writes down.

    Examples
    --------
    >>> from xetrack import Tracker
    >>> recorders = ["environment", "packages", "git", "command", "gpu"]
    >>> tracker = Tracker("runs.db", record=recorders)
    """

    def begin(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - it is the same for each run
        """Return the facts; without GPUs, what the driver says of it. See `Recorder.begin`."""
        try:
            gpus = find_gpus()
        except pynvml.NVMLError as error:
            return {"gpus": [], "problem": str(error)}
        return {**ask(_OF_DRIVER), "gpus": [ask(_OF_GPU, gpu) for gpu in gpus]}


def _version(number: int) -> str:
    """Return the version of CUDA as people write it: 12040 is 12.4."""
    return f"{number // 1_000}.{number % 1_000 // 10}"
