"""The store keeps every promise of asset stores, beside the engines that it goes with."""

from __future__ import annotations

import pytest

from tests.assets.conftest import sql
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack_assets.store import SQLiteAssetStore
from xetrack_testing import AssetStoreContract, AssetsWithRowsContract, PluginContract, displaced


class TestSQLiteAssetStore(AssetStoreContract, AssetsWithRowsContract):
    store_class = SQLiteAssetStore
    engine_class = SQLiteEngine

    @pytest.fixture
    def outage(self, location):
        """Put a folder in the place of the file, with rows and objects."""
        return lambda: displaced(location)

    @pytest.fixture
    def damage(self, location):
        """Turn the bits of a byte in the middle, and of all bytes after it."""

        def spoil(asset):
            ((content,),) = sql(location, "SELECT value FROM assets WHERE key = ?", asset)
            half = len(content) // 2
            wrong = content[:half] + bytes(255 - one for one in content[half:])
            sql(location, "UPDATE assets SET value = ? WHERE key = ?", wrong, asset)

        return spoil


class TestPlugin(PluginContract):
    distribution = "xetrack-assets"
