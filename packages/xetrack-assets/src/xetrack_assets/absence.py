"""The error for databases that have no asset store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import UnsupportedOperationError
from xetrack.interfaces.component import PartKind
from xetrack.model.locations import shown_location
from xetrack.parts.titles import title_of

if TYPE_CHECKING:
    from xetrack import Reader


def no_store_error(reader: Reader) -> UnsupportedOperationError:
    """Return the error for a database without an asset store, which names the part that lacks it.

    Parameters
    ----------
    reader
        Reads the database, and has no assets.
    """
    name, part = reader.engine.asset_store, title_of(PartKind.ENGINE, reader.engine)
    operation = f"list the objects of {shown_location(reader.db)!r}"
    if name is None:
        hint = (
            "Log them with Tracker(asset_store=NAME), and read them with Reader(asset_store=NAME), "
            "for a store that xt plugins lists."
        )
        return UnsupportedOperationError(part, operation, hint, "it keeps none by itself")
    reason = f"its asset store {name!r} is not installed, or no codec is"
    return UnsupportedOperationError(part, operation, "See what is there with: xt plugins", reason)
