"""Run hooks are called around each run, by pluggy, with those arguments that they take."""

from __future__ import annotations

import pickle
import threading
import time
from typing import ClassVar

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.errors import InvalidArgumentError, PluginError
from xetrack.interfaces.probes import Measurement, Probe
from xetrack.interfaces.runs.hooks import RunHooks
from xetrack.interfaces.sinks import Sink

SAID: list = []


class Told(RunHooks):
    """Says what it is told."""

    def __init__(self, options=None):
        super().__init__(options or {})
        self.said = []

    def started(self, run):
        self.said.append(("started", run))

    def finished(self, run):
        self.said.append(("finished", run))

    def failed(self, run, error):
        self.said.append(("failed", run, error))

    @property
    def names(self):
        return [each[0] for each in self.said]


def test_a_run_starts_with_its_first_row_and_finishes_with_the_tracker(db):
    """Once each, with what describes it, without any sink."""
    hooks = Told()
    with Tracker(db, {"p": 1}, run_hooks=[hooks], track_id="a") as tracker:
        assert [] == hooks.names
        tracker.log({"x": 1})
        assert ["started"] == hooks.names
        tracker.log_batch([{"x": 2}])
        tracker.set_param("q", 2)
    assert ["started", "finished"] == hooks.names
    (_, begun), (_, ended) = hooks.said
    assert ("a", "default", str(db)) == (begun.track_id, begun.table, begun.location)
    assert ({"p": 1}, {"p": 1, "q": 2}) == (begun.params, ended.params)
    assert begun.started == ended.started
    with pytest.raises(AttributeError):
        begun.track_id = "b"


def test_an_exception_that_ends_the_block_is_a_failure():
    """It is told itself, and goes on to the user."""
    hooks, error = Told(), ZeroDivisionError()

    def work():
        with Tracker(":memory:", run_hooks=[hooks]) as tracker:
            tracker.log({})
            raise error

    with pytest.raises(ZeroDivisionError):
        work()
    assert (["started", "failed"], error) == (hooks.names, hooks.said[1][2])


def test_a_tracker_that_never_logs_starts_no_run():
    """However it ends."""
    hooks = Told()
    with Tracker(":memory:", run_hooks=[hooks]) as tracker:
        tracker.set_param("a", 1)
    tracker.close()
    assert [] == hooks.names


def test_a_run_starts_with_a_tracked_call_before_the_function():
    """A function may take hours."""
    hooks, names = Told(), []
    with Tracker(":memory:", run_hooks=[hooks], probes=[Figures({})]) as tracker:
        tracker.track(lambda: names.append([*hooks.names]))
        assert 1 == tracker.latest["figure"]
    assert ([["started"]], ["started", "finished"]) == (names, hooks.names)


class Figures(Probe):
    def present(self):
        return {"figure": 1}

    def start(self):
        return FiguresOfCall()


class FiguresOfCall(Measurement):
    def stop(self):
        return {"figure": 1}


def test_a_hook_takes_fewer_arguments_than_there_are():
    """None, or any of them, in any order: so that there may be more of them later."""
    said = []

    class Few(RunHooks):
        def started(self):
            said.append("started")

        def failed(self, error, run):
            said.append((type(error), run.track_id))

    def work():
        with Tracker(":memory:", run_hooks=[Few({})], track_id="a") as tracker:
            tracker.log({})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert ["started", (ZeroDivisionError, "a")] == said


def test_an_argument_that_there_is_not_is_refused_when_the_tracker_is_made():
    """And not when a run of hours has ended."""

    class More(RunHooks):
        def finished(self, run, rows):
            """Never called."""

    with pytest.raises(PluginError, match="rows"):
        Tracker(":memory:", run_hooks=[More({})])


def test_a_part_without_any_hook_is_refused():
    """It is misspelt."""

    class Misspelt(RunHooks):
        def finish(self, run):
            """Never called."""

    with pytest.raises(PluginError, match="started, finished, failed"):
        Tracker(":memory:", run_hooks=[Misspelt({})])


@pytest.mark.parametrize("error", [OSError("no network"), SystemExit(3)])
def test_a_hook_that_raises_costs_one_warning(error):
    """Others are called all the same, and rows are stored."""

    class Broken(RunHooks):
        def started(self):
            raise error

        finished = started

    hooks = Told()
    tracker = Tracker(":memory:", run_hooks=[Broken({}), hooks])

    def work():
        for x in range(10):
            tracker.log({"x": x})
        assert 10 == len(tracker)
        tracker.close()

    with pytest.warns(XetrackWarning, match="run-hook 'Broken' failed") as found:
        work()
    assert (1, ["started", "finished"]) == (len(found), hooks.names)


