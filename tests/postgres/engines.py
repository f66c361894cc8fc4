"""What these tests share beside `tests.engines`."""

from __future__ import annotations

from tests.engines import cells, column, exact, fields, log, read, same, where
from xetrack.interfaces.engine import Settings
from xetrack_postgres.engine import PostgresEngine

__all__ = ["cells", "column", "exact", "fields", "log", "opened", "read", "same", "where"]


def opened(url, **settings):
    """A PostgreSQL engine on a URL."""
    return PostgresEngine(url, Settings(**settings))
