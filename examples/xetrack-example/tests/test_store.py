"""The asset store keeps every promise of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from xetrack_example.store import ExampleStore

from xetrack.plugins import PartKind
from xetrack.plugins.registry import registry
from xetrack_testing import AssetStoreContract


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
