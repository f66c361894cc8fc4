"""The cache in a folder keeps every promise of caches."""

from __future__ import annotations

from xetrack_cache.calls.call_cache import KeyedCalls
from xetrack_cache.folder_cache.disk_cache import DiskCache
from xetrack_testing import (
    CacheContract,
    CallCacheContract,
    ListsResultsContract,
    PluginContract,
)


class TestDiskCache(CacheContract, ListsResultsContract):
    cache_class = DiskCache


class TestKeyedCalls(CallCacheContract):
    call_cache_class = KeyedCalls


class TestPlugin(PluginContract):
    distribution = "xetrack-cache"
