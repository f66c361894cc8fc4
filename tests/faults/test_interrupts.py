"""A Ctrl-C, or a nested call, at each single line of what a tracker does with SQLite."""

from __future__ import annotations

import os
import random
import warnings
from itertools import count

import numpy as np
import pytest

from tests.sweeps import (
    MORE,
    OtherProcess,
    at_line,
    check_stored,
    interrupt,
    remove_files,
    sweep,
)
from xetrack import Reader, Tracker
from xetrack.errors import XetrackError

ASSET = np.arange(12.0)


@pytest.fixture(scope="module")
def other():
    """Another process, which reads what is stored."""
    other = OtherProcess()
    yield other
    other.close()


class Work:
    """A tracker that counts what it acknowledged, and what may be stored besides."""

    def __init__(self, path):
        self.path = path
        self.tracker = Tracker(path, {"lr": 0.1}, warnings=False)
        self.acknowledged = []
        self.allowed = []
        self.fresh = 0
        self._numbers = count()

    def log(self, **more):
        """Log a row, and take note when it was acknowledged."""
        number = next(self._numbers)
        self.allowed.append(number)
        self.tracker.log({"id": number, **more})
        self.acknowledged.append(number)

    def batch(self):
        """Log some rows at once."""
        numbers = [next(self._numbers) for _ in range(5)]
        self.allowed += numbers
        self.tracker.log_batch([{"id": number, "x": number / 2} for number in numbers])
        self.acknowledged += numbers

    def more(self):
        """Log some more rows, after whatever went wrong."""
        for _ in range(MORE):
            self.log()

    def prepare(self, name):
        """Make what a piece of work needs, so that each finds all as the first one did."""
        self.fresh += 1
        if name == "widened":
            self.log(**{f"w{self.fresh}": 0.5})
        elif name == "delete":
            with Tracker(self.path, track_id=f"gone{self.fresh}") as gone:
                gone.log({"x": 1.5})

    # What a sweep interrupts.

    def plain(self):
        self.log(x=1.5)

    def careful(self):
        self.log(**{"x": float("nan"), f"y{self.fresh}": {"a": [1]}})

    def noted(self):
        self.log(x=float("nan"))

    def new_column(self):
        self.log(**{f"new{self.fresh}": "text"})

    def widened(self):
        self.log(**{f"w{self.fresh}": "a text among floats"})

    def asset(self):
        self.log(model=ASSET + 2 * self.fresh)

    def asset_batch(self):
        number = next(self._numbers)
        self.allowed.append(number)
        self.tracker.log_batch([{"id": number, "model": ASSET + 2 * self.fresh}])
        self.acknowledged.append(number)

    def set_value(self):
        self.tracker.set_value(f"y{self.fresh}", 7)

    def set_asset(self):
        self.tracker.set_value(f"y{self.fresh}", ASSET + 2 * self.fresh)

    def set_params(self):
        self.tracker.set_params({"model": ASSET + 2 * self.fresh, "lr": 0.2 + self.fresh})

    def delete(self):
        with Reader(self.path) as reader:
            reader.delete_run(f"gone{self.fresh}")

    def read(self):
        self.tracker.to_df()
        len(self.tracker)
        with Reader(self.path) as reader:
            reader.sql("SELECT count(*) FROM events")

    def find(self):
        self.tracker.set_where(f"y{self.fresh}", 8, "z", {"a": 1})

    def close(self):
        self.tracker.close()


WORK = [
    "plain",
    "careful",
    "batch",
    "new_column",
    "widened",
    "asset",
    "asset_batch",
    "set_value",
    "set_asset",
    "set_params",
    "delete",
    "read",
    "find",
    "close",
]


EVERY = int(os.environ.get("XETRACK_TEST_LINES", "307"))
"""Which lines are tried: one of so many, or each if it is 1."""


class Sweep:
    """Tries some lines, not the same ones each time, and looks at what they leave."""

    def __init__(self, folder, other):
        self._folder = folder
        self._other = other

    def begin(self, number):
        """A tracker that has stored some rows of each kind."""
        work = Work(self._folder / f"{number}.db")
        work.log(x=0.5)
        work.log(x=0.5)
        work.noted()
        work.log(z={"a": 1})
        work.tracker.log({"first": ASSET + 1})  # else plugins would be looked for in the sweep
        return work

    def check(self, work):
        """A look from another process, before and after all is closed."""
        check_stored(work.acknowledged, self._other.values(work.path), work.allowed)
        work.tracker.close()
        check_stored(work.acknowledged, self._other.values(work.path), work.allowed)
        remove_files(work.path)

    def run(self, name, attempt):
        """Try a piece of work line by line, each time with 20 rows more."""

        def one(work, number):
            work.prepare(name)
            reached = attempt(work, number)
            work.more()
            return reached

        numbers = count(1 + random.randrange(EVERY), EVERY)
        return sweep(numbers, self.begin, one, self.check)


@pytest.fixture
def swept(tmp_path, other):
    """What runs a piece of work line by line."""
    return Sweep(tmp_path, other).run


@pytest.mark.parametrize("name", WORK)
def test_interrupts_at_any_line_lose_no_acknowledged_row(name, swept):
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

    assert swept(name, one) > 1


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("nested", ["plain", "batch", "noted"])
def test_calls_of_a_handler_at_any_line_are_kept(name, nested, swept):
    """A handler of a signal may log whatever it meets: both calls keep what they acknowledged."""

    def one(work, number):
        return at_line(number, getattr(work, nested), getattr(work, name))

    assert swept(name, one) > 1


@pytest.mark.parametrize("nested", ["plain", "noted"])
@pytest.mark.parametrize("name", ["batch", "careful", "asset", "new_column"])
def test_a_handler_that_logs_and_exits_loses_nothing_of_its_own(name, nested, swept):
    """A handler that logs and exits loses nothing of its own, as a job that is told to end: its
    last row stays though what it interrupted is undone.
    """

    def one(work, number):
        def act():
            getattr(work, nested)()
            raise SystemExit

        try:
            return at_line(number, act, getattr(work, name))
        except SystemExit:
            return True

    assert swept(name, one) > 1


@pytest.mark.parametrize("nested", ["plain", "noted"])
@pytest.mark.parametrize("name", ["batch", "careful", "asset"])
def test_a_handler_may_log_and_close(name, nested, swept):
    """What it acknowledged stays; the call that it met may fail, but not be half stored."""

    def one(work, number):
        def act():
            getattr(work, nested)()
            work.tracker.close()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return at_line(number, act, getattr(work, name))
            except XetrackError:
                return True

    assert swept(name, one) > 1
