"""The contract of the capability `ListsResults`, which the commands ``xt cache`` need."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import DamagedCacheError, XetrackError
from xetrack.interfaces.engines.capabilities import ListsResults
from xetrack_testing.caches.fixtures import KEY, OTHER, CacheFixtures, entry
from xetrack_testing.declared import signature_differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.cache import Cache

_LOADED: list[str] = []


class ReportsUnpickling:
    """An object that reports when its pickle is loaded."""

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return _report_unpickling, ()


def _report_unpickling() -> None:
    _LOADED.append("loaded")


class ListsResultsContract(CacheFixtures):
    """The capability of a cache to list its results. Inherit it beside `CacheContract`."""

    @pytest.fixture
    def lists(self, cache: Cache) -> ListsResults:
        """The same cache, as `ListsResults`."""
        assert isinstance(cache, ListsResults), (
            "a cache with this capability also extends ListsResults"
        )
        return cache

    def test_signatures_are_those_of_the_power(self) -> None:
        """Every method takes what `ListsResults` says."""
        assert [] == signature_differences(self.cache_class, ListsResults)

    def test_a_cache_is_there_from_the_first_put_on(
        self, cache: Cache, lists: ListsResults
    ) -> None:
        """Until the first put all say that nothing is in the cache, and make nothing."""
        assert ([], 0, 0, 0) == (
            [*lists.iter_results()],
            lists.size(),
            lists.remove([]),
            lists.clear(),
        )
        assert not lists.exists()
        cache.put(KEY, entry(1))
        assert lists.exists()
        assert lists.size() > 0

    def test_results_are_listed_in_order_and_none_is_loaded(
        self, cache: Cache, lists: ListsResults
    ) -> None:
        """With key, run, material, bytes and time; a pickle may be anybody's."""
        _LOADED.clear()  # another cache may have been tried before in this process
        began = time.time() - 5  # clocks of two machines
        cache.put(OTHER, entry("x" * 10_000, "run1", b"one"))
        cache.put(KEY, entry(1, "run2", b"two"))
        with suppress(XetrackError):  # a cache of plain values only
            cache.put(f"{7:032x}", entry(ReportsUnpickling(), "run3", b"three"))
        results = [*lists.iter_results()]
        assert [OTHER, KEY] == [result.key for result in results[:2]]
        assert [("run1", b"one"), ("run2", b"two")] == [
            (result.track_id, result.material) for result in results[:2]
        ]
        assert [""] * len(results) == [result.state for result in results]
        assert results[0].size > 9_000 > results[1].size > 0
        assert all(began < result.time < time.time() + 5 for result in results)
        assert [] == _LOADED, "a pickle was loaded"

    def test_the_time_that_is_listed_is_when_a_result_was_computed(
        self, cache: Cache, lists: ListsResults
    ) -> None:
        """So that what is too old can be removed: the result goes, and a newer one stays."""
        cache.put(OTHER, entry(1, when=1_000_000_000.0))
        cache.put(KEY, entry(2, when=1_700_000_000.0))
        assert [1_000_000_000.0, 1_700_000_000.0] == [
            result.time for result in lists.iter_results()
        ]
        assert 1 == lists.remove(
            [each for each in lists.iter_results() if each.time < 1_600_000_000]
        )
        assert [KEY] == cache.keys("")

    def test_what_was_listed_can_be_removed_once(self, cache: Cache, lists: ListsResults) -> None:
        """All else stays, that of the same run too."""
        keys = [f"{number:032x}" for number in range(3)]
        for key in keys:
            cache.put(key, entry(key))
        some = [*lists.iter_results()][1:]
        assert (2, 0) == (lists.remove(some), lists.remove(some))
        assert keys[:1] == cache.keys("")

    def test_clearing_removes_everything(self, cache: Cache, lists: ListsResults) -> None:
        """Clearing removes everything, and returns how much that was; the cache is used on."""
        for number in range(3):
            cache.put(f"{number:032x}", entry(number))
        assert (3, 0) == (lists.clear(), lists.clear())
        assert ([], []) == ([*lists.iter_results()], cache.keys(""))
        cache.put(KEY, entry(1))
        assert [KEY] == [result.key for result in lists.iter_results()]

    def test_what_is_damaged_is_told_of_and_can_be_cleared(
        self, cache: Cache, lists: ListsResults, damage: Callable[[], None]
    ) -> None:
        """Each result that still can be listed, or a `DamagedCacheError`; then all works again."""
        for number in range(3):
            cache.put(f"{number:032x}", entry("x" * 5_000))
        cache.close()
        damage()
        with suppress(DamagedCacheError):
            assert 3 == len([*lists.iter_results()])
        lists.clear()
        assert [] == [*lists.iter_results()]
        cache.put(KEY, entry("again"))
        stored = cache.get(KEY)
        assert stored is not None
        assert "again" == stored.result
