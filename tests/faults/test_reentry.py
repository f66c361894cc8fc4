"""Calls within calls, as they really come: from signals, the garbage collector and sinks."""

from __future__ import annotations

import signal
from collections import deque
from contextlib import closing

import pytest

from tests.engines import opened, quiet, run
from tests.sweeps import check_stored
from xetrack import Reader, Tracker
from xetrack.interfaces.engine import Field
from xetrack.interfaces.query import Query
from xetrack.interfaces.sinks import Sink
from xetrack.model.kinds import kind_of

SIGNALS = """
import signal, sys, time
from itertools import count
from xetrack import Tracker

path, kind = sys.argv[1:]
tracker = Tracker(path, warnings=False)
second = Tracker(path, warnings=False)
numbers = count()
acknowledged = []

def depth():
    frame, number = sys._getframe(1), 0
    while frame is not None:
        number += frame.f_code is handler.__code__
        frame = frame.f_back
    return number

def arm():
    signal.setitimer(signal.ITIMER_REAL, 0.0013)

def handler(*_):
    # Handlers within handlers, but not without end: on a busy machine a timer is faster than rows.
    if depth() < 4:
        arm()
    try:
        number = next(numbers)
        (tracker if number % 2 else second).log({"id": number, "who": "handler"})
        acknowledged.append(number)
    finally:
        arm()

class Stop(BaseException):
    pass

inside = False

def raising(*_):
    handler()
    if inside:
        raise Stop

signal.signal(signal.SIGALRM, raising if kind == "raises" else handler)
arm()
end = time.monotonic() + 20  # on a busy machine the timer leaves no time for more
while len(acknowledged) < 1_500 and time.monotonic() < end:
    ids = [next(numbers) for _ in range(3)]
    try:
        inside = True
        if ids[0] % 3:
            tracker.log_batch([{"id": one, "x": one / 2} for one in ids])
        else:
            tracker.log({"id": ids[0], "x": float("nan")})
            ids = ids[:1]
        inside = False
    except Stop:
        inside = False
    else:
        acknowledged += ids
signal.signal(signal.SIGALRM, signal.SIG_IGN)
for _ in range(20):
    handler()
print(acknowledged)
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")
@pytest.mark.parametrize("kind", ["returns", "raises"])
@pytest.mark.parametrize("ending", ["db", "duckdb"])
def test_rows_of_a_signal_handler_and_of_what_it_meets_are_stored(kind, ending, tmp_path):
    """A timer logs by two trackers into whatever goes on: nothing acknowledged is lost or twice."""
    path = tmp_path / f"rows.{ending}"
    acknowledged = eval(run(SIGNALS, path, kind).stdout)
    with Reader(path) as reader:
        stored = reader.to_df()["id"].tolist()
    check_stored(acknowledged, stored, range(max(acknowledged) + 10))


COLLECTED = """
import gc, sys
from itertools import count
from xetrack import Tracker

tracker = Tracker(sys.argv[1], warnings=False)
numbers = count()
acknowledged = []

class Logs:
    def __init__(self):
        self.cycle = self
    def __del__(self):
        number = next(numbers)
        tracker.log({"id": number, "of": "finalizer"})
        acknowledged.append(number)

gc.set_threshold(7)
while len(acknowledged) < 1_000:
    Logs()
    ids = [next(numbers) for _ in range(4)]
    tracker.log({"id": ids[0], "x": 0.5})
    tracker.log({"id": ids[1], "x": float("nan"), "y": [1]})
    acknowledged += ids[:2]
    tracker.log_batch([{"id": one} for one in ids[2:]])
    acknowledged += ids[2:]
gc.disable()
print(acknowledged)
"""


def test_rows_of_finalizers_are_stored(tmp_path):
    """The garbage collector may run within any line, and a finalizer may log."""
    path = tmp_path / "rows.db"
    answer = run(COLLECTED, path)
    assert "" == answer.stderr
    acknowledged = eval(answer.stdout)
    with Reader(path) as reader:
        check_stored(acknowledged, reader.to_df()["id"].tolist(), range(max(acknowledged) + 10))


class Echo(Sink):
    """Logs a row for each that it gets, but for its own."""

    tracker = None

    def emit(self, row, level):
        """Log what came."""
        if "echo" not in row:
            self.tracker.log({"echo": row["id"], "x": float("nan")})


def test_a_sink_may_log(tmp_path):
    """Its rows are stored beside those that it was given."""
    echo = Echo({})
    with Tracker(tmp_path / "rows.db", sinks=[echo]) as tracker:
        echo.tracker = tracker
        tracker.log({"id": 1})
        tracker.log_batch([{"id": 2}, {"id": 3}])
        assert [1, 2, 3] == sorted(tracker.to_df()["echo"].dropna())
        assert 6 == len(tracker)


class Interrupted(deque):
    """A queue in which Ctrl-C comes once, as soon as something has left it."""

    def popleft(self):
        """Remove the first one."""
        super().popleft()
        self.popleft = super().popleft
        raise KeyboardInterrupt


def test_what_waits_outlasts_an_interrupt_on_its_way_to_another_engine(tmp_path):
    """It is stored once: neither lost between two queues, nor done from both."""
    path = tmp_path / "rows.db"
    with closing(opened(path)) as one, closing(opened(path)) as other:
        inserter = inserted(one, {"track_id": "a", "timestamp": "1", "n": 0})
        waiting = one.connections.transactions
        with other.transaction():
            waiting._waiting = Interrupted([[(waiting, lambda: inserter.write([("a", "2", 1)]))]])
            with pytest.raises(KeyboardInterrupt):
                waiting.recover()
        waiting.recover()
        (cells,) = other.read("default", Query(columns=("n",), order="n")).batches
        assert [0, 1] == [*cells[0]]


def test_what_an_interrupt_left_waiting_is_stored_soon(tmp_path):
    """Also if the program never logs again, and is killed: an idle task stores it."""
    path = tmp_path / "rows.db"
    with closing(opened(path)) as engine, closing(opened(path)) as other:
        inserter = inserted(engine, {"track_id": "a", "timestamp": "1", "n": 0})
        interrupts = [KeyboardInterrupt]

        def work():
            while interrupts:
                raise interrupts.pop()
            inserter.write([("a", "2", 1)])

        quiet()  # nothing else is due
        with pytest.raises(KeyboardInterrupt), engine.transaction():
            engine.connections.transactions.wait(work)
        assert 1 == len(engine.connections.transactions._waiting)
        quiet()
        assert not engine.connections.transactions._waiting
        (cells,) = other.read("default", Query(columns=("n",), order="n")).batches
        assert [0, 1] == [*cells[0]]


def inserted(engine, row):
    """Store a row in a new table, and return what stores more."""
    fields = [Field(name, frozenset({kind_of(value)})) for name, value in row.items()]
    engine.add_columns("default", fields)
    inserter = engine.inserter("default", fields)
    inserter.write([tuple(row.values())])
    return inserter
