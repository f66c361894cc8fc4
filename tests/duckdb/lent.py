"""An engine in memory that runs no SQL, with the SQL that xetrack-duckdb lends it."""

from __future__ import annotations

from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack_duckdb.reading.rows_in_memory import DuckDBRunner


class LentEngine(MemoryEngine, RunsSQL):
    """Poses as an engine with SQL, so that the promises of SQL are asked of what is lent."""

    @property
    def connection(self):
        """There is none: nothing but the statement is lent."""
        raise NotImplementedError

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        """Run the statement as `sql_runner_for` would."""
        return DuckDBRunner(self).sql(query, parameters, limit=limit, timeout=timeout)
