"""What this distribution offers: the asset store ``objects``.

Only announcements belong here. xetrack imports this module to list plugins, so it imports no
client.
"""

from __future__ import annotations

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_asset_stores() -> list[Component]:
    """Offer the store of objects in buckets."""
    return [
        Component(
            name="objects",
            target="xetrack_objects.store:ObjectAssetStore",
            summary="Objects in S3, GCS, Azure and folders, by URL.",
            schemes=("s3", "gs", "az", "file"),
            options=(),  # what differs from bucket to bucket stands in the environment
        )
    ]
