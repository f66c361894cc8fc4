"""The store of objects keeps every promise of asset stores, in a folder and on a server of S3."""

from __future__ import annotations

from pathlib import Path

import obstore
import pytest
from obstore.store import from_url

from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack_objects.store import ObjectAssetStore
from xetrack_testing import AssetStoreContract, PluginContract, displaced


class TestInAFolder(AssetStoreContract):
    store_class = ObjectAssetStore
    engine_class = SQLiteEngine

    @pytest.fixture
    def store_location(self, tmp_path):
        return f"file://{tmp_path}/objects"

    @pytest.fixture
    def damage(self, tmp_path):
        """Change a byte in the middle of a content."""

        def spoil(asset):
            (path,) = Path(tmp_path, "objects", "contents", asset).iterdir()
            path.write_bytes(changed(path.read_bytes()))

        return spoil

    @pytest.fixture
    def outage(self, tmp_path):
        """Put a file in the place of the folder; the rows are elsewhere."""
        return lambda: displaced(tmp_path / "objects")


class TestInABucket(AssetStoreContract):
    store_class = ObjectAssetStore
    engine_class = SQLiteEngine

    @pytest.fixture
    def store_location(self, bucket):
        return f"{bucket}/some/prefix"

    @pytest.fixture
    def damage(self, store_location):
        """Change a byte in the middle of a content."""

        def spoil(asset):
            client = from_url(store_location, client_options={"allow_http": True})
            (name,) = (
                each["path"] for page in obstore.list(client, f"contents/{asset}") for each in page
            )
            obstore.put(client, name, changed(bytes(obstore.get(client, name).bytes())))

        return spoil


def changed(data):
    """Other bytes of the same length."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


class TestPlugin(PluginContract):
    distribution = "xetrack-objects"
