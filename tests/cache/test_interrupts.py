"""Interrupts, and calls within calls, at every line of what is done with a cache."""

from __future__ import annotations

import os
import sqlite3
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.sweeps import MORE, OtherProcess, at_line, check_stored, interrupt, lines_of
from xetrack import Tracker
from xetrack.errors import XetrackWarning
from xetrack_cache.folder_cache.disk_cache import DiskCache

STEP = int(os.environ.get("XETRACK_TEST_LINES") or 193)
"""Every how many lines something happens; 1 is the whole sweep."""

WAIT = 20
"""Seconds after which a thread is taken for one that waits for ever."""


class Model:
    """What is no plain value, but equal to others."""

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return type(other) is Model and self.number == other.number

    def __hash__(self):
        return hash(self.number)


def small(number):
    return {"number": number}


def large(number):
    return b"%d" % number * 40_000


def model(given):
    return Model(given if isinstance(given, int) else given.number)


FUNCTIONS = {"small": (small, 0, 1), "large": (large, 0, 1), "model": (model, Model(0), Model(1))}


@pytest.fixture(scope="module")
def other_process():
    other = OtherProcess()
    yield other
    other.close()


def elsewhere(function):
    """Return what a function returns in another thread, which holds no right and no lock."""
    executor = ThreadPoolExecutor(1)
    answer = executor.submit(function)
    executor.shutdown(wait=False)
    return answer.result(WAIT)  # or it waits for what was not given back


def found(tracker, function, argument):
    """Look for a result; it must be there, or come to be there."""
    value = tracker.track(function, args=[argument])
    assert value == function(argument)
    tracker.track(function, args=[argument])
    assert tracker.latest["cache"], "it is not found again"


def check_free(cache, key):
    """Nobody has the right to compute a key, and it can be had once."""

    def mine():
        with cache.compute_lock(key, wait=False) as right:
            return right

    assert elsewhere(mine)
    with cache.compute_lock(key, wait=False) as right:
        assert right
        assert not elsewhere(mine), "this thread takes itself for one that has the right"


def check_sound(folder):
    """No writer has the database of a cache, and it is whole."""
    if (folder / "cache.db").exists():
        with closing(sqlite3.connect(folder / "cache.db", timeout=0, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            files = {name for (name,) in db.execute("SELECT filename FROM Cache") if name}
        assert files <= {str(path.relative_to(folder)) for path in folder.rglob("*.val")}


def swept(tmp_path, other_process, function, work, action):
    """Try a piece of work again and again, each time with the action at a later line."""
    function, first, second = FUNCTIONS[function]
    todo = {
        "miss": lambda tracker: tracker.track(function, args=[second]),
        "hit": lambda tracker: tracker.track(function, args=[first]),
        "forced": lambda tracker: tracker.track(function, args=[first], cache_force=True),
        "deletion": lambda tracker: tracker._call_cache.cache.delete_run(tracker.track_id),
    }[work]

    def attempt(number):
        db, folder = tmp_path / f"{number}.db", tmp_path / f"cache{number}"
        tracker = Tracker(db, cache=DiskCache(str(folder)))
        tracker.track(function, args=[first])
        acknowledged = []

        def nested_log():
            acknowledged.append(tracker.log({"id": "nested"})["id"])

        def nested_call():
            assert tracker.track(small, args=[7]) == {"number": 7}

        actions = {"interrupt": interrupt, "log": nested_log, "call": nested_call}
        reached = True
        try:
            reached = at_line(number, actions[action], lambda: todo(tracker))
        except KeyboardInterrupt:
            assert action == "interrupt"
        cache = tracker._call_cache.cache
        for argument in (first, second):
            key = tracker._generate_cache_key(function, args=[argument])
            check_free(cache, key)
            elsewhere(lambda argument=argument: found(tracker, function, argument) or True)
            found(tracker, function, argument)
        check_sound(folder)
        acknowledged += [tracker.log({"id": f"row {at}"})["id"] for at in range(MORE)]
        check_stored(acknowledged, other_process.values(db))
        tracker.close()
        return reached

    for number in lines_of(attempt, STEP):
        assert number < 5_000


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("work", ["miss", "hit", "forced", "deletion"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_interrupt_at_any_line_costs_nothing_but_the_call(
    tmp_path, other_process, function, work
):
    swept(tmp_path, other_process, function, work, "interrupt")


@pytest.mark.parametrize("action", ["log", "call"])
@pytest.mark.parametrize("work", ["miss", "hit", "forced", "deletion"])
def test_a_call_within_a_call_at_any_line_costs_nothing(tmp_path, other_process, work, action):
    with warnings.catch_warnings():  # two results cannot be stored within each other
        warnings.filterwarnings("ignore", "The result of small was not cached", XetrackWarning)
        warnings.filterwarnings("ignore", "Reading the cache failed", XetrackWarning)
        swept(tmp_path, other_process, "large", work, action)


TRACKERS = []


class Talkative:
    """Logs while it is pickled, and while it is loaded."""

    def __init__(self, number):
        self.number = number

    def __getstate__(self):
        TRACKERS[-1].log({"id": f"pickled {len(TRACKERS[-1])}"})
        TRACKERS[-1].track(small, args=[len(TRACKERS[-1])])
        return self.number

    def __setstate__(self, number):
        TRACKERS[-1].log({"id": f"loaded {len(TRACKERS[-1])}"})
        self.number = number


def talk(number):
    TRACKERS[-1].log({"id": f"within {number}"})
    return Talkative(number)


def test_a_result_that_logs_when_it_is_pickled_is_kept_and_so_is_each_row(tmp_path, other_process):
    with Tracker(tmp_path / "rows.db", cache=tmp_path / "cache") as tracker:
        TRACKERS.append(tracker)
        for number in (1, 1, 2, 2):
            assert tracker.track(talk, args=[number]).number == number
        assert tracker.latest["cache"] == tracker.track_id
        ids = [one for one in tracker.to_df()["id"] if isinstance(one, str)]
    stored = other_process.values(tmp_path / "rows.db")
    check_stored(ids, stored)
    assert {one.split()[0] for one in stored} == {"within", "pickled", "loaded"}
