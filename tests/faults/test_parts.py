"""R19 to R21: sinks and probes that hang, block, raise or exit cost neither rows nor time.

What is timed here has wide bounds: `python -m benchmarks faults` says what it costs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import warnings

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.dispatch import isolated_part
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.sinks import Sink
from xetrack_testing.processes import ended_well, forked


class Gated(Sink):
    """Hears rows, each after the gate was opened, and some time."""

    def __init__(self, *, pause=0.0, opened=True):
        super().__init__({})
        self.gate, self.pause, self.heard, self.closed = threading.Event(), pause, [], 0
        if opened:
            self.gate.set()

    def emit(self, row, level):
        self.gate.wait()
        time.sleep(self.pause)
        self.heard.append(row["n"])

    def close(self):
        self.closed += 1

    def has_heard(self, rows):
        """Tell whether it has all these rows, in order; on a busy machine, some time later."""
        deadline = time.monotonic() + 20
        while len(self.heard) < rows and time.monotonic() < deadline:
            time.sleep(0.01)
        return [*range(rows)] == self.heard


class Hanging(Probe):
    """Gives no answer before the gate is opened, when it is asked in one of its ways."""

    def __init__(self, *ways):
        super().__init__({})
        self.gate, self.ways = threading.Event(), ways

    def answered(self, way):
        if way in self.ways:
            self.gate.wait()
        return {way: 1}

    def present(self):
        return self.answered("present")

    def start(self):
        self.answered("start")
        probe = self

        class Call(Measurement):
            def stop(self):
                return probe.answered("stop")

        return Call()


class Exits(Gated):
    """Wants to end the program."""

    def emit(self, row, level):
        sys.exit(3)


def said(found):
    return [str(one.message) for one in found]


def log(tracker, rows):
    for n in range(rows):
        tracker.log({"n": n})


def test_r21_a_sink_that_hangs_holds_up_neither_rows_nor_other_sinks_nor_the_end(tmp_path):
    """The caller waits for it once, a moment; what it did not get is counted and told."""
    hanging, sound = Gated(opened=False), Gated()
    tracker = Tracker(tmp_path / "x.db", sinks=[hanging, sound])
    began = time.monotonic()
    log(tracker, 300)
    assert time.monotonic() - began < 10, "300 rows waited for a sink that hangs"
    assert 300 == len(tracker)
    assert sound.has_heard(300)
    with pytest.warns(XetrackWarning) as found:
        tracker.close()
    assert time.monotonic() - began < 20, "the end waited for a sink that hangs"
    off, missed = said(found)
    assert "'Gated' is switched off, because it did not finish in time" in off
    assert "The sink 'Gated' missed 300 rows in all." == missed
    assert "its sinks missed 300 rows" in repr(tracker)
    tracker.log({"n": 300})
    assert 301 == len(tracker)
    assert sound.has_heard(301)
    hanging.gate.set()


def test_r21_a_sink_that_is_slow_gets_its_rows_behind():
    """All of them and in order; after some slow ones nobody waits for it."""
    slow = Gated(pause=0.004)
    with Tracker(":memory:", sinks=[slow]) as tracker:
        log(tracker, 60)
        assert len(slow.heard) < 60, "every row waited for the sink"
        # The end waits a second; a busy machine may need more.
        assert slow.has_heard(60)
    assert ([*range(60)], 1) == (slow.heard, slow.closed)
    assert "missed" not in repr(tracker)


def test_r21_what_has_no_room_in_the_queue_is_dropped_and_counted():
    """It is told of once, when it begins; the others arrive when the sink goes on."""
    sink = Gated(opened=False)
    sink.options = {"queue_limit": 20}
    tracker = Tracker(":memory:", sinks=[sink])
    with pytest.warns(XetrackWarning, match="takes rows more slowly than they come") as found:
        log(tracker, 100)
    assert (1, 100) == (len(found), len(tracker))
    assert "its sinks missed 80 rows" in repr(tracker)
    sink.gate.set()
    with pytest.warns(XetrackWarning, match="'Gated' missed 80 rows in all"):
        tracker.close()
    assert [*range(20)] == sink.heard


def test_r21_a_row_that_waits_for_a_sink_is_not_changed_by_its_caller():
    """The caller has it back by then."""
    sink = Gated(opened=False)
    rows = []
    sink.emit = lambda row, level: (sink.gate.wait(), rows.append(row))
    with Tracker(":memory:", sinks=[sink]) as tracker:
        row = tracker.log({"n": 0, "values": [1]})
        row["n"] = 1
        row["values"].append(2)
        sink.gate.set()
    assert [(0, [1])] == [(row["n"], row["values"]) for row in rows]


def log_and_track(tracker):
    for n in range(20):
        tracker.log({"n": n})
        assert n == tracker.track(lambda n=n: n)


@pytest.mark.parametrize("way", ["present", "start", "stop"])
def test_r20_a_probe_that_hangs_costs_its_figures_only(way, monkeypatch):
    """Rows, calls and the figures of others are there, and the end comes."""
    # On a busy machine the sound one answers late, too.
    monkeypatch.setattr(isolated_part, "ANSWER_TIMEOUT", 0.5)
    monkeypatch.setattr(isolated_part, "SLOW_ANSWER", 10)
    hanging, sound = Hanging(way), Hanging()
    tracker = Tracker(":memory:", probes=[hanging, sound])
    began = time.monotonic()
    with pytest.warns(XetrackWarning, match="'Hanging' gave no answer for 0.5 s") as found:
        log_and_track(tracker)
    assert (1, 40) == (len(found), len(tracker))
    rows = [*tracker]
    column = "present" if way == "present" else "stop"
    assert [1] * 20 == [row[column] for row in rows if row[column] is not None]
    with pytest.warns(XetrackWarning) as found:
        tracker.close()
    assert ["is switched off" in said(found)[0], "missed" in said(found)[1]] == [True, True]
    assert time.monotonic() - began < 20
    hanging.gate.set()


def test_r20_a_probe_that_is_often_late_is_switched_off(monkeypatch):
    """A late answer is no figure of a later row."""
    monkeypatch.setattr(isolated_part, "ANSWER_TIMEOUT", 0.01)
    probe = Hanging("present")
    tracker = Tracker(":memory:", probes=[probe])

    def log_and_wait():
        for _ in range(10):
            probe.gate.clear()
            tracker.log({})
            probe.gate.set()
            tracker._probes._parts[0].drain(time.monotonic() + 20)
        tracker.log({})

    with pytest.warns(XetrackWarning) as found:
        log_and_wait()
    late, off = said(found)
    assert "gave no answer for 0.01 s" in late
    assert "is switched off, because 10 answers in a row" in off
    assert "present" not in tracker.columns
    with warnings.catch_warnings(action="ignore"):
        tracker.close()


def test_r19_a_part_that_exits_does_not_end_the_program():
    """Neither a sink nor a probe; it has failed."""
    probe = Hanging()
    probe.present = sys.exit
    with Tracker(":memory:", sinks=[Exits()], probes=[probe]) as tracker:
        with pytest.warns(XetrackWarning, match="failed: SystemExit") as found:
            tracker.log({"n": 1})
        assert (2, 1) == (len(found), len(tracker))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::xetrack.XetrackWarning")
def test_r7_a_fork_beside_a_sink_that_hangs(tmp_path):
    """Both sides store on; what waited for the sink is the parent's."""
    sink = Gated(opened=False)
    tracker = Tracker(tmp_path / "x.db", sinks=[sink])
    tracker.log({"n": 0})

    def child():
        for n in range(20):
            tracker.log({"n": n})
        tracker.close()

    assert ended_well(forked(child)), "the child failed or hangs; see what it printed"
    sink.gate.set()
    tracker.close()
    assert (21, [0]) == (tracker.count_all(), sink.heard)


PROGRAM = """
import threading, time
from xetrack import Tracker
from xetrack.interfaces.probes import Probe
from xetrack.interfaces.sinks import Sink

class Never(Sink):
    def emit(self, row, level):
        threading.Event().wait()

class Neither(Never):
    pass

class Nowhere(Probe):
    def present(self):
        threading.Event().wait()
    start = present

tracker = Tracker(":memory:", sinks=[Never({}), Neither({})], probes=[Nowhere({})])
for n in range(50):
    tracker.log({"n": n})
print(len(tracker), flush=True)
"""


def test_r20_r21_a_program_ends_though_nobody_closed_its_tracker():
    """A program ends though nobody closed its tracker, and says what was missed.

    Within 2 s where nothing else is going on.
    """
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert "50\n" == program.stdout.readline()
        began = time.monotonic()
        _, errors = program.communicate(timeout=50)
    assert time.monotonic() - began < 10
    assert 0 == program.returncode
    for part in ("sink 'Never'", "sink 'Neither'", "probe 'Nowhere'"):
        assert f"xetrack:0: XetrackWarning: The {part} missed 50 rows in all" in errors
