"""The asset store keeps every promise of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from xetrack_example.store import ExampleStore

from xetrack.plugins import PartKind
from xetrack.plugins.registry import registry
from xetrack_testing import AssetStoreContract, ProductContract, displaced


class TestStore(AssetStoreContract):
    """Declare what cannot hold: test_x = gap(AssetStoreContract.test_x, 'the reason')."""

    store_class = ExampleStore
    engine_class = registry().load(PartKind.ENGINE, "sqlite")

    @pytest.fixture
    def damage(self, location):
        """Change a byte in the middle of a content."""

        def spoil(asset):
            (path,) = Path(f"{location}.example", "contents", asset).iterdir()
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)

        return spoil

    @pytest.fixture
    def outage(self, location):
        """Put a file in the place of the folder; the rows are elsewhere."""
        return lambda: displaced(f"{location}.example")


class TestProduct(ProductContract):
    """All of xetrack works with the store, chosen by its name."""

    distribution = "xetrack-example"

    @pytest.fixture
    def options(self):
        """What a tracker is made with."""
        return {"asset_store": "example"}
