"""What this distribution offers: the asset store ``sqlite``, codecs, and commands of ``xt``.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
cloudpickle nor anything of this package that does.
"""

from __future__ import annotations

from xetrack.interfaces.component import Component
from xetrack.plugins.markers import hookimpl


@hookimpl
def xetrack_asset_stores() -> list[Component]:
    """Offer the store that keeps assets in the file of their rows."""
    return [
        Component(
            name="sqlite",
            target="xetrack_assets.store:SQLiteAssetStore",
            summary="Assets in the SQLite file of their rows, or in memory with them.",
            options=(),
        )
    ]


@hookimpl
def xetrack_codecs() -> list[Component]:
    """Offer the codecs."""
    plain = "xetrack_assets.codecs.plain"
    return [
        Component(name="bytes", target=f"{plain}:BytesCodec", summary="Bytes as they are."),
        Component(name="text", target=f"{plain}:TextCodec", summary="Text as UTF-8."),
        Component(name="json", target=f"{plain}:JsonCodec", summary="Plain values as JSON."),
        Component(
            name="numpy",
            target="xetrack_assets.codecs.arrays:NumpyCodec",
            summary="NumPy arrays as .npy, without pickle.",
        ),
        Component(
            name="pandas",
            target="xetrack_assets.codecs.frames:PandasCodec",
            summary="Frames and series of pandas as Arrow files.",
        ),
        Component(
            name="arrow",
            target="xetrack_assets.codecs.frames:ArrowCodec",
            summary="Tables and batches of Arrow as Arrow files.",
        ),
        Component(
            name="pickle",
            target="xetrack_assets.codecs.pickles:PickleCodec",
            summary="Everything else, by cloudpickle; signed.",
        ),
    ]


@hookimpl
def xetrack_commands() -> list[Component]:
    """Offer ``xt assets``."""
    module = "xetrack_assets.commands"
    return [
        Component(name="assets ls", target=f"{module}:ls", summary="List all assets."),
        Component(
            name="assets export",
            target=f"{module}:export",
            summary="Write the content of an asset to a file.",
        ),
        Component(
            name="assets export-old",
            target=f"{module}:export_old",
            summary="Write all objects to a file that xetrack 0.7 can read.",
        ),
        Component(name="assets delete", target=f"{module}:delete", summary="Remove an asset."),
        Component(
            name="assets verify",
            target=f"{module}:verify",
            summary="Check the content of every asset.",
        ),
        Component(
            name="assets store",
            target=f"{module}:store",
            summary="Print where the objects are, or remember that they have moved.",
        ),
        Component(
            name="assets gc",
            target=f"{module}:gc",
            summary="Remove the assets that nothing refers to.",
        ),
    ]
