"""The recorder of the machine, the interpreter and a few variables."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.runs.recorders import Recorder
from xetrack.model.secrets import MASK, is_secret_name, mask_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xetrack.interfaces.runs import Run

VARIABLES = (
    "CONDA_DEFAULT_ENV",
    "CUDA_VISIBLE_DEVICES",
    "OMP_NUM_THREADS",
    "PYTHONHASHSEED",
    "SLURM_JOB_ID",
    "VIRTUAL_ENV",
)
"""Variables that are recorded, besides those of the option."""

_MEGABYTE = 1_000_000


class EnvironmentRecorder(Recorder):
    """Records the interpreter, the platform, processors, memory, and some variables.

    Of the environment only the variables in `VARIABLES` and those of the option ``variables`` are
    recorded. What has the name or the form of a secret is masked even so.

    Examples
    --------
    >>> facts = EnvironmentRecorder({"variables": ["LANG"]}).begin(run=None)
    >>> sorted(facts)[:4]
    ['cpu_count', 'cpu_model', 'cpus_usable', 'implementation']
    """

    def begin(self, run: Run) -> Mapping[str, Any]:  # noqa: ARG002 - it is the same for each run
        """Return the facts; see `Recorder.begin`."""
        return {
            "python": platform.python_version(),
            "implementation": sys.implementation.name,
            "platform": sys.platform,
            "system": _system(),
            "cpu_count": os.cpu_count(),
            "cpus_usable": _cpus_usable(),
            "cpu_model": _cpu_model(),
            "memory_mb": _memory(),
            "variables": _variables((*VARIABLES, *(self.options.get("variables") or ()))),
        }


def _variables(names: Iterable[str]) -> dict[str, str]:
    return {
        name: MASK if is_secret_name(name) else mask_text(os.environ[name])
        for name in sorted(set(names))
        if name in os.environ
    }


def _system() -> str:
    # Not `platform.platform()`, which reads the whole interpreter to find its C library.
    name = platform.uname()
    return f"{name.system} {name.release} {name.machine}"


def _cpus_usable() -> int | None:
    """Return the number of processors that this process may use, as of a job with a share."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _cpu_model() -> str | None:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - quick
            lines = file.read(8192).splitlines()
    except OSError:
        # Of Windows; elsewhere `platform.processor()` starts a process, and knows no more.
        return os.environ.get("PROCESSOR_IDENTIFIER")
    for name in ("model name", "Hardware", "cpu model", "cpu"):
        for line in lines:
            key, _, value = line.partition(":")
            if key.strip() == name and value.strip():
                return value.strip()
    return None


def _memory() -> int | None:
    """Return the memory of the machine in megabytes of 10**6 bytes."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEGABYTE
    except (AttributeError, OSError, ValueError):  # Windows has none of these
        import psutil  # noqa: PLC0415 - it takes a while, and is needed on Windows only

        return int(psutil.virtual_memory().total) // _MEGABYTE
