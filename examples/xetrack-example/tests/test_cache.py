"""The cache keeps every promise of its kind."""

from __future__ import annotations

from xetrack_example.cache import ExampleCache

from xetrack_testing import CacheContract, ListsResultsContract


class TestCache(CacheContract, ListsResultsContract):
    """Declare what cannot hold: test_x = gap(CacheContract.test_x, 'the reason')."""

    cache_class = ExampleCache
