"""The store keeps every promise of its kind on S3, and all of xetrack works with it."""

from __future__ import annotations

import fsspec
import numpy as np
import pytest
from xetrack_fsspec.store import FsspecStore

from xetrack import Tracker
from xetrack.plugins import PartKind
from xetrack.plugins.registry import registry
from xetrack_testing import AssetStoreContract, PluginContract, ProductContract


class TestStore(AssetStoreContract):
    """No promise is left out."""

    store_class = FsspecStore
    engine_class = registry().load(PartKind.ENGINE, "sqlite")

    @pytest.fixture
    def store_location(self, bucket):
        """An empty bucket."""
        return bucket

    @pytest.fixture
    def damage(self, bucket):
        """Change a byte in the middle of a content."""

        def spoil(asset):
            system, path = fsspec.core.url_to_fs(bucket.removeprefix("fsspec+"))
            (name,) = system.find(f"{path}/contents/{asset}")
            data = bytearray(system.cat_file(name))
            data[len(data) // 2] ^= 1
            system.pipe_file(name, bytes(data))

        return spoil

    @pytest.fixture
    def outage(self, server):
        """Stop the server, and start it again; the rows are elsewhere."""
        return server.away


class TestPlugin(PluginContract):
    """What the distribution says of itself."""

    distribution = "xetrack-fsspec"


class TestProduct(ProductContract):
    """The store is chosen by its URL, with an option."""

    distribution = "xetrack-fsspec"

    @pytest.fixture
    def options(self, bucket):
        """What a tracker is made with."""
        return {"asset_store": f"{bucket}?block_size=6000000"}


def test_objects_lie_in_memory(tmp_path):
    """In a file system that fsspec brings."""
    store = (FsspecStore, {"location": "memory://here"})
    with Tracker(tmp_path / "runs.db", asset_store=store) as tracker:
        row = tracker.log({"model": np.arange(1_000)})
        assert [*range(1_000)] == tracker.assets[row["model"]].tolist()
    assert fsspec.filesystem("memory").find("/here")