def test_a_hook_that_hangs_delays_nobody_for_long():
    """Each end of the run waits for its time; it is reported once."""
    gate = threading.Event()

    class Hangs(RunHooks):
        timeout = 0.1

        def started(self):
            gate.wait(20)

    hooks = Told()
    tracker = Tracker(":memory:", run_hooks=[Hangs({}), hooks])

    def work():
        for x in range(10):
            tracker.log({"x": x})
        tracker.close()

    began = time.monotonic()
    with pytest.warns(XetrackWarning, match="has not returned from 'started' in 0.1 s") as found:
        work()
    assert time.monotonic() - began < 5
    assert (1, ["started", "finished"]) == (len(found), hooks.names)
    gate.set()


def test_the_time_of_a_hook_may_be_set():
    """By an option of one tracker."""

    class Slow(Told):
        def finished(self, run):
            time.sleep(0.3)
            super().finished(run)

    hooks = Slow({"timeout": 10})
    with Tracker(":memory:", run_hooks=[hooks]) as tracker:
        tracker.log({})
    assert ["started", "finished"] == hooks.names
    for wrong in (-1, "1", float("inf"), float("nan"), True):
        with pytest.raises(InvalidArgumentError, match="timeout"):
            Tracker(":memory:", run_hooks=[Slow({"timeout": wrong})])


def test_a_hook_may_log_with_the_tracker(db):
    """Rows of both ends are stored, and begin no further run."""
    made = []

    class Logs(Told):
        def started(self, run):
            super().started(run)
            made[0].log({"x": "first"})

        def finished(self, run):
            super().finished(run)
            made[0].log({"x": "last"})

    hooks = Logs()
    with Tracker(db, run_hooks=[hooks]) as tracker:
        made.append(tracker)
        tracker.log({"x": "row"})
    assert ["started", "finished"] == hooks.names
    assert ["first", "row", "last"] == [row["x"] for row in tracker]
    tracker.close()
    assert ["started", "finished"] == hooks.names


def test_many_threads_start_a_run_once():
    """Whoever comes first."""
    hooks = Told()
    with Tracker(":memory:", run_hooks=[hooks]) as tracker:
        threads = [threading.Thread(target=tracker.log, args=({"x": x},)) for x in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ["started", "finished"] == hooks.names


def test_sinks_and_hooks_are_told_of_one_run():
    """By one description."""
    runs = []

    class Sees(Sink):
        quick = True

        def opened(self, run):
            runs.append(run)

        def emit(self, row, level):
            """Nothing more."""

    hooks = Told()
    with Tracker(":memory:", sinks=[Sees({})], run_hooks=[hooks]) as tracker:
        tracker.log({})
    assert hooks.said[0][1] is runs[0]


def test_the_end_of_the_program_finishes_the_run(python):
    """Of a tracker that was not closed, also where nothing was called before."""
    done = python(
        "from xetrack import Tracker\nfrom xetrack.interfaces.runs.hooks import RunHooks\n"
        "class Told(RunHooks):\n"
        "    def finished(self, run): print('finished', run.track_id, flush=True)\n"
        "tracker = Tracker(':memory:', run_hooks=[Told({})], track_id='a')\n"
        "tracker.log({})\n"
    )
    assert ("finished a\n", "") == (done.stdout, done.stderr)


def test_a_thread_is_there_only_while_a_run_goes_on():
    """Most trackers that are made never log."""
    hooks = Told()
    with Tracker(":memory:", run_hooks=[hooks]) as tracker:
        assert not threads()
        tracker.log({})
        assert threads()
    assert not threads()


def threads():
    return [one.name for one in threading.enumerate() if one.name == "xetrack-run-hook-Told"]


@pytest.mark.parametrize("wrong", ["slack", 7, None, [7], [object()]])
def test_what_is_no_list_of_run_hooks_is_refused(wrong):
    """Before anything is made."""
    with pytest.raises(InvalidArgumentError, match="RunHooks"):
        Tracker(":memory:", run_hooks=wrong)


class Shared(RunHooks):
    """Says what all objects of the class are told, as a copy is another object."""

    said: ClassVar[list[str]] = []

    def started(self, run):
        self.said.append(f"started {run.track_id}")

    def finished(self, run):
        self.said.append(f"finished {run.track_id}")


def test_a_tracker_with_run_hooks_can_be_pickled(db):
    """Its copy has them too."""
    Shared.said.clear()
    tracker = Tracker(db, track_id="a", run_hooks=[Shared({})])
    copy = pickle.loads(pickle.dumps(tracker))
    copy.log({})
    assert ["started a"] == Shared.said
    copy.close()
    assert ["started a", "finished a"] == Shared.said
    tracker.close()
    assert ["started a", "finished a"] == Shared.said  # it never logged
