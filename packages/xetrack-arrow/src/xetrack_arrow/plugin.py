"""What this distribution offers: the frame backends ``arrow`` and ``polars``.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
pyarrow nor anything of this package that does.
"""

from __future__ import annotations

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_frame_backends() -> list[Component]:
    """Offer the frame backends."""
    return [
        Component(
            name="arrow",
            target="xetrack_arrow.tables:ArrowBackend",
            summary="Arrow tables, Parquet, and whole columns of large SQLite tables.",
        ),
        Component(
            name="polars",
            target="xetrack_arrow.polars_frames:PolarsBackend",
            summary="Frames of polars.",
        ),
    ]
