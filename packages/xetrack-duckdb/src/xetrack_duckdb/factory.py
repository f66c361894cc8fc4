"""The engine ``duckdb``: DuckDB's own files, or DuckDB over the rows of a SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engines.factory import EngineFactory
from xetrack_duckdb.engine import DuckDBEngine
from xetrack_duckdb.file_magic import is_sqlite
from xetrack_duckdb.sqlite_adapter import SQLiteAdapter

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine, Settings

MEMORY = ":memory:"


class DuckDBFactory(EngineFactory):
    """Chooses by the file at a location; rows in memory are SQLite's, which survives forks."""

    def owns(self, location: str) -> bool:
        """Return True for a file of DuckDB; see `EngineFactory.owns`.

        A file of SQLite belongs to SQLite's own engine.
        """
        return DuckDBEngine.owns(location)

    def __call__(self, location: str, settings: Settings) -> Engine:
        """Return the engine for the file at a location."""
        over_sqlite = location == MEMORY or is_sqlite(location)
        return (SQLiteAdapter if over_sqlite else DuckDBEngine)(location, settings)


duckdb = DuckDBFactory()
