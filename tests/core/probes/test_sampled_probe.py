"""A probe of a slow driver, written as a stranger would write it, keeps every promise."""

from __future__ import annotations

import time
from threading import Semaphore

import pytest

from xetrack import Tracker
from xetrack.interfaces.probes import Probe
from xetrack.interfaces.probes.sampling import Sampler
from xetrack_testing import ProbeContract

LOADS = [10.0, 20.0, 60.0]


def read_gpus():
    """Ask a driver, which takes its time."""
    time.sleep(0.005)
    return {"gpu_percent": LOADS.pop(0) if len(LOADS) > 1 else LOADS[0]}


class GpuProbe(Probe):
    quick = True

    def __init__(self, options):
        super().__init__(options)
        self._sampler = Sampler(read_gpus, options["interval"])

    def present(self):
        return dict(self._sampler.latest())

    def start(self):
        return self._sampler.start()

    def close(self):
        self._sampler.close()


class TestGpu(ProbeContract):
    probe_class = GpuProbe


def test_a_call_gets_the_mean_and_a_row_the_last_sample(monkeypatch):
    """As many samples as came while the call ran, however long anything takes."""
    asked, loads = Semaphore(1), iter([10.0, 20.0, 60.0])

    def read():
        asked.acquire(timeout=20)
        return {"gpu_percent": next(loads)}

    def call():
        for number in (2, 3):
            asked.release()
            wait_for(probe, number)

    monkeypatch.setitem(globals(), "read_gpus", read)
    probe = GpuProbe({"interval": 0.001})
    with Tracker(":memory:", probes=[probe]) as tracker:
        assert 10.0 == tracker.log({})["gpu_percent"]
        tracker.track(call)
        assert 40.0 == tracker.latest["gpu_percent"]
        assert 60.0 == tracker.log({})["gpu_percent"]
        probe.close()
        asked.release()


def wait_for(probe, number):
    deadline = time.monotonic() + 10
    while probe._sampler._samples.count < number:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_what_a_driver_raises_counts_as_a_failure_of_the_probe():
    """It is raised where the figures are asked for, once."""

    def fail():
        raise OSError("no driver")

    sampler = Sampler(fail, 0.01)
    with pytest.raises(OSError, match="no driver"):
        sampler.start()
    sampler.close()
