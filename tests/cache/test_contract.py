"""The cache in a folder keeps every promise of caches."""

from __future__ import annotations

from xetrack_cache.cache import DiskCache
from xetrack_testing import CacheContract, ListsResultsContract, PluginContract


class TestDiskCache(CacheContract, ListsResultsContract):
    cache_class = DiskCache


class TestPlugin(PluginContract):
    distribution = "xetrack-cache"
