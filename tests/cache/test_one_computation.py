"""C1: however many ask for a new key, one computes it; and its death holds up nobody."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import threading
import time

import pytest

from tests.cache.conftest import RAN
from tests.engines import run, start, together
from xetrack import Reader, Tracker

SIXTEEN = """
import time
from xetrack import Tracker
from tests.cache.slow import slow
tracker = Tracker(Tracker.IN_MEMORY, cache=sys.argv[1])
ready()
print(tracker.track(slow, args=[sys.argv[2], 0.5]), tracker.latest["cache"] == "")
"""


def test_c1_sixteen_processes_run_a_function_once(folder, tmp_path):
    """The others wait, and find it."""
    counted = tmp_path / "ran"
    found = together(SIXTEEN, folder, counted, processes=16)
    assert ["42 False\n"] * 15 + ["42 True\n"] == sorted(found)
    assert 1 == len(counted.read_text().split())
    assert [] == list((folder / "computing").iterdir())


OWNER = """
import sys
from xetrack import Tracker
from tests.cache.slow import slow
with Tracker(Tracker.IN_MEMORY, cache=sys.argv[1]) as tracker:
    print("ready", flush=True)
    print(tracker.track(slow, args=[sys.argv[2], 0.0]), tracker.latest["cache"] == "")
"""


def test_c1_a_dead_owner_is_followed_within_seconds(folder, tmp_path):
    """A dead owner is followed within seconds by one of those who wait.

    It computes exactly once more.
    """
    counted = tmp_path / "ran"
    owner = start(OWNER, folder, counted, env={**os.environ, "XETRACK_TEST_SLOW": "50"})
    while not counted.exists():
        time.sleep(0.01)
    waiting = [start(OWNER, folder, counted) for _ in range(3)]
    assert ["ready\n"] * 3 == [one.stdout.readline() for one in waiting]
    time.sleep(0.5)
    assert [None] * 3 == [one.poll() for one in waiting]
    began = time.monotonic()
    owner.send_signal(signal.SIGKILL)
    found = [one.communicate(timeout=20)[0] for one in waiting]
    assert time.monotonic() - began < 20
    owner.communicate()
    assert ["42 False\n", "42 False\n", "42 True\n"] == sorted(found)
    assert 2 == len(counted.read_text().split())


def test_threads_run_a_function_once(track):
    """Threads run a function once: those of one tracker, too."""
    tracker = track()
    found = []
    barrier = threading.Barrier(8)

    def ask():
        barrier.wait()
        found.append(tracker.track(pause, args=[0.2]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert ([0.2] * 8, [0.2]) == (found, RAN)


def pause(seconds):
    RAN.append(seconds)
    time.sleep(seconds)
    return seconds


async def rest(seconds):
    RAN.append(seconds)
    await asyncio.sleep(seconds)
    return seconds


async def rest_long_at_first(value):
    RAN.append(value)
    await asyncio.sleep(50 if len(RAN) == 1 else 0)
    return value


def test_tasks_run_a_coroutine_once(tracker):
    """In one event loop, where nobody may block."""

    async def ask():
        return await asyncio.gather(*(tracker.track(rest, args=[0.1]) for _ in range(20)))

    assert ([0.1] * 20, [0.1]) == (asyncio.run(ask()), RAN)
    assert 19 == (tracker["cache"] == tracker.track_id).sum()


def test_a_wrapped_coroutine_is_cached(tracker):
    """A wrapped coroutine is cached, and stays one."""
    wrapped = tracker.wrap(rest)

    async def ask():
        return [await wrapped(0.0), await wrapped(0.0)]

    assert ([0.0, 0.0], [0.0]) == (asyncio.run(ask()), RAN)


def test_a_cancelled_task_leaves_the_right_to_the_next(tracker):
    """Its row says that it was."""

    async def ask():
        task = asyncio.create_task(tracker.track(rest_long_at_first, args=[1]))
        while not RAN:  # noqa: ASYNC110 - a cached function is given no event
            await asyncio.sleep(0.01)
        other = asyncio.create_task(tracker.track(rest_long_at_first, args=[1]))
        await asyncio.sleep(0.05)
        task.cancel()
        return await other

    assert 1 == asyncio.run(ask())
    assert [1, 1] == RAN


def test_a_call_within_the_same_call_goes_on(tracker, folder):
    """It would wait for itself otherwise."""
    assert "done" == tracker.track(within, args=[str(folder)])


def within(folder):
    RAN.append(0)
    if len(RAN) > 2:
        return "done"
    with Tracker(Tracker.IN_MEMORY, cache=folder) as tracker:
        return tracker.track(within, args=[folder])


SEEDED = """
import sys
from dataclasses import dataclass
from xetrack import Tracker
from tests.cache.slow import Named, describe
tracker = Tracker(Tracker.IN_MEMORY, cache=sys.argv[1])
value = frozenset({"a", "b", "c"}), Named("x", {"p", "q"}), ("d", frozenset({1, "z"}))
tracker.track(describe, args=[value])
print(tracker.latest["cache"] == "")
"""


def test_a_hit_is_found_by_a_process_with_another_hash_seed(folder):
    """Sets and objects with a hash of their own included."""
    seeds = ["0", "1", "2", "random"]
    found = [
        run(SEEDED, folder, env={**os.environ, "PYTHONHASHSEED": seed}).stdout for seed in seeds
    ]
    assert ["True\n", "False\n", "False\n", "False\n"] == found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_uses_the_cache_of_its_parent(tracker, folder):
    """A forked child uses the cache of its parent, with connections of its own."""
    tracker.track(pause, args=[0.0])
    children = []
    for number in range(4):
        child = os.fork()
        if not child:
            ok = False
            try:
                ok = tracker.track(pause, args=[0.0]) == 0.0 and tracker.latest["cache"] != ""
                ok = ok and tracker.track(pause, args=[number / 1000]) == number / 1000
            finally:
                os._exit(0 if ok else 1)
        children.append(child)
    for number in range(20):
        tracker.track(pause, args=[number / 10_000])
    assert [0] * 4 == [os.waitpid(child, 0)[1] for child in children]
    assert 22 == len(list(Reader.scan_cache(folder)))


def test_a_pickled_tracker_uses_the_same_cache(folder, tmp_path):
    """A pickled tracker uses the same cache, as workers get it."""
    with Tracker(tmp_path / "x.db", cache=folder, track_id="one-run") as tracker:
        tracker.track(pause, args=[0.0])
        with pickle.loads(pickle.dumps(tracker)) as copy:
            copy.track(pause, args=[0.0])
            assert "one-run" == copy.latest["cache"]
    assert [0.0] == RAN
