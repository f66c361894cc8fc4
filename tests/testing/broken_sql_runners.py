"""SQL runners that break a promise; they are otherwise that of xetrack-duckdb."""

from __future__ import annotations

from tests.testing.catalogue import caught_by
from xetrack.interfaces.engine import Field
from xetrack.model.kinds import Kind
from xetrack_duckdb.reading.rows_in_memory import DuckDBRunner


@caught_by("test_signatures_are_those_of_the_interface")
class WithoutDeadline(DuckDBRunner):
    """Cannot be told how long a statement may take."""

    def sql(self, query, parameters=(), *, limit=None):
        return super().sql(query, parameters, limit=limit)


@caught_by("test_the_engine_is_only_read")
class MarksTables(DuckDBRunner):
    """Adds a column to each table that it has read."""

    def _load(self, connection, query, parts, timeout):
        super()._load(connection, query, parts, timeout)
        for table in self.engine.tables():
            self.engine.add_columns(table, [Field("was read", frozenset({Kind.BOOL}))])


@caught_by("test_the_engine_is_only_read")
class ClosesTheEngine(DuckDBRunner):
    """Closes what it was lent."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        result = super().sql(query, parameters, limit=limit, timeout=timeout)
        self.engine.close()
        return result


@caught_by("test_the_time_to_read_the_rows_counts")
class ReadsForAsLongAsItTakes(DuckDBRunner):
    """Counts the time of the statement alone."""

    def sql(self, query, parameters=(), *, limit=None, timeout=None):
        return super().sql(query, parameters, limit=limit)
