"""Forks, with engines opened before or after: no row is lost on either side, and none hangs."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sqlite3
import threading
import time

import pytest

from tests.engines import column, ended_well, forked, log, opened, read, run, where
from xetrack.errors import InterruptedReadError
from xetrack.interfaces.query import Query
from xetrack.process import forks

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # The warning about forks with threads is about what is tested here.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def write(engine, who, rows=50):
    """Store rows of one writer, one by one."""
    for number in range(rows):
        log(engine, {"n": number, "who": who})


@pytest.fixture
def engine(path):
    """An engine that has stored a row, so that its connections are open."""
    engine = opened(path)
    log(engine, {"n": -1, "who": "before"})
    yield engine
    engine.close()


def by_writer(path):
    """The numbers of each writer, as a fresh engine reads them."""
    engine = opened(path)
    found = {}
    for row in read(engine):
        found.setdefault(row["who"], []).append(row["n"])
    engine.close()
    return found


@pytest.mark.parametrize("held", ["answer", "user", "sql"])
def test_what_is_half_read_during_a_fork_costs_no_row(engine, path, held):
    """An open answer or cursor would keep its connection alive in the child."""
    log(engine, *({"n": n, "who": "many"} for n in range(5_000)))
    answers = engine.read("default", Query()).batches
    mine = engine.connection.execute("SELECT * FROM events")
    if held == "answer":
        next(answers)
    elif held == "user":
        mine.fetchone()
    else:
        engine.sql("SELECT * FROM events", limit=1)
    child = forked(lambda: write(engine, "child"))
    engine.close()
    assert ended_well(child)
    if held == "answer":
        with pytest.raises(InterruptedReadError):
            list(answers)
    del answers, mine
    gc.collect()
    assert list(range(50)) == by_writer(path)["child"]


def test_a_fork_waits_for_no_answer_of_another_thread(engine, path):
    """Reading that goes on in a thread is interrupted, says so, and works again."""
    log(engine, *({"n": n, "who": "many"} for n in range(20_000)))
    reads, failures, stop = [], [], threading.Event()

    def reading():
        while not stop.is_set():
            try:
                reads.append(len(column(engine, "n", order="who")))
                reads.append(engine.count("default", [where("who", "before", "!=")]) + 1)
                reads.append(engine.sql("SELECT count(*) FROM events").rows[0][0])
            except InterruptedReadError:
                failures.append("interrupted")
            except BaseException as error:  # noqa: BLE001
                failures.append(repr(error))

    thread = threading.Thread(target=reading)
    thread.start()
    children = []
    for one in range(6):
        time.sleep(0.02)
        children.append(forked(lambda who=f"child{one}": write(engine, who, 0)))
    assert [True] * len(children) == [ended_well(child) for child in children]
    deadline = time.monotonic() + 30
    while not reads and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert {20_001} == set(reads)
    assert {"interrupted"} >= set(failures)


def test_a_fork_in_the_middle_of_a_checkpoint_loses_nothing(engine, path):
    """The checkpoint ends before the fork."""
    for one in range(5):
        log(engine, *({"n": n, "who": f"parent{one}"} for n in range(1_000)))
        assert ended_well(forked(lambda who=f"child{one}": write(engine, who)))
    found = by_writer(path)
    assert [list(range(1_000))] * 5 == [found[f"parent{one}"] for one in range(5)]
    assert [list(range(50))] * 5 == [found[f"child{one}"] for one in range(5)]


def test_a_database_in_memory_is_the_childs_own_copy():
    """Both sides go on with the rows there were, and neither sees the other's."""
    engine = opened(":memory:")
    log(engine, {"n": 1})

    def child():
        log(engine, {"n": 2})
        assert [1, 2] == column(engine, "n")

    assert ended_well(forked(child))
    log(engine, {"n": 3})
    assert [1, 3] == column(engine, "n")
    engine.close()


def test_an_engine_that_is_being_made_is_not_caught_by_a_fork(path):
    """What another thread opens while forks go on is never inherited open."""
    stop, failures = threading.Event(), []

    def making():
        number = 0
        while not stop.is_set():
            try:
                engine = opened(path)
                log(engine, {"n": number, "who": "thread"})
                type(engine).owns(str(path))
                engine.close()
                number += 1
            except BaseException as error:  # noqa: BLE001
                failures.append(repr(error))
        failures.append(number)

    thread = threading.Thread(target=making)
    thread.start()
    children = []
    for one in range(8):
        time.sleep(0.01)
        children.append(forked(lambda who=f"child{one}": write(opened(path), who)))
    assert [True] * len(children) == [ended_well(child) for child in children]
    stop.set()
    thread.join()
    (number,) = failures
    found = by_writer(path)
    assert list(range(number)) == found.pop("thread")
    assert {f"child{one}": list(range(50)) for one in range(8)} == found


def test_a_member_that_fails_keeps_no_other_from_rest(engine, path):
    """Its error ends neither the fork nor the closing of engines behind it."""

    class Failing:
        lock = threading.RLock()

        def before_fork(self):
            raise ValueError

    failing = Failing()
    forks.protect(failing)
    later = opened(path)
    log(later, {"n": 0, "who": "later"})
    assert ended_well(forked(lambda: write(later, "child")))
    write(later, "later", 3)
    assert [0, 0, 1, 2] == by_writer(path)["later"]
    assert list(range(50)) == by_writer(path)["child"]
    later.close()
    del failing


def test_a_lock_that_is_never_released_stops_no_fork(monkeypatch):
    """After its patience the fork goes on, and the child gets a lock that is free."""
    monkeypatch.setattr(forks, "PATIENCE", 0.05)
    stuck = forks.ForkLock()
    release = threading.Event()
    taken = threading.Event()

    def hold():
        with stuck.lock:
            taken.set()
            release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()

    def child():
        assert stuck.lock.acquire(timeout=1)

    assert ended_well(forked(child))
    assert not stuck.lock.acquire(timeout=0.01)
    release.set()
    thread.join()
    assert stuck.lock.acquire(timeout=1)
    stuck.lock.release()


def test_nothing_new_is_protected_in_the_middle_of_a_fork():
    """What came after the others were brought to rest would be inherited as it is."""
    forks._rest()
    try:
        made = threading.Thread(target=forks.ForkLock)
        made.start()
        made.join(0.1)
        assert made.is_alive()
    finally:
        forks._resume()
    made.join(20)
    assert not made.is_alive()


def test_a_fork_waits_while_a_file_is_looked_at(engine, path, monkeypatch):
    """`owns` has a connection open for a moment, which no child may inherit."""
    free = []
    look = sqlite3.connect

    def connect(*arguments, **options):
        other = threading.Thread(target=lambda: free.append(forks.gate().acquire(timeout=0.01)))
        other.start()
        other.join()
        return look(*arguments, **options)

    log(engine, {"n": 1})
    engine.close()  # what this process has open is told apart without a connection
    monkeypatch.setattr(sqlite3, "connect", connect)
    assert type(engine).owns(str(path))
    assert [False] == free


POOL = """
import sys
from tests.engines import pool_of_writers

if __name__ == "__main__":
    print(pool_of_writers(*sys.argv[1:]))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_every_way_to_start_workers_keeps_every_row(path, method):
    """A pool made while an engine is open, in each start method."""
    assert "180\n" == run(POOL, path, method).stdout
    rows = by_writer(path)
    assert ([-1], [0]) == (rows.pop("before"), rows.pop("parent"))
    assert {f"task{one}": list(range(20)) for one in range(9)} == rows
