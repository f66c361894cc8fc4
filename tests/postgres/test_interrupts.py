"""A Ctrl-C, or a nested call, at each single line of what a tracker does with PostgreSQL."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import warnings
from itertools import count

import numpy as np
import psycopg
import pytest

from tests.engines import where
from tests.sweeps import MORE, OtherProcess, at_line, check_stored, interrupt, sweep
from xetrack import Reader, Tracker

STEP = int(os.environ.get("XETRACK_TEST_LINES", "397"))
"""Each so many-th line is met by default, and each one before a release."""

SIGNALS = int(os.environ.get("XETRACK_TEST_SIGNALS", "30"))
"""How many signals come at any moment, in the driver too; a release is tested with 1,000."""

ASSET = np.arange(12.0)

LEFT = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'),
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
"""


@pytest.fixture(scope="module")
def other():
    """Another process, which reads what is stored."""
    other = OtherProcess()
    yield other
    other.close()


class Work:
    """A tracker that counts what it acknowledged, and what may be stored besides."""

    def __init__(self, url, table, numbers):
        self.url = url
        self.table = table
        self.tracker = Tracker(url, {"lr": 0.1}, table=table, warnings=False, cache=url)
        self.acknowledged = []
        self.allowed = []
        self.fresh = 0
        self._numbers = numbers

    def prepare(self, name):
        """Make what a piece of work needs, so that each finds all as the first one did."""
        self.fresh += 1
        if name == "delete":
            self.allowed.append(-self.fresh)
            self.tracker.log({"id": -self.fresh})

    def log(self, **more):
        """Log a row, and take note when it was acknowledged."""
        number = next(self._numbers)
        self.allowed.append(number)
        self.tracker.log({"id": number, **more})
        self.acknowledged.append(number)

    def batch(self):
        numbers = [next(self._numbers) for _ in range(5)]
        self.allowed += numbers
        self.tracker.log_batch([{"id": number, "x": number / 2} for number in numbers])
        self.acknowledged += numbers

    def more(self):
        """Log some more rows, after whatever went wrong."""
        for _ in range(MORE):
            self.log()

    # What a sweep interrupts.

    def plain(self):
        self.log(x=1.5)

    def careful(self):
        self.log(**{"x": float("nan"), f"y{self.fresh}": {"a": [1]}})

    def new_column(self):
        self.log(**{f"new{self.fresh}": "text"})

    def widened(self):
        for value in (1, 0.5):
            self.log(**{f"w{self.fresh}": value})

    def asset(self):
        self.log(model=ASSET + self.acknowledged[-1])

    def set_value(self):
        self.tracker.set_value(f"y{self.fresh}", 7)

    def set_asset(self):
        self.tracker.set_value(f"y{self.fresh}", ASSET + self.acknowledged[-1])

    def delete(self):
        self.tracker._engine.delete(self.table, (where("id", -self.fresh),))

    def read(self):
        self.tracker.to_df()
        len(self.tracker)
        with Reader(self.url) as reader:
            reader.sql(f"SELECT count(*) FROM {self.table}")

    def cached(self):
        number = next(self._numbers)
        self.allowed.append(number)
        assert number * 2 == self.tracker.track(doubled, params={"id": number}, args=[number])
        self.acknowledged.append(number)

    def close(self):
        self.tracker.close()


def doubled(number):
    """Return what a cache keeps."""
    return number * 2


WORK = [
    *("plain", "careful", "batch", "new_column", "widened", "asset", "set_value", "set_asset"),
    *("delete", "read", "cached", "close"),
]


