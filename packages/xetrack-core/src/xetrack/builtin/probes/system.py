"""The machine: processor, memory and disk, in per cent."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import psutil

from xetrack.errors import describe_error, report
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.probes.sampling import Sampler
from xetrack.model.validation import checked_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xetrack.model.kinds import Value

_NAMES_IN_CALLS = {"cpu_percent": "cpu", "ram_percent": "memory_percent"}
"""The second names that two figures have in the rows of calls."""

_SHORTEST = 0.05
"""Seconds of processor time over which a share says something: systems count in hundredths."""

_FIRST_TICK = 0.05
"""Seconds that the first sample of a tracker waits at most until some processor time has passed."""


class _ProcessorTimes(NamedTuple):
    """Seconds of all processors since the machine began."""

    total: float
    idle: float

    def seconds_since(self, before: _ProcessorTimes) -> float:
        """Return the seconds of all processors between two moments."""
        return self.total - before.total

    def busy_since(self, before: _ProcessorTimes) -> float:
        """Return the share of them that was not idle, in per cent; between two moments."""
        past = self.seconds_since(before)
        return min(100.0, max(0.0, 100 * (past - (self.idle - before.idle)) / past))


def _processor_times() -> _ProcessorTimes:
    times = psutil.cpu_times()._asdict()
    # What guests used is in the times of their hosts already.
    total = sum(value for name, value in times.items() if not name.startswith("guest"))
    return _ProcessorTimes(total, times["idle"] + times.get("iowait", 0.0))


class _Machine:
    """Takes the figures of a moment; that of the processors is since the moment before.

    The first one is since this was made, and not since the machine began.
    """

    def __init__(self) -> None:
        # psutil has a memory of its own for this, but one for each thread, and begins with 0.
        self._before = _processor_times()
        self._busy: float | None = None

    def measure(self) -> dict[str, float]:
        """Return one sample, of figures that are there at once."""
        return {
            "cpu_percent": self._processor(),
            "ram_percent": psutil.virtual_memory().percent,
            "p_memory_percent": psutil.Process().memory_percent(),
        }

    def _processor(self) -> float:
        times = _processor_times()
        if self._busy is None:
            deadline = monotonic() + _FIRST_TICK
            while times.seconds_since(self._before) <= 0 and monotonic() < deadline:
                sleep(0.001)
                times = _processor_times()
        if times.seconds_since(self._before) > 0:
            self._busy = times.busy_since(self._before)
            self._before = times
        return self._busy or 0.0


def _measure_disk() -> dict[str, float]:
    # The dot is there even when somebody has deleted the folder.
    return {"disk_percent": psutil.disk_usage(".").percent}


class _Call(Measurement):
    def __init__(self, sampler: Sampler, disk: Callable[[], Mapping[str, float]]) -> None:
        self._sampler = sampler
        self._disk = disk
        self._mark = sampler.mark()
        self._before = _processor_times()

    def stop(self) -> Mapping[str, Value]:
        """Return the figures of the call."""
        times = _processor_times()
        figures = self._sampler.mean_since(self._mark)
        if times.seconds_since(self._before) >= _SHORTEST:
            figures["cpu_percent"] = times.busy_since(self._before)
        else:
            figures["cpu_percent"] = self._sampler.latest()["cpu_percent"]
        doubles = {name: figures[key] for key, name in _NAMES_IN_CALLS.items()}
        return {**doubles, **figures, **self._disk()}


class SystemProbe(Probe):
    """Processor, memory and disk of the machine, and the memory of this process, in per cent.

    The memory of a call is the mean of the samples taken while it ran, or the last sample where it
    was too short for one. Its share of the processors is computed from their times at its begin and
    its end; a call of less than 0.05 seconds of processor time has that of the last sample. Any
    other row has the last sample.

    ====================================  =========================================================
    column                                per cent of
    ====================================  =========================================================
    ``cpu_percent``; in calls also as     the time of all processors since the sample before; of the
    ``cpu``                               first, since the tracker was made
    ``ram_percent``; in calls also as     the memory of the machine
    ``memory_percent``
    ``p_memory_percent``                  the memory of the machine, by this process
    ``disk_percent``                      the disk that the working folder is on; missing only where
                                          that disk does not answer
    ====================================  =========================================================
    """

    quick: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        interval = checked_interval("interval", options["interval"])
        self._sampler = Sampler(_Machine().measure, interval, inline=True)
        # In a thread of its own: a network disk may never answer, and costs its own figure only.
        self._disk = Sampler(_measure_disk, interval)
        self._disk_reported = False

    def present(self) -> Mapping[str, Value]:
        """Return the last sample."""
        return {**self._sampler.latest(), **self._disk_figures()}

    def _disk_figures(self) -> Mapping[str, float]:
        """Return the last sample of the disk; empty where it does not answer."""
        try:
            return self._disk.latest()
        except Exception as error:  # noqa: BLE001 - it costs no other figure
            if not self._disk_reported:
                self._disk_reported = True
                reason = describe_error(error)
                report(f"Rows go without 'disk_percent': asking for the disk raised {reason}.")
            return {}

    def start(self) -> Measurement:
        """Begin to measure a call."""
        return _Call(self._sampler, self._disk_figures)

    def close(self) -> None:
        """Stop sampling."""
        self._sampler.close()
        self._disk.close()
