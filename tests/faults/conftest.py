"""Files that are sound after whatever was done to their writers."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def path(tmp_path):
    """Where a database may come; if one did, SQLite must find nothing wrong with it."""
    path = tmp_path / "rows.db"
    yield path
    if path.exists():
        with closing(sqlite3.connect(path)) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
