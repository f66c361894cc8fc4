"""The contracts of asset stores: tests of the promises of `xetrack.interfaces.assets`."""

from __future__ import annotations

from xetrack_testing.stores.collection import CollectionContract
from xetrack_testing.stores.contents import ContentsContract
from xetrack_testing.stores.elsewhere import ElsewhereContract
from xetrack_testing.stores.outages import StoreOutageContract
from xetrack_testing.stores.references import ReferencesContract
from xetrack_testing.stores.rows import AssetsWithRowsContract, RowsContract
from xetrack_testing.stores.sharing import SharedStoreContract

__all__ = ["AssetStoreContract", "AssetsWithRowsContract"]


class AssetStoreContract(
    ContentsContract,
    ReferencesContract,
    CollectionContract,
    RowsContract,
    ElsewhereContract,
    SharedStoreContract,
    StoreOutageContract,
):
    """All that an asset store promises.

    Set `store_class`, the engine that it goes with, and `damage`::

        class TestBucketStore(AssetStoreContract):
            store_class = BucketStore
            engine_class = SQLiteEngine

            @pytest.fixture
            def damage(self, bucket):
                return lambda asset: bucket.put(asset, b"x" + bucket.get(asset))
    """
