"""A recorder that keeps every promise, and one for each that it breaks."""

from __future__ import annotations

import os
import signal
import sys
import time

from tests.testing.catalogue import caught_by
from xetrack.interfaces.runs.recorders import Recorder


class Weather(Recorder):
    """Records two facts; nothing is wrong with it."""

    def begin(self, run):
        return {"degrees": 21.5, "run": [run.track_id]}

    def end(self, run):
        return {"degrees": None}


@caught_by("test_signatures_are_those_of_the_interface")
class WantsTracker(Weather):
    """Wants the tracker too."""

    def end(self, run, tracker):
        return {}


@caught_by("test_no_promise_is_replaced_without_a_reason")
class SilencedRecorder(Weather):
    """Nothing is wrong with it; but its class of tests leaves one out."""

    body = ("test_no_secret_is_in_the_facts = None",)


@caught_by("test_it_has_the_options_that_it_was_made_with")
class KeepsNoOptions(Weather):
    """Forgets its options, and with them its time."""

    def __init__(self, options):
        super().__init__({})


@caught_by("test_facts_are_values_of_json")
class Numbered(Weather):
    """Has numbers for names, which JSON makes texts of."""

    def begin(self, run):
        return {"by_hour": {0: 19.5}}


@caught_by("test_facts_are_values_of_json")
class NotANumber(Weather):
    """Has what JSON has no word for, at the end."""

    def end(self, run):
        return {"degrees": float("nan")}


@caught_by("test_no_secret_is_in_the_facts")
class WholeEnvironment(Weather):
    """Records all variables."""

    def begin(self, run):
        return {"environment": dict(os.environ)}


@caught_by("test_no_secret_is_in_the_facts")
class WholeCommand(Weather):
    """Records the command line as it is, at the end."""

    def end(self, run):
        return {"command": " ".join(sys.argv)}


@caught_by("test_a_run_gives_no_warning")
class NeedsMainThread(Weather):
    """Works in the main thread only."""

    def begin(self, run):
        signal.signal(signal.SIGUSR1, signal.getsignal(signal.SIGUSR1))
        return {}


@caught_by("test_a_run_gives_no_warning")
class CannotEnd(Weather):
    """Finds no server at the end."""

    def end(self, run):
        raise ConnectionError("no server")


@caught_by("test_runs_may_follow_each_other")
class OneRunOnly(Weather):
    """Has one run in its life."""

    began = False

    def begin(self, run):
        if self.began:
            raise RuntimeError("began already")
        self.began = True
        return {}


@caught_by("test_the_end_does_not_wait_long")
class SlowRecorder(Weather):
    """Waits for a server longer than it says."""

    timeout = 0.01

    def begin(self, run):
        time.sleep(0.02)
        return {}