class Sweep:
    """Runs a piece of work line by line, and looks at what it leaves."""

    def __init__(self, url, server, other):
        self.url = url
        self._numbers = count()
        self._look = psycopg.connect(server.url, autocommit=True)
        self._other = other

    def begin(self, number):
        """A tracker that has stored some rows of each kind."""
        work = Work(self.url, f"line{number}", self._numbers)
        work.log(x=0.5)
        work.log(x=0.5)
        work.log(z={"a": 1})
        return work

    def look(self, work):
        """Twenty rows more, and nothing is left open or locked."""
        work.more()
        # A server takes a moment to see that a connection was closed; what is left open stays.
        deadline = time.monotonic() + 10
        while (left := self._look.execute(LEFT).fetchone()) != (0, 0):
            assert time.monotonic() < deadline, f"open transactions and locks: {left}"
            time.sleep(0.01)

    def check(self, work):
        """A look by another process."""
        check_stored(work.acknowledged, self._stored(work), work.allowed)
        work.tracker.close()

    def run(self, name, attempt):
        """Try a piece of work line by line, each time with 20 rows more."""

        def one(work, number):
            work.prepare(name)
            reached = attempt(work, number)
            self.look(work)
            return reached

        return sweep(count(1, STEP), self.begin, one, self.check)

    def _stored(self, work):
        return [int(one) for one in self._other.values(self.url, table=work.table)]

    def close(self):
        self._look.close()


@pytest.fixture
def sweeper(url, server, other):
    """What runs a piece of work line by line."""
    found = Sweep(url, server, other)
    yield found
    found.close()


@pytest.mark.parametrize("name", WORK)
def test_interrupts_at_any_line_lose_no_acknowledged_row(name, sweeper):
    """Whatever line a Ctrl-C meets, later rows are stored, and it stays a KeyboardInterrupt."""

    def one(work, number):
        raised = None

        def act():
            nonlocal raised
            raised = True
            interrupt()

        try:
            reached = at_line(number, act, getattr(work, name))
        except KeyboardInterrupt:
            return True
        assert not raised, "the interrupt was swallowed"
        return reached

    assert sweeper.run(name, one) > 1


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("nested", ["plain", "batch"])
def test_calls_of_a_handler_at_any_line_are_kept(name, nested, sweeper):
    """A handler of a signal may log whatever it meets: both calls keep what they acknowledged."""

    def one(work, number):
        return at_line(number, getattr(work, nested), getattr(work, name))

    assert sweeper.run(name, one) > 1


@pytest.mark.parametrize("name", ["batch", "careful", "asset", "new_column", "set_value"])
def test_a_handler_that_logs_and_exits_loses_nothing_of_its_own(name, sweeper):
    """A handler that logs and exits loses nothing of its own, as a job that is told to end: its
    last row stays though what it interrupted is undone.
    """

    def one(work, number):
        def act():
            work.plain()
            raise SystemExit

        try:
            return at_line(number, act, getattr(work, name))
        except SystemExit:
            return True

    assert sweeper.run(name, one) > 1


@pytest.mark.parametrize("name", ["batch", "careful", "asset"])
def test_a_handler_may_log_and_close(name, sweeper):
    """What it acknowledged stays; the call that it met may fail, but not be half stored."""

    def one(work, number):
        def act():
            work.plain()
            work.tracker.close()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return at_line(number, act, getattr(work, name))
            except Exception:  # noqa: BLE001 - whatever it is
                return True

    assert sweeper.run(name, one) > 1


class Ended(BaseException):
    """What a handler of these tests raises."""


# A file that an interrupted import dropped is closed with the last reference to it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("raises", [True, False])
def test_signals_at_any_moment_lose_nothing(raises, sweeper):
    """Signals at any moment lose nothing, in the middle of the driver too.

    Afterwards another thread can log.
    """
    work = sweeper.begin(0)
    armed = False

    def handler(*_):
        nonlocal armed
        if not armed:
            return
        armed = False
        if raises:
            raise Ended
        work.plain()

    before = signal.signal(signal.SIGALRM, handler)
    try:
        for number in range(SIGNALS):
            name = ("plain", "batch", "new_column", "set_value", "read")[number % 5]
            signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.006))
            try:
                armed = True
                getattr(work, name)()
                armed = False
            except Ended:
                pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    thread = threading.Thread(target=work.more, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "a lock was left behind"
    sweeper.look(work)
    sweeper.check(work)
