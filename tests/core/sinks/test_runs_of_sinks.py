"""Sinks are told of the begin and the end of each run, once each and in their order."""

from __future__ import annotations

import gc
import os
import threading
import time

import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.interfaces.sinks import Sink
from xetrack.process import forks
from xetrack_testing.processes import ended_well, forked


class Told(Sink):
    """Keeps the order of what it is told."""

    quick = True

    def __init__(self, options=None, act=None):
        super().__init__(options or {})
        self.said, self.runs, self.errors, self.act = [], [], [], act

    def opened(self, run):
        self.said.append("opened")
        self.runs.append(run)

    def emit(self, row, level):
        self.said.append(row.get("x", level))

    def flush(self):
        self.said.append("flush")

    def closed(self, run, error):
        self.said.append("closed")
        self.runs.append(run)
        self.errors.append(error)
        if self.act:
            self.act()

    def close(self):
        self.said.append("close")


class Behind(Told):
    """The same in a thread of its own."""

    quick = False


@pytest.mark.parametrize("cls", [Told, Behind])
def test_a_run_is_opened_before_its_first_row_and_closed_after_its_last(cls, db):
    """It is described: who, where, since when, with which params."""
    sink = cls()
    with Tracker(db, {"p": [1]}, sinks=[sink], track_id="a", table="t") as tracker:
        tracker.log({"x": 1})
        tracker.log_batch([{"x": 2}, {"x": 3}])
        tracker.set_param("q", 2)
        tracker.track(dict)
    assert ["opened", 1, 2, 3, "TRACKING", "closed", "flush", "close"] == sink.said
    begun, ended = sink.runs
    assert ("a", "t", str(db)) == (begun.track_id, begun.table, begun.location)
    assert ({"p": [1]}, {"p": [1], "q": 2}) == (begun.params, ended.params)
    assert begun.started == ended.started
    assert begun.started.tzinfo is not None
    assert [None] == sink.errors
    begun.params["p"].append(2)
    assert {"p": [1], "q": 2} == tracker.params


def test_a_tracker_that_never_logs_has_no_run():
    """Neither closing it nor what ends it tells anybody of a run."""
    sink = Told()
    with Tracker(":memory:", sinks=[sink]):
        pass
    assert ["flush", "close"] == sink.said


def log_and_raise(sink, error):
    with Tracker(":memory:", sinks=[sink]) as tracker:
        tracker.log({"x": 1})
        raise error


def test_what_ends_the_block_is_told():
    """The exception itself, an interrupt too; a program that ends by itself ended well."""
    for error, expected in [
        (ValueError("x"), True),
        (KeyboardInterrupt(), True),
        (SystemExit(3), True),
        (SystemExit(0), False),
        (SystemExit(), False),
    ]:
        sink = Told()
        with pytest.raises(type(error)):
            log_and_raise(sink, error)
        assert [error if expected else None] == sink.errors


def test_closing_twice_ends_the_run_once_and_a_later_row_opens_it_again():
    """As a later row is stored all the same."""
    sink = Told()
    tracker = Tracker(":memory:", sinks=[sink])
    tracker.log({"x": 1})
    tracker.close()
    tracker.close()
    tracker.log({"x": 2})
    tracker.close()
    one = ["closed", "flush", "close"]
    assert ["opened", 1, *one, "opened", 2, *one] == sink.said


def test_another_track_id_ends_the_run():
    """The next one begins with its first row."""
    sink = Told()
    with Tracker(":memory:", sinks=[sink], track_id="a") as tracker:
        tracker.log({"x": 1})
        tracker.track_id = "b"
        assert ["opened", 1, "closed"] == sink.said
        tracker.log({"x": 2})
    assert ["a", "a", "b", "b"] == [run.track_id for run in sink.runs]


def test_a_record_of_the_logger_begins_a_run():
    """A sink gets it, so the sink has to be ready for it."""
    sink = Told()
    with Tracker(Tracker.SKIP_INSERT, sinks=[sink]) as tracker:
        tracker.logger.monitor({"y": 1})
    assert ["opened", "MONITOR", "closed"] == sink.said[:3]


def test_a_tracker_that_is_dropped_ends_its_run():
    """It need not wait for the end of the program."""
    sink = Told()
    Tracker(":memory:", sinks=[sink]).log({"x": 1})
    gc.collect()
    assert ["opened", 1, "closed"] == sink.said


