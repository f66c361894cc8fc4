"""The contract of caches: see `xetrack.interfaces.cache`, whose promises these tests hold."""

from __future__ import annotations

import os
import threading
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.errors import XetrackError, XetrackWarning
from xetrack.interfaces.cache import Cache
from xetrack_testing.caches.breaks import BreaksContract
from xetrack_testing.caches.fixtures import KEY, OTHER, entry
from xetrack_testing.declared import must_raise, signature_differences
from xetrack_testing.hangs.patience import allowed
from xetrack_testing.processes import ended_well, forked, killed, meanwhile, together
from xetrack_testing.rows import exact
from xetrack_testing.samples import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def compute(number: int, cache_class: type[Cache], location: str) -> tuple[int, Any]:
    """Ask for a key as a tracker does, and compute its result if it is missing.

    Parameters
    ----------
    number
        The result, if it is computed here.
    cache_class
        The cache under test.
    location
        Where the cache is.

    Returns
    -------
    (int, object)
        How often the result was computed here, and the result.
    """
    cache, computed = cache_class(location), 0
    with cache.compute_lock(KEY):
        entry_of_key = cache.get(KEY)
        if entry_of_key is None:
            computed = 1
            time.sleep(0.2)
            cache.put(KEY, entry(number))
            entry_of_key = cache.get(KEY)
    cache.close()
    return computed, entry_of_key and entry_of_key.result


def hold(acknowledge: Callable[[str], None], cache_class: type[Cache], location: str) -> None:
    """Hold the compute lock of a key until the process is killed.

    Parameters
    ----------
    acknowledge
        Called when the lock is held.
    cache_class
        The cache under test.
    location
        Where the cache is.
    """
    with cache_class(location).compute_lock(KEY):
        acknowledge("held")
        time.sleep(100)


