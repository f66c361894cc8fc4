"""The contract of caches that show what is in them, as the capability `ListsResults` asks.

It is what the commands ``xt cache`` need.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import DamagedCacheError, XetrackError
from xetrack.interfaces.capabilities import ListsResults
from xetrack_testing.caches.cache import KEY, OTHER, CacheFixtures, entry
from xetrack_testing.declared import drifted

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.cache import Cache

_LOADED: list[str] = []


class Loud:
    """Says when its pickle is loaded."""

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return _said, ()


def _said() -> None:
    _LOADED.append("loaded")


class ListsResultsContract(CacheFixtures):
    """The power of a cache that shows what is in it. Inherit it beside `CacheContract`."""

    @pytest.fixture
    def lists(self, cache: Cache) -> ListsResults:
        """The same cache, by its power."""
        assert isinstance(cache, ListsResults), "a cache with this power also extends ListsResults"
        return cache

    def test_signatures_are_those_of_the_power(self) -> None:
        """Every method takes what the power says."""
        assert [] == drifted(self.cache_class, ListsResults)

    def test_a_cache_is_there_from_the_first_put_on(
        self, cache: Cache, lists: ListsResults
    ) -> None:
        """Until then all say that nothing is in it, and make nothing."""
        assert ([], 0, 0, 0) == ([*lists.listed()], lists.size(), lists.remove([]), lists.clear())
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
            cache.put(f"{7:032x}", entry(Loud(), "run3", b"three"))
        found = [*lists.listed()]
        assert [OTHER, KEY] == [one.key for one in found[:2]]
        assert [("run1", b"one"), ("run2", b"two")] == [
            (one.track_id, one.material) for one in found[:2]
        ]
        assert [""] * len(found) == [one.state for one in found]
        assert found[0].size > 9_000 > found[1].size > 0
        assert all(began < one.time < time.time() + 5 for one in found)
        assert [] == _LOADED, "a pickle was loaded"

    def test_what_was_listed_can_be_removed_once(self, cache: Cache, lists: ListsResults) -> None:
        """All else stays, that of the same run too."""
        keys = [f"{number:032x}" for number in range(3)]
        for key in keys:
            cache.put(key, entry(key))
        some = [*lists.listed()][1:]
        assert (2, 0) == (lists.remove(some), lists.remove(some))
        assert keys[:1] == cache.keys("")

    def test_clearing_removes_everything(self, cache: Cache, lists: ListsResults) -> None:
        """And tells how much that was; the cache is used on."""
        for number in range(3):
            cache.put(f"{number:032x}", entry(number))
        assert (3, 0) == (lists.clear(), lists.clear())
        assert ([], []) == ([*lists.listed()], cache.keys(""))
        cache.put(KEY, entry(1))
        assert [KEY] == [one.key for one in lists.listed()]

    def test_what_is_damaged_is_told_of_and_can_be_cleared(
        self, cache: Cache, lists: ListsResults, damage: Callable[[], None]
    ) -> None:
        """Each result that still can be listed, or a `DamagedCacheError`; then all works again."""
        for number in range(3):
            cache.put(f"{number:032x}", entry("x" * 5_000))
        cache.close()
        damage()
        with suppress(DamagedCacheError):
            assert 3 == len([*lists.listed()])
        lists.clear()
        assert [] == [*lists.listed()]
        cache.put(KEY, entry("again"))
        found = cache.get(KEY)
        assert found is not None
        assert "again" == found.result
