"""The contracts of caches, and of what answers calls from them: see `xetrack.interfaces.cache`."""

from xetrack_testing.caches.cache import CacheContract
from xetrack_testing.caches.calls import CallCacheContract
from xetrack_testing.caches.listings import ListsResultsContract

__all__ = ["CacheContract", "CallCacheContract", "ListsResultsContract"]
