"""The PostgreSQL engine keeps every promise of engines, on a real server."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from xetrack_postgres.asset_store import PostgresAssetStore
from xetrack_postgres.cache.cache import PostgresCache
from xetrack_postgres.engine import PostgresEngine
from xetrack_testing import (
    AssetStoreContract,
    AssetsWithRowsContract,
    CacheContract,
    EngineContract,
    KeepsFactsContract,
    ListsResultsContract,
    PluginContract,
    ProductContract,
    RunsSQLContract,
    gap,
)


class Mortal:
    """A server that each of these tests may take away."""

    take_away = "kill"
    """How: a cache may lose what it stored a moment before a loss of power, so its is halted."""

    @pytest.fixture
    def url(self, request, schema):
        """A schema of the server of all tests, or of the one that a test takes away."""
        takes_away = "outage" in request.fixturenames
        server = request.getfixturevalue("mortal" if takes_away else "server")
        return f"{server.url}&schema={schema}"

    @pytest.fixture
    def outage(self, mortal, url):
        """End the server, and start it again."""
        assert url.startswith(mortal.url)

        @contextmanager
        def away():
            getattr(mortal, self.take_away)()
            try:
                yield
            finally:
                mortal.start()

        return away


class TestPostgres(Mortal, EngineContract, RunsSQLContract, KeepsFactsContract):
    """Each test has a schema of its own, which does not exist yet."""

    engine_class = PostgresEngine
    placeholder = "%s"
    refused = (
        "SELECT 1; SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT \"set_config\"('role', 'postgres', false)",
        "SELECT U&\"set\\005fconfig\"('role', 'postgres', false)",
        "SELECT query_to_xml('SELECT 1', true, true, '')",
        "SET default_transaction_read_only = off",
        "RESET ROLE",
        "COPY default TO '/tmp/xetrack-copy'",
        "COPY default TO STDOUT",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_catalog.pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_terminate_backend(1)",
        "SELECT pg_advisory_lock(1)",
        "SELECT nextval('xetrack_versions')",
        "SELECT * INTO t FROM default",
        "SELECT 1 FROM default FOR UPDATE",
        "WITH x AS (DELETE FROM default RETURNING n) SELECT * FROM x",
        "EXPLAIN ANALYZE DELETE FROM default",
        "DO 'BEGIN END'",
        "LISTEN x",
        "VACUUM",
        "LOCK TABLE default",
        "PREPARE p AS SELECT 1",
        "CALL nothing()",
    )

    test_a_key_gets_the_column_that_names_choose = gap(
        EngineContract.test_a_key_gets_the_column_that_names_choose,
        "a name of PostgreSQL has at most 63 bytes, so longer ones are cut further",
    )

    @pytest.fixture
    def location(self, url):
        return url

    @pytest.fixture
    def count_syncs(self, by_hand):
        """Ask the server how far its log is on the disk, which it syncs itself."""

        def count(prepare, steps):
            prepared, counts = prepare(), {}
            for what, step in steps.items():
                ((before,),) = by_hand("SELECT pg_current_wal_insert_lsn()::text")
                step(prepared)
                ((after,),) = by_hand(
                    f"SELECT (pg_current_wal_flush_lsn() > '{before}'::pg_lsn)::int"
                )
                counts[what] = after
            prepared.close()
            return counts

        return count


class TestAssets(Mortal, AssetStoreContract, AssetsWithRowsContract):
    """In the schema of the rows."""

    store_class = PostgresAssetStore
    engine_class = PostgresEngine

    @pytest.fixture
    def location(self, url):
        return url

    @pytest.fixture
    def damage(self, by_hand):
        """Change a byte in the middle, as a disk may."""
        sql = (
            "UPDATE xetrack_asset_pieces SET value = set_byte(value, length(value) / 2, "
            "255 - get_byte(value, length(value) / 2)) WHERE asset = '{}'"
        )
        return lambda asset: by_hand(sql.format(asset))


class TestCache(Mortal, CacheContract, ListsResultsContract):
    """In a schema that nobody made yet."""

    take_away = "halt"
    cache_class = PostgresCache

    @pytest.fixture
    def location(self, url):
        return url

    @pytest.fixture
    def damage(self, by_hand):
        """Change a byte in the middle, as a disk may."""
        sql = (
            "UPDATE xetrack_cache SET entry = set_byte(entry, length(entry) / 2, "
            "255 - get_byte(entry, length(entry) / 2))"
        )
        return lambda: by_hand(sql)


class TestPlugin(PluginContract):
    """It is announced without importing psycopg."""

    distribution = "xetrack-postgres"


class TestProduct(ProductContract):
    """Rows, assets and results of calls on one server, each in a schema of its own."""

    distribution = "xetrack-postgres"

    @pytest.fixture
    def db(self, url):
        return url

    @pytest.fixture
    def options(self, server, schema):
        return {"cache": f"{server.url}&schema={schema}_cache"}
