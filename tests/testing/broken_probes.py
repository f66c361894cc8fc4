"""A small probe that keeps every promise, and one for each promise that breaks it."""

from __future__ import annotations

import os
import threading
import time

from tests.testing.catalogue import caught_by
from xetrack.interfaces.probes import Measurement, Probe


class Call(Measurement):
    """The seconds of a call."""

    def __init__(self):
        self.began = time.monotonic()

    def stop(self):
        return {"call_seconds": time.monotonic() - self.began}


class ClockProbe(Probe):
    """Measures time; nothing is wrong with it."""

    def present(self):
        return {"uptime_seconds": time.monotonic()}

    def start(self):
        return Call()


@caught_by("test_signatures_are_those_of_the_interface")
class OtherParameters(ClockProbe):
    """Wants to know which call it is."""

    def start(self, call):
        return Call()


@caught_by("test_no_promise_is_replaced_without_a_reason")
class Silenced(ClockProbe):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("def test_closing_ends_every_thread(self): pass",)


@caught_by("test_figures_of_a_row_can_be_in_a_row")
class Objects(ClockProbe):
    """Gives what is no plain value."""

    def present(self):
        return {"machine": os.uname()}


@caught_by("test_figures_of_a_call_can_be_in_a_row")
class NoMapping(ClockProbe):
    """Gives pairs."""

    def start(self):
        call = Call()
        call.stop = lambda: [("seconds", 1)]
        return call


@caught_by("test_a_row_does_not_wait_for_its_figures")
class Samples(ClockProbe):
    """Takes a sample while the caller waits."""

    def present(self):
        time.sleep(0.005)
        return super().present()


@caught_by("test_a_call_does_not_wait_for_its_figures")
class WaitsForASample(ClockProbe):
    """Waits for the next sample when a call ends."""

    def start(self):
        call = Call()
        call.stop = lambda: time.sleep(0.04) or {"seconds": 1}
        return call


@caught_by("test_calls_may_overlap_in_any_threads")
class OneCall(ClockProbe):
    """Knows one call at a time."""

    running = 0

    def start(self):
        self.running += 1
        number, call = self.running, Call()
        call.stop = lambda: {"seconds": 1.0} if number == self.running else {}
        return call


@caught_by("test_making_a_probe_starts_no_thread")
class StartsAtOnce(ClockProbe):
    """Samples from the beginning."""

    def __init__(self, options):
        super().__init__(options)
        threading.Thread(target=time.sleep, args=(1,), daemon=True).start()


@caught_by("test_closing_ends_every_thread")
class LeavesAThread(ClockProbe):
    """Leaves a thread behind."""

    def present(self):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        return super().present()


@caught_by("test_closing_twice_does_nothing_and_a_question_begins_anew")
class ClosedForGood(ClockProbe):
    """Has no figures after it was closed."""

    closed = False

    def present(self):
        return {} if self.closed else super().present()

    def close(self):
        self.closed = True


@caught_by("test_options_of_others_are_left")
class Strict(ClockProbe):
    """Refuses options that it does not know."""

    def __init__(self, options):
        assert {*options} == {"interval", "git_root"}, "unknown options"
        super().__init__(options)


@caught_by("test_figures_are_the_callers_own")
class OneDict(ClockProbe):
    """Gives the same dict each time, and changes it."""

    def __init__(self, options):
        super().__init__(options)
        self.figures = {}

    def present(self):
        self.figures.update(super().present())
        return self.figures


@caught_by("test_after_a_fork_both_sides_measure")
class OfOneProcess(ClockProbe):
    """Has figures in the process that made it only."""

    def __init__(self, options):
        super().__init__(options)
        self.process = os.getpid()

    def present(self):
        return super().present() if self.process == os.getpid() else {}
