"""What this distribution offers: the asset store ``fsspec``."""

from __future__ import annotations

from xetrack.plugins import Component, Option, hookimpl


@hookimpl
def xetrack_asset_stores() -> list[Component]:
    """Offer the asset store."""
    return [
        Component(
            name="fsspec",
            target="xetrack_fsspec.store:FsspecStore",
            summary="Objects wherever fsspec reaches, by URL.",
            # s3, gs and az are those of xetrack-objects
            schemes=("memory", "sftp", "smb", "hdfs", "fsspec+s3", "fsspec+gs", "fsspec+az"),
            options=(Option("block_size", int, 2**23, "Bytes that are sent and read at a time."),),
        )
    ]
