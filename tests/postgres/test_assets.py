"""Assets in PostgreSQL: what their contract does not say."""

from __future__ import annotations

from tests.postgres.engines import log
from xetrack_postgres import asset_store


def test_tables_that_came_after_they_were_looked_for_are_found(engine, by_hand):
    """A session takes for missing what it once did not find, until its next transaction."""
    store = asset_store.PostgresAssetStore(engine)
    log(engine, {"x": 1})
    with engine.transaction():
        assert store.dereference(asset="ab") == 0
        for sql in asset_store._TABLES:
            by_hand(sql.format(**store._names))
        with store.storing([], []):
            pass
    assert store.infos() == []
