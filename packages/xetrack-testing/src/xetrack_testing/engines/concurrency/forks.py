"""Forks, with engines opened before: no row is lost on either side, and none hangs."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import InterruptedReadError
from xetrack.interfaces.query import Query
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.processes import ended_well, forked, meanwhile
from xetrack_testing.rows import log, read

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Row
    from xetrack_testing.engines.base import Opened

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
# The warning about forks with threads is about what is tested here.
allowed = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def write(engine: Engine, who: str, rows: int = 20) -> None:
    """Store the rows of one writer, each by itself.

    Parameters
    ----------
    engine
        Where to store them.
    who
        The name of the writer.
    rows
        How many.
    """
    for n in range(rows):
        log(engine, {"n": n, "who": who})


def by_writer(engine: Engine) -> dict[str, list[int]]:
    """Return the numbers in the rows of each writer, in their order.

    Parameters
    ----------
    engine
        Where to read.
    """
    numbers: dict[str, list[int]] = {}
    for row in read(engine):
        numbers.setdefault(row["who"], []).append(row["n"])
    return numbers


class ForksContract(EngineFixtures):
    """An engine that is open goes on in a forked child, and in its parent."""

    @needs_fork
    @allowed
    def test_parent_and_children_go_on_after_a_fork(self, opened: Opened) -> None:
        """Parent, children and grandchildren go on after forks, at once, on the same object."""
        engine = opened()
        write(engine, "before", 1)

        def child(who: str) -> None:
            write(engine, who)
            grandchild = forked(lambda: write(engine, f"{who} of it", 3))
            assert ended_well(grandchild), "a grandchild failed or hangs; see what it printed"

        children = [forked(lambda who=who: child(who)) for who in ("one", "two")]  # type: ignore[misc]
        write(engine, "parent")
        assert [True, True] == [*map(ended_well, children)], "a child failed; see what it printed"
        write(engine, "after", 1)
        rows = [*range(20)]
        expected = {"before": [0], "parent": rows, "one": rows, "two": rows, "after": [0]}
        expected |= {"one of it": [0, 1, 2], "two of it": [0, 1, 2]}
        assert expected == by_writer(opened())

    @needs_fork
    @allowed
    def test_a_fork_amid_writing_threads_finds_no_lock_closed(self, opened: Opened) -> None:
        """Children log at once, while a thread of the parent goes on logging."""
        engine = opened()
        stop = threading.Event()
        logged: list[int] = []

        def work() -> None:
            while not stop.is_set():
                log(engine, {"n": len(logged), "who": "thread"})
                logged.append(1)

        write(engine, "before", 1)
        with meanwhile(work):
            children = []
            for number in range(5):
                time.sleep(0.01)
                children.append(forked(lambda who=f"child{number}": write(engine, who, 5)))  # type: ignore[misc]
            ended = [*map(ended_well, children)]
            stop.set()
        assert [True] * 5 == ended, "a child failed or hangs; see what it printed"
        numbers = by_writer(opened())
        assert [*range(len(logged))] == numbers.pop("thread", [])
        expected = {f"child{number}": [*range(5)] for number in range(5)}
        assert {"before": [0], **expected} == numbers

    @needs_fork
    @allowed
    def test_an_answer_is_whole_or_interrupted_by_a_fork(self, opened: Opened) -> None:
        """What is half read then goes on, or ends with `InterruptedReadError`; no row is lost."""
        engine = opened()
        rows: list[Row] = [{"n": n, "who": "many"} for n in range(5_000)]
        log(engine, *rows)
        batches = engine.read(DEFAULT_TABLE, Query(columns=("n",))).batches
        numbers = [*next(batches)[0]]
        child = forked(lambda: write(engine, "child"))
        engine.close()
        assert ended_well(child), "the child failed or hangs; see what it printed"
        try:
            for (cells,) in batches:
                numbers += cells
        except InterruptedReadError:
            pass
        else:
            assert [*range(5_000)] == numbers
        assert [*range(20)] == by_writer(opened())["child"]
