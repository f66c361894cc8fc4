"""The cache keeps every promise of its kind on a real server, and all of xetrack works with it."""

from __future__ import annotations

import pytest
from redis import Redis
from xetrack_redis.cache import RedisCache

from xetrack_testing import CacheContract, ListsResultsContract, PluginContract, ProductContract


class TestCache(CacheContract, ListsResultsContract):
    """No promise is left out."""

    cache_class = RedisCache

    @pytest.fixture
    def location(self, server):
        """A server that has nothing."""
        return server.url

    @pytest.fixture
    def damage(self, server):
        """Change a byte of everything that is stored."""

        def spoil():
            with Redis.from_url(server.url) as client:
                for key in client.keys("xetrack:*"):
                    if client.type(key) == b"string":
                        data = bytearray(client.get(key))
                        data[len(data) // 2] ^= 1
                        client.set(key, bytes(data))

        return spoil

    @pytest.fixture
    def outage(self, server):
        """Kill the server, and start it again."""
        return server.away


class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-redis"


class TestProduct(ProductContract):
    """The cache is chosen by its URL, with an option."""

    distribution = "xetrack-redis"

    @pytest.fixture
    def options(self, server):
        """What a tracker is made with."""
        return {"cache": f"{server.url}?prefix=study"}
