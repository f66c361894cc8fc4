"""The contracts of caches, and of what answers calls from them: see `xetrack.interfaces.cache`."""

from xetrack_testing.caches.cache import StoredResultsContract
from xetrack_testing.caches.calls import CallCacheContract
from xetrack_testing.caches.listings import ListsResultsContract
from xetrack_testing.caches.outages import CacheOutageContract

__all__ = ["CacheContract", "CallCacheContract", "ListsResultsContract"]


class CacheContract(StoredResultsContract, CacheOutageContract):
    """All that a cache promises. Set `cache_class`; override `location` if it is no folder.

    For example::

        class TestRedisCache(CacheContract):
            cache_class = RedisCache

            @pytest.fixture
            def location(self):
                return f"redis://localhost/{fresh()}"  # fresh and empty
    """
