"""What this distribution offers: a cache of function results, and commands of ``xt`` for it.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
diskcache nor anything of this package that does.
"""

from __future__ import annotations

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_caches() -> list[Component]:
    """Offer the cache in a folder."""
    return [
        Component(
            name="diskcache",
            target="xetrack_cache.cache:DiskCache",
            summary="Results of tracked functions in a folder.",
        )
    ]


@hookimpl
def xetrack_commands() -> list[Component]:
    """Offer the commands for such folders."""
    return [
        Component(
            name=f"cache {name}", target=f"xetrack_cache.commands:{function}", summary=summary
        )
        for name, function, summary in (
            ("ls", "ls", "List cached results, with the run that computed each."),
            ("delete", "delete", "Delete the results that a run computed."),
            ("stats", "stats", "Count results and bytes."),
            ("clear", "clear", "Delete all results."),
            ("why", "why", "Tell why a result was computed and not found."),
        )
    ]
