"""What this distribution offers.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
psycopg nor anything of this package that does.
"""

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the storage engine."""
    return [
        Component(
            name="postgres",
            target="xetrack_postgres.engine:PostgresEngine",
            summary="Tables in a PostgreSQL database, shared by many machines.",
            schemes=("postgresql", "postgres"),
        )
    ]


@hookimpl
def xetrack_asset_stores() -> list[Component]:
    """Offer the store that keeps assets beside these rows."""
    return [
        Component(
            name="postgres",
            target="xetrack_postgres.asset_store:PostgresAssetStore",
            summary="Assets in the PostgreSQL database of their rows.",
        )
    ]


@hookimpl
def xetrack_caches() -> list[Component]:
    """Offer the cache of results, which may lie beside the rows."""
    return [
        Component(
            name="postgres",
            target="xetrack_postgres.cache.cache:PostgresCache",
            summary="Results of tracked functions in a PostgreSQL database.",
            schemes=("postgresql", "postgres"),
        )
    ]
