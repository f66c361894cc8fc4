"""Engines that are closed, and files that are sound, after each test."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.engines import opened


@pytest.fixture
def path(tmp_path):
    """Where a database may come; if one did, SQLite must find nothing wrong with it."""
    path = tmp_path / "rows.db"
    yield path
    if path.exists():
        with closing(sqlite3.connect(path)) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()


@pytest.fixture
def engine(path):
    """An engine on a file that does not exist yet."""
    engine = opened(path)
    yield engine
    engine.close()


@pytest.fixture(params=["file", "memory"])
def any_engine(request, path):
    """An engine on a file, and one in memory."""
    engine = opened(path if request.param == "file" else ":memory:")
    yield engine
    engine.close()


@pytest.fixture
def by_hand(path):
    """Run SQL on the file, as another program does."""

    def run(*statements):
        with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as connection:
            return [connection.execute(sql).fetchall() for sql in statements][-1]

    return run