@pytest.mark.parametrize("quick", [True, False])
def test_the_end_of_the_program_ends_the_run(python, quick):
    """Of a tracker that nobody closed; the sink's thread still runs then."""
    done = python(
        "from xetrack import Tracker\nfrom xetrack.interfaces.sinks import Sink\n"
        f"class Told(Sink):\n    quick = {quick}\n"
        "    def opened(self, run): print('opened', flush=True)\n"
        "    def emit(self, row, level): print('row', flush=True)\n"
        "    def closed(self, run, error): print('closed', error, flush=True)\n"
        "tracker = Tracker(':memory:', sinks=[Told({})])\ntracker.log({'x': 1})\n"
    )
    assert ("opened\nrow\nclosed None\n", "") == (done.stdout, done.stderr)


def test_the_end_of_a_worker_process_ends_its_run(python):
    """Workers of multiprocessing end without Python's own end."""
    done = python(
        "import multiprocessing\nfrom xetrack import Tracker\n"
        "from xetrack.interfaces.sinks import Sink\n"
        "class Told(Sink):\n"
        "    def emit(self, row, level): print('row', flush=True)\n"
        "    def closed(self, run, error): print('closed', flush=True)\n"
        "def work():\n"
        "    global tracker\n    tracker = Tracker(':memory:', sinks=[Told({})])\n"
        "    tracker.log({'x': 1})\n"
        "context = multiprocessing.get_context('fork')\n"
        "child = context.Process(target=work)\nchild.start()\nchild.join()\n"
    )
    assert ("row\nclosed\n", "") == (done.stdout, done.stderr)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_logs_into_the_run_and_neither_begins_nor_ends_it():
    """The run is the parent's."""
    sink = Told()
    tracker = Tracker(":memory:", sinks=[sink])
    tracker.log({"x": 1})

    def child():
        sink.said.clear()
        tracker.log({"x": 2})
        tracker.close()
        assert [2, "flush", "close"] == sink.said

    assert ended_well(forked(child))
    tracker.close()
    assert ["closed", "flush", "close"] == sink.said[-3:]


def log_and_close(tracker):
    tracker.log({"x": 1})
    tracker.close()


@pytest.mark.parametrize("method", ["opened", "closed"])
def test_a_failure_costs_neither_row_nor_end(method):
    """It is reported once, as any failure of a sink."""
    sink = Told()

    def fail(*_):
        raise OSError("no more space")

    broken = type("Broken", (Told,), {method: fail})()
    tracker = Tracker(":memory:", sinks=[broken, sink])
    with pytest.warns(XetrackWarning, match="'Broken' failed: OSError: no more space") as found:
        log_and_close(tracker)
    assert 1 == len(found)
    assert 1 in broken.said
    assert ["opened", 1, "closed", "flush", "close"] == sink.said


@pytest.mark.parametrize("cls", [Told, Behind])
def test_a_row_that_is_logged_at_the_end_begins_no_further_run(cls, db):
    """Or a run would have no last end."""
    made = []
    sink = cls(act=lambda: made[0].log({"x": 2}))
    with Tracker(db, sinks=[sink]) as tracker:
        made.append(tracker)
        tracker.log({"x": 1})
    assert 1 == sink.said.count("closed")
    assert [1, 2] == [row["x"] for row in tracker]
    tracker.close()
    assert 1 == sink.said.count("closed")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_while_a_run_ends_waits_for_no_lock_that_waits_for_it(monkeypatch):
    """A fork takes all locks, and so does the end of a run: both in one order."""
    monkeypatch.setattr(forks, "PATIENCE", 5.0)
    sink, ending = Behind(), threading.Event()
    tracker = Tracker(":memory:", sinks=[sink])
    tracker.log({"x": 1})
    close_run = tracker._sinks.close_run

    def slowly(*arguments):
        ending.set()
        time.sleep(0.5)
        close_run(*arguments)

    tracker._sinks.close_run = slowly
    thread = threading.Thread(target=tracker.close)
    thread.start()
    assert ending.wait(10)
    began = time.monotonic()
    assert ended_well(forked(lambda: tracker.log({"x": 2})))
    took = time.monotonic() - began
    thread.join()
    assert took < 4, "the fork waited for the end of the run, which waited for the fork"
    assert 1 == sink.said.count("opened") == sink.said.count("closed")