class StoredResultsContract(BreaksContract):
    """What a cache does whose backend can be reached."""

    def test_signatures_are_those_of_the_interface(self) -> None:
        """Every method takes what the interface says, so that all caches are called alike."""
        assert [] == signature_differences(self.cache_class, Cache)

    def test_nothing_is_made_before_the_first_put(
        self, opened: Callable[..., Cache], tmp_path: Path
    ) -> None:
        """Opening, asking and closing leave the folder as it was."""
        before = sorted(tmp_path.rglob("*"))
        cache = opened()
        assert (None, None) == (cache.get(KEY), cache.material(KEY))
        assert ([], [], 0) == (cache.keys(""), [*cache.scan()], cache.delete_run("run"))
        cache.close()
        assert before == sorted(tmp_path.rglob("*"))

    def test_results_of_every_kind_come_back(self, opened: Callable[..., Cache]) -> None:
        """To whoever opens the cache, with the run and the material."""
        first, other = opened(), opened()
        for number, value in enumerate(VALUES.values()):
            first.put(f"{number:032x}", entry(value, f"run{number}", f"{number}".encode()))
        for number, value in enumerate(VALUES.values()):
            stored = other.get(f"{number:032x}")
            assert stored is not None, value
            assert exact(value) == exact(stored.result)
            assert (f"run{number}", f"{number}".encode()) == (stored.track_id, stored.material)

    def test_when_a_result_was_computed_comes_back(self, opened: Callable[..., Cache]) -> None:
        """As it was given, so that its age can be told; however it is read."""
        cache, times = opened(), {KEY: 1_000_000_000.5, OTHER: 1_700_000_000.0}
        for key, when in times.items():
            cache.put(key, entry(1, when=when))
        for key, when in times.items():
            for stored in (opened().get(key), opened().read(key)):
                assert stored is not None
                assert when == stored.time
        assert [*times.values()] == [stored.time for _, stored in cache.scan()]

    def test_a_result_is_a_new_object_each_time(self, cache: Cache) -> None:
        """Whoever changes what was returned changes nothing for the next."""
        result = {"a": [1]}
        cache.put(KEY, entry(result))
        result["a"].append(2)
        for _ in range(2):
            stored = cache.get(KEY)
            assert stored is not None
            assert {"a": [1]} == stored.result
            stored.result["a"].append(3)

    def test_a_put_takes_the_place_of_another(self, cache: Cache) -> None:
        """A put takes the place of another: under this key only."""
        for key, result in ((KEY, 1), (OTHER, 2), (KEY, 3)):
            cache.put(key, entry(result, material=f"{result}".encode()))
        results = [stored.result for key in (KEY, OTHER) if (stored := cache.get(key))]
        assert [3, 2] == results
        assert (b"3", b"2") == (cache.material(KEY), cache.material(OTHER))

    def test_a_result_that_cannot_be_kept_is_a_typed_error(self, cache: Cache) -> None:
        """A `XetrackError`, of which a tracker warns; there is no entry then."""
        must_raise(
            XetrackError, lambda: cache.put(KEY, entry(threading.Lock())), "putting a lock there"
        )
        assert cache.get(KEY) is None
        cache.put(KEY, entry(1))
        assert [KEY] == cache.keys("")

    def test_keys_come_by_their_beginning_the_oldest_first(self, cache: Cache) -> None:
        """Keys come by their beginning the oldest first, and the entries in the same order."""
        keys = ["bb-1", "aa-2", "bb-0", "ab-3"]
        for number, key in enumerate(keys):
            cache.put(key, entry(number))
        assert keys == cache.keys("")
        assert (["bb-1", "bb-0"], []) == (cache.keys("bb-"), cache.keys("c"))
        assert [(key, n) for n, key in enumerate(keys)] == [
            (key, stored.result) for key, stored in cache.scan()
        ]
        assert [0, None] == [stored and stored.result for stored in map(cache.read, ("bb-1", "cc"))]

    def test_the_results_of_a_run_are_deleted(self, opened: Callable[..., Cache]) -> None:
        """Those of other runs stay, and the count is told."""
        cache = opened()
        for number in range(5):
            cache.put(f"{number:032x}", entry(number, f"run{number % 2}"))
        assert (3, 0) == (cache.delete_run("run0"), cache.delete_run("run0"))
        assert [f"{n:032x}" for n in (1, 3)] == opened().keys("")

    def test_what_is_damaged_is_a_miss(
        self, opened: Callable[..., Cache], damage: Callable[[], None]
    ) -> None:
        """Never a wrong result; where nothing at all can be read, a `XetrackError` says so."""
        cache = opened()
        for number in range(3):
            cache.put(f"{number:032x}", entry(f"result {number}" * 5_000))
        cache.close()
        damage()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XetrackWarning)
            for number in range(3):
                with suppress(XetrackError):
                    stored = opened().get(f"{number:032x}")
                    assert stored is None or stored.result == f"result {number}" * 5_000

    def test_one_process_computes_while_others_wait(self, location: str) -> None:
        """Three ask for one key at the same moment: one computes, and all have its result."""
        answers = together(compute, self.cache_class, location, processes=3)
        assert 1 == sum(computed for computed, _ in answers), "computed more than once, or never"
        assert 1 == len({result for _, result in answers})

    def test_one_thread_computes_while_others_wait(self, opened: Callable[..., Cache]) -> None:
        """One thread computes while others wait, with one cache for all, and with one for each."""
        shared, inside, most = opened(), [], []

        def ask(cache: Cache) -> None:
            with cache.compute_lock(KEY):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.02)
                inside.pop()

        with meanwhile(*(lambda cache=cache: ask(cache) for cache in (shared, shared, opened()))):
            pass
        assert [1, 1, 1] == most, "several were inside at once"

    def test_the_right_is_told_of_at_once(self, opened: Callable[..., Cache]) -> None:
        """Asking with ``wait=False`` says at once whether the lock is held here.

        Another key is another lock.
        """
        first, other = opened(), opened()
        answers = []

        def ask(key: str) -> None:
            with other.compute_lock(key, wait=False) as is_locked:
                answers.append(is_locked)

        with first.compute_lock(KEY) as is_locked:
            assert is_locked
            for key in (KEY, OTHER):
                with meanwhile(lambda key=key: ask(key)):  # type: ignore[misc]
                    pass
        with meanwhile(lambda: ask(KEY)):
            pass
        assert [False, True, True] == answers

    def test_a_call_within_the_call_does_not_wait_for_itself(self, cache: Cache) -> None:
        """A function that calls itself asks for the key that it holds."""
        done = []

        def ask() -> None:
            with cache.compute_lock(KEY), cache.compute_lock(KEY):
                done.append(1)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(allowed(10))
        assert [1] == done, "it waits for itself"

    def test_the_right_passes_on_when_its_holder_is_killed(
        self, opened: Callable[..., Cache], location: str
    ) -> None:
        """The lock passes on within seconds when its holder is killed."""
        assert ["held"] == killed(hold, self.cache_class, location, after=1)
        entered = []

        def ask() -> None:
            with opened().compute_lock(KEY):
                entered.append(1)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(allowed(10))
        assert [1] == entered, f"nobody has got it for {allowed(10):g} seconds"

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_after_a_fork_both_sides_go_on(self, opened: Callable[..., Cache]) -> None:
        """After a fork both sides go on, with a cache that was in use before it."""
        cache = opened()
        cache.put(KEY, entry("before"))

        def child() -> None:
            stored = cache.get(KEY)
            assert stored is not None
            assert stored.result == "before"
            with cache.compute_lock(OTHER):
                cache.put(OTHER, entry("child"))

        assert ended_well(forked(child)), "the child failed or hangs; see what it printed"
        cache.put(f"{7:032x}", entry("parent"))
        assert ["before", "child", "parent"] == [stored.result for _, stored in opened().scan()]

    def test_closing_twice_does_nothing_and_a_later_use_opens_again(self, cache: Cache) -> None:
        """Neither before the first use, nor after."""
        cache.close()
        cache.close()
        cache.put(KEY, entry(1))
        cache.close()
        cache.close()
        stored = cache.get(KEY)
        assert stored is not None
        assert 1 == stored.result

    def test_without_a_limit_everything_is_kept(self, cache: Cache) -> None:
        """Without a limit everything is kept: megabytes too."""
        keys = [f"{number:032x}" for number in range(40)]
        for key in keys:
            cache.put(key, entry(os.urandom(2**16)))
        assert keys == cache.keys("")

    def test_a_limit_takes_the_oldest_first(self, opened: Callable[..., Cache]) -> None:
        """What is left is what was stored last, and there is less of it."""
        cache = opened(size_limit=2**20)
        keys = [f"{number:032x}" for number in range(60)]
        for key in keys:
            cache.put(key, entry(os.urandom(2**16)))
        remaining = cache.keys("")
        assert remaining == keys[len(keys) - len(remaining) :]
        assert 1 <= len(remaining) < len(keys)
