"""What this distribution offers: cached calls, a folder for results, and commands of ``xt``.

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
            target="xetrack_cache.folder_cache.disk_cache:DiskCache",
            summary="Results of tracked functions in a folder.",
            options=(),
        )
    ]


@hookimpl
def xetrack_call_caches() -> list[Component]:
    """Offer the cache of calls, which works with any cache of results."""
    return [
        Component(
            name="keyed",
            target="xetrack_cache.calls.call_cache:KeyedCalls",
            summary="Calls answered when code, arguments and params are equal.",
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
            ("ls", "ls", "List cached results, with their calls and the run that computed each."),
            ("delete", "delete", "Delete the results of a run, of a function, or of one call."),
            ("prune", "prune", "Delete the results that were computed long ago."),
            ("stats", "stats", "Count results and bytes."),
            ("clear", "clear", "Delete all results."),
            ("why", "why", "Explain why a result was computed and not found."),
        )
    ]
