"""What this distribution offers: the engine ``duckdb``.

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
