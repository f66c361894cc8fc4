"""The load probe: how many processes want to run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xetrack.interfaces.probes import Measurement, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xetrack.model.kinds import Value


class LoadDuringCall(Measurement):
    """The load at the end of a call, and how much it rose since the beginning."""

    def __init__(self) -> None:
        self._before = os.getloadavg()[0]

    def stop(self) -> Mapping[str, Value]:
        """Return ``load`` and ``load_rise``."""
        now = os.getloadavg()[0]
        return {"load": now, "load_rise": now - self._before}


class LoadProbe(Probe):
    """``load``: runnable processes, the mean of the last minute; of a call ``load_rise`` too.

    Asking the system takes a microsecond, so nothing needs to be sampled.
    """

    def present(self) -> Mapping[str, Value]:
        """Return ``load``."""
        return {"load": os.getloadavg()[0]}

    def start(self) -> Measurement:
        """Begin to measure a call."""
        return LoadDuringCall()
