"""Promise 23: trackers made before and after processes are started, in every way."""

from __future__ import annotations

from collections import Counter

import pytest

from xetrack import Reader

HEAD = """
import multiprocessing, os, pickle, sys, threading
from concurrent.futures import ProcessPoolExecutor
from xetrack import Tracker

def log_new(at):
    with Tracker("track.db", {"maker": "child"}) as tracker:
        tracker.log({"at": at, "pid": os.getpid()})

def log_given(tracker, at):
    tracker.log({"at": at, "pid": os.getpid()})

def log_global(at):
    TRACKER.log({"at": at, "pid": os.getpid()})
    return at

"""

FORKED = """
TRACKER = Tracker("track.db", {"maker": "parent"})
TRACKER.log({"at": -1, "pid": os.getpid()})
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=log_global, args=(at,)) for at in range(4)]
    for child in children:
        child.start()
        TRACKER.log({"at": -1, "pid": os.getpid()})
    for child in children:
        child.join()
    print([child.exitcode for child in children], TRACKER.count_run())
"""

POOLS = """
if __name__ == "__main__":
    method, made = sys.argv[1:]
    context = multiprocessing.get_context(method)
    if made == "before":
        TRACKER = Tracker("track.db", {"maker": "parent"})
        TRACKER.log({"at": -1, "pid": os.getpid()})
    with context.Pool(2) as pool:
        pool.map(log_new, range(10))
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        list(pool.map(log_new, range(10, 20)))
    if made == "after":
        TRACKER = Tracker("track.db", {"maker": "parent"})
    TRACKER.log({"at": -2, "pid": os.getpid()})
    if method == "fork":
        with context.Pool(2) as pool:
            print(pool.map(log_global, range(20, 30)))
"""

GIVEN = """
if __name__ == "__main__":
    tracker = Tracker("track.db", {"maker": "parent"}, track_id="mine")
    tracker.log({"at": -1, "pid": os.getpid()})
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        pool.starmap(log_given, [(tracker, at) for at in range(10)])
    tracker.log({"at": 10, "pid": os.getpid()})
    print(len(tracker))
"""

THREADS = """
if __name__ == "__main__":
    tracker = TRACKER = Tracker("track.db", {"maker": "parent"})
    stop = threading.Event()
    logged = []

    def work():
        while not stop.is_set():
            logged.append(tracker.log({"at": -1, "pid": os.getpid()}))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for at in range(12):
        child = os.fork()
        if child == 0:
            log_global(at)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    stop.set()
    for thread in threads:
        thread.join()
    print(len(logged), tracker.count_run())
"""


def test_promise_23_forked_children_go_on_with_the_tracker_of_their_parent(run, tmp_path):
    """Rows of all of them, in one run; the parent logs between the forks."""
    assert "[0, 0, 0, 0] 9\n" == run(HEAD + FORKED)
    rows = Reader(tmp_path / "track.db").select(["at", "maker", "pid"]).rows()
    assert {-1: 5, 0: 1, 1: 1, 2: 1, 3: 1} == Counter(row[0] for row in rows)
    assert {"parent"} == {row[1] for row in rows}
    assert 5 == len({row[2] for row in rows})


@pytest.mark.parametrize("made", ["before", "after"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_promise_23_pools_of_every_start_method(run, tmp_path, method, made):
    """`Pool` and `ProcessPoolExecutor`, with a tracker of the parent made before or after."""
    run(HEAD + POOLS, method, made)
    found = Reader(tmp_path / "track.db").select(["at"]).cells[0]
    expected = [*([-1] if made == "before" else []), -2, *range(30 if method == "fork" else 20)]
    assert sorted(expected) == sorted(found)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_promise_23_a_tracker_can_be_given_to_a_worker(run, tmp_path, method):
    """As joblib and `Pool.starmap` do it: it is pickled, and goes on as the same run."""
    assert "12\n" == run(HEAD + GIVEN, method)
    rows = Reader(tmp_path / "track.db").select(["at", "maker", "track_id"]).rows()
    assert list(range(-1, 11)) == sorted(row[0] for row in rows)
    assert {("parent", "mine")} == {row[1:] for row in rows}


def test_promise_23_a_fork_amid_threads_that_log_loses_nothing(run, tmp_path):
    """A fork amid threads that log loses nothing, neither rows of the threads nor of the
    children.
    """
    logged, counted = map(int, run(HEAD + THREADS).split())
    assert logged + 12 == counted == len(Reader(tmp_path / "track.db"))
