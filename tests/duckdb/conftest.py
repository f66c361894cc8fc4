"""DuckDB engines that are closed, and files that another program can open, after each test."""

from __future__ import annotations

import duckdb
import pytest

from tests.engines import opened


@pytest.fixture
def path(tmp_path):
    """Where a database may come; if one did, DuckDB opens it, and no row waits elsewhere."""
    path = tmp_path / "rows.duckdb"
    yield path
    if path.exists():
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("FROM duckdb_tables()").fetchall()


@pytest.fixture
def engine(path):
    """An engine on a file that does not exist yet."""
    engine = opened(path)
    yield engine
    engine.close()


@pytest.fixture
def any_engine(engine):
    """What tests of SQLite run in memory too."""
    return engine
