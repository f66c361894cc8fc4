"""What this distribution offers: the engine ``lmdb``."""

from __future__ import annotations

from xetrack.plugins import Component, Option, hookimpl


@hookimpl
def xetrack_engines() -> list[Component]:
    """Offer the engine."""
    return [
        Component(
            name="lmdb",
            target="xetrack_lmdb.engine:LmdbEngine",
            summary="Tables in an LMDB environment, a folder.",
            suffixes=(".lmdb",),
            options=(Option("map_size", int, 2**34, "Bytes that the database may grow to."),),
        )
    ]
