"""The machine: processor, memory and disk, in per cent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import psutil

from xetrack.builtin.probes.sampler import Sampler
from xetrack.interfaces.probes import Measurement, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

_OF_A_CALL = {"cpu_percent": "cpu", "ram_percent": "memory_percent"}
"""Columns whose names differ between calls, where they are means, and other rows."""


class _Machine:
    """Takes the figures of a moment; those of the processor are since the moment before."""

    def __init__(self) -> None:
        # psutil has a memory of its own for this, but one for each thread, and begins with 0.
        self._total = self._idle = self._busy = 0.0

    def measure(self) -> dict[str, float]:
        """Return one sample."""
        return {
            "cpu_percent": self._processor(),
            "ram_percent": psutil.virtual_memory().percent,
            "p_memory_percent": psutil.Process().memory_percent(),
            # The dot is there even when somebody has deleted the folder.
            "disk_percent": psutil.disk_usage(".").percent,
        }

    def _processor(self) -> float:
        times = psutil.cpu_times()._asdict()
        # What guests used is in the times of their hosts already.
        total = sum(value for name, value in times.items() if not name.startswith("guest"))
        idle = times["idle"] + times.get("iowait", 0.0)
        past, self._total = total - self._total, total
        idled, self._idle = idle - self._idle, idle
        if past > 0:
            self._busy = min(100.0, max(0.0, 100 * (past - idled) / past))
        return self._busy


class _Call(Measurement):
    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._mark = sampler.mark()

    def stop(self) -> Mapping[str, Value]:
        """Return the means over the call."""
        means = self._sampler.mean_since(self._mark)
        return {_OF_A_CALL.get(key, key): value for key, value in means.items()}


class SystemProbe(Probe):
    """Processor, memory and disk of the machine, and the memory of this process, in per cent.

    A call gets the means of the samples taken while it ran, or the last sample where it was too
    short for one; any other row the last sample.

    ======================  ======================  =============================================
    column of a call        column of another row   per cent of
    ======================  ======================  =============================================
    ``cpu``                 ``cpu_percent``         the time of all processors since the sample
                                                    before; of the first, since the machine began
    ``memory_percent``      ``ram_percent``         the memory of the machine
    ``p_memory_percent``    ``p_memory_percent``    the memory of the machine, by this process
    ``disk_percent``        ``disk_percent``        the disk that the working folder is on
    ======================  ======================  =============================================
    """

    quick: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._sampler = Sampler(_Machine().measure, options["interval"])

    def present(self) -> Mapping[str, Value]:
        """Return the last sample."""
        return self._sampler.latest()

    def start(self) -> Measurement:
        """Begin to measure a call."""
        return _Call(self._sampler)

    def close(self) -> None:
        """Stop sampling."""
        self._sampler.close()
