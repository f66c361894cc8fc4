"""What this distribution offers: the engine ``duckdb``, and its SQL for all other engines.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
DuckDB nor anything of this package that does.
"""

from __future__ import annotations

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the storage engine."""
    return [
        Component(
            name="duckdb",
            target="xetrack_duckdb.factory:duckdb",
            summary="Tables in one DuckDB file; and DuckDB's SQL over SQLite files.",
            options=(),
            suffixes=(".duckdb", ".ddb"),
        )
    ]


@hookimpl
def xetrack_sql_runners() -> list[Component]:
    """Offer SQL to engines whose databases run none."""
    return [
        Component(
            name="duckdb",
            target="xetrack_duckdb.reading.rows_in_memory:DuckDBRunner",
            summary="DuckDB's SQL over the rows of engines that run none.",
        )
    ]
