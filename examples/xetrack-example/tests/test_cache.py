"""The cache keeps every promise of its kind."""

from __future__ import annotations

import pytest
from xetrack_example.cache import ExampleCache

from xetrack_testing import CacheContract, ListsResultsContract, ProductContract, displaced


class TestCache(CacheContract, ListsResultsContract):
    """Declare what cannot hold: test_x = gap(CacheContract.test_x, 'the reason')."""

    cache_class = ExampleCache

    @pytest.fixture
    def outage(self, location):
        """Put a file in the place of the folder."""
        return lambda: displaced(location)


class TestProduct(ProductContract):
    """All of xetrack works with the cache."""

    distribution = "xetrack-example"

    @pytest.fixture
    def options(self, tmp_path):
        """What a tracker is made with."""
        return {"cache": ExampleCache(str(tmp_path / "results"))}
