"""How long a sink may take at the end, and how many rows wait for it, is its own."""

from __future__ import annotations

import threading
import time

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.dispatch import isolated_part
from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.sinks import Sink


class Slow(Sink):
    """Takes its time for each row."""

    pause = 0.02

    def __init__(self, options=None):
        super().__init__(options or {})
        self.rows, self.threads = [], set()

    def emit(self, row, level):
        time.sleep(self.pause)
        self.rows.append(row["x"])
        self.threads.add(threading.get_ident())


class Patient(Slow):
    """Is worth waiting for."""

    shutdown_timeout = 30.0


def log(tracker, count):
    for x in range(count):
        tracker.log({"x": x})


def run(count, *sinks):
    """Log rows to sinks, and close the tracker; return how many rows they missed before."""
    with Tracker(":memory:", sinks=sinks) as tracker:
        log(tracker, count)
        return tracker._sinks.missed


@pytest.mark.parametrize("sink", [Patient(), Slow({"shutdown_timeout": 30})])
def test_a_sink_says_how_long_the_end_waits_for_it(sink):
    """By its class, or by an option for one tracker."""
    with Tracker(":memory:", sinks=[sink]) as tracker:
        log(tracker, 100)
        assert len(sink.rows) < 100
    assert [*range(100)] == sink.rows


def test_a_sink_that_takes_longer_is_named_with_its_time():
    """Its rows are counted, and nobody waits any longer."""
    sink = Slow({"shutdown_timeout": 0.2})
    tracker = Tracker(":memory:", sinks=[sink])
    log(tracker, 100)
    began = time.monotonic()
    with pytest.warns(XetrackWarning) as found:
        tracker.close()
    off, missed = (str(warning.message) for warning in found)
    assert "did not finish in time at the end, in 0.2 s" in off
    assert "missed" in missed
    assert time.monotonic() - began < 5
    assert "its sinks missed" in repr(tracker)


def test_one_sink_has_not_the_time_of_another():
    """Each has its own, from the same moment on."""
    slow, patient = Slow({"shutdown_timeout": 0.1}), Patient()
    with pytest.warns(XetrackWarning) as found:
        run(50, slow, patient)
    assert all("'Slow'" in str(warning.message) for warning in found)
    assert [*range(50)] == patient.rows


def test_a_sink_says_how_many_rows_wait_for_it():
    """Those beyond are dropped and counted."""
    sink = Slow({"queue_limit": 5, "shutdown_timeout": 30})
    with pytest.warns(XetrackWarning) as found:
        missed = run(100, sink)
    assert "misses some from now on" in str(found[0].message)
    assert 0 < missed < 100
    assert 100 - missed == len(sink.rows)


@pytest.mark.parametrize(
    "options",
    [
        {"shutdown_timeout": -1},
        {"shutdown_timeout": "1"},
        {"shutdown_timeout": float("inf")},
        {"shutdown_timeout": True},
        {"queue_limit": 0},
        {"queue_limit": 1.5},
        {"queue_limit": True},
        {"spool": "yes"},
        {"spool": True, "spool_limit": 0},
    ],
)
def test_a_limit_that_is_none_is_refused(options):
    """When the tracker is made, by the name of the option."""
    with pytest.raises(InvalidArgumentError, match=[*options][-1]):
        Tracker(":memory:", sinks=[Slow(options)])


class Pretends(Slow):
    """Says that it is quick."""

    quick = True
    pause = 0.02


class PretendsToMeasure(Probe):
    """Says that it is quick, and waits."""

    quick = True

    def present(self):
        time.sleep(0.02)
        return {"figure": 1}

    def start(self):
        return NoMeasurement()


class NoMeasurement(Measurement):
    def stop(self):
        return {}


def test_a_sink_that_pretends_to_be_quick_gets_a_thread(monkeypatch):
    """It is reported once, and gets every row; nobody waits for it any longer."""
    monkeypatch.setattr(isolated_part, "LONG_CALL", 0.01)
    sink = Pretends()
    with pytest.warns(XetrackWarning, match="'Pretends' says that it is quick") as found:
        run(60, sink)
    assert (1, [*range(60)]) == (len(found), sink.rows)
    assert 2 == len(sink.threads)


def test_a_quick_sink_may_be_slow_now_and_then(monkeypatch):
    """A busy disk is not its fault."""
    monkeypatch.setattr(isolated_part, "LONG_CALL", 0.01)
    sink = Pretends()
    with Tracker(":memory:", sinks=[sink]) as tracker:
        for x in range(60):
            sink.pause = 0.02 if x % 4 == 0 else 0
            tracker.log({"x": x})
        assert 60 == len(sink.rows)
    assert 1 == len(sink.threads)


def test_a_probe_that_pretends_to_be_quick_gets_a_thread_and_is_switched_off(monkeypatch):
    """As any that is slow: a row has its figures at once or not at all."""
    monkeypatch.setattr(isolated_part, "LONG_CALL", 0.01)
    with Tracker(":memory:", probes=[PretendsToMeasure({})]) as tracker:
        with pytest.warns(XetrackWarning) as found:
            log(tracker, 30)
        assert [1] * 10 == [row["figure"] for row in tracker][:10]
    texts = [str(warning.message) for warning in found]
    assert "'PretendsToMeasure' says that it is quick" in texts[0]
    assert "'PretendsToMeasure' is switched off" in texts[1]
