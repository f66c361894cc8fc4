"""The cache in a folder keeps every promise of caches."""

from __future__ import annotations

import pytest

from xetrack_cache.calls.call_cache import KeyedCalls
from xetrack_cache.folder_cache.disk_cache import DiskCache
from xetrack_testing import (
    CacheContract,
    CallCacheContract,
    ListsResultsContract,
    PluginContract,
    displaced,
)


class TestDiskCache(CacheContract, ListsResultsContract):
    cache_class = DiskCache

    @pytest.fixture
    def outage(self, location):
        """Put a file in the place of the folder."""
        return lambda: displaced(location)


class TestKeyedCalls(CallCacheContract):
    call_cache_class = KeyedCalls


class TestPlugin(PluginContract):
    distribution = "xetrack-cache"
