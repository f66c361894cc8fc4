"""A Ctrl-C, or a nested call, at each single line of what a tracker does with SQLite."""

from __future__ import annotations

import os
import random
import warnings
from itertools import count

import numpy as np
import pytest

from tests.sweeps import MORE, OtherProcess, at_line, check_stored, interrupt, lines_of
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

    # What a sweep interrupts.

    def plain(self):
        self.log(x=1.5)

    def careful(self):
        self.log(x=float("nan"), y={"a": [1]})

    def new_column(self):
        self.log(new="text")

    def widened(self):
        self.log(x="a text among floats")

    def asset(self):
        self.log(model=ASSET)

    def asset_batch(self):
        number = next(self._numbers)
        self.allowed.append(number)
        self.tracker.log_batch([{"id": number, "model": ASSET}])
        self.acknowledged.append(number)

    def set_value(self):
        self.tracker.set_value("y", 7)

    def set_asset(self):
        self.tracker.set_value("y", ASSET)

    def set_params(self):
        self.tracker.set_params({"model": ASSET, "lr": 0.2})

    def delete(self):
        with Reader(self.path) as reader:
            reader.delete_run("gone")

    def read(self):
        self.tracker.to_df()
        len(self.tracker)
        with Reader(self.path) as reader:
            reader.sql("SELECT count(*) FROM events")

    def find(self):
        self.tracker.set_where("y", 8, "z", {"a": 1})

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


EVERY = int(os.environ.get("XETRACK_TEST_LINES", "131"))
"""Which lines are tried: one of so many, or each if it is 1."""


def sweep(one):
    """Try some lines, not the same ones each time, and return how far they went."""
    return max(lines_of(one, EVERY, first=1 + random.randrange(EVERY)))


def begun(tmp_path, number):
    """A tracker that has stored some rows of each kind."""
    work = Work(tmp_path / f"{number}.db")
    work.log(x=0.5)
    work.log(x=0.5)
    work.log(z={"a": 1})
    work.tracker.log({"first": ASSET + 1})  # else plugins would be looked for within the sweep
    Tracker(work.path, track_id="gone").log({"x": 1.5})
    return work


def checked(work, other):
    """Twenty rows more, and a look from another process."""
    work.more()
    check_stored(work.acknowledged, other.values(work.path), work.allowed)
    work.tracker.close()
    check_stored(work.acknowledged, other.values(work.path), work.allowed)


@pytest.mark.parametrize("name", WORK)
def test_interrupts_at_any_line_lose_no_acknowledged_row(name, tmp_path, other):
    """Whatever line a Ctrl-C meets, later rows are stored, and it stays a KeyboardInterrupt."""

    def one(number):
        work = begun(tmp_path, number)
        raised = None

        def act():
            nonlocal raised
            raised = True
            interrupt()

        try:
            reached = at_line(number, act, getattr(work, name))
        except KeyboardInterrupt:
            reached = True
        else:
            assert not raised, "the interrupt was swallowed"
        checked(work, other)
        return reached

    assert sweep(one) > 1


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("nested", ["plain", "batch"])
def test_calls_of_a_handler_at_any_line_are_kept(name, nested, tmp_path, other):
    """A handler of a signal may log whatever it meets: both calls keep what they acknowledged."""

    def one(number):
        work = begun(tmp_path, number)
        reached = at_line(number, getattr(work, nested), getattr(work, name))
        checked(work, other)
        return reached

    assert sweep(one) > 1


@pytest.mark.parametrize("name", ["batch", "careful", "asset", "new_column"])
def test_a_handler_that_logs_and_exits_loses_nothing_of_its_own(name, tmp_path, other):
    """A handler that logs and exits loses nothing of its own, as a job that is told to end: its
    last row stays though what it interrupted is undone.
    """

    def one(number):
        work = begun(tmp_path, number)

        def act():
            work.plain()
            raise SystemExit

        try:
            reached = at_line(number, act, getattr(work, name))
        except SystemExit:
            reached = True
        checked(work, other)
        return reached

    assert sweep(one) > 1


@pytest.mark.parametrize("name", ["batch", "careful", "asset"])
def test_a_handler_may_log_and_close(name, tmp_path, other):
    """What it acknowledged stays; the call that it met may fail, but not be half stored."""

    def one(number):
        work = begun(tmp_path, number)

        def act():
            work.plain()
            work.tracker.close()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                reached = at_line(number, act, getattr(work, name))
            except XetrackError:
                reached = True
        checked(work, other)
        return reached

    assert sweep(one) > 1
