"""The network: megabytes sent and received by the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import psutil

from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.probes.sampling import Sampler
from xetrack.model.validation import checked_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value

_MEGABYTE = 2**20


def _measure() -> dict[str, float]:
    """Return what went through all interfaces since the machine started, in MB."""
    # psutil can join counters that began anew, but with a lock that a fork may find closed.
    counted = psutil.net_io_counters(nowrap=False)
    if counted is None:  # a machine without any interface
        return {"bytes_sent": 0.0, "bytes_recv": 0.0}
    return {
        "bytes_sent": counted.bytes_sent / _MEGABYTE,
        "bytes_recv": counted.bytes_recv / _MEGABYTE,
    }


def _difference(now: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    # Counters begin anew when an interface is reset.
    return {key: max(0.0, value - before[key]) for key, value in now.items()}


class _Call(Measurement):
    def __init__(self) -> None:
        self._before = _measure()

    def stop(self) -> Mapping[str, Value]:
        """Return what went through during the call."""
        return _difference(_measure(), self._before)


class NetworkProbe(Probe):
    """``bytes_sent`` and ``bytes_recv``: what all interfaces of the machine passed on, in MB.

    A MB has 2**20 bytes. A call gets what went through while it ran; any other row what went
    through since its tracker was made, as of the last sample.
    """

    quick: ClassVar[bool] = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._began = _measure()
        self._sampler = Sampler(
            _measure, checked_interval("interval", options["interval"]), inline=True
        )

    def present(self) -> Mapping[str, Value]:
        """Return the last sample."""
        return _difference(self._sampler.latest(), self._began)

    def start(self) -> Measurement:
        """Begin to measure a call."""
        return _Call()

    def close(self) -> None:
        """Stop sampling."""
        self._sampler.close()
