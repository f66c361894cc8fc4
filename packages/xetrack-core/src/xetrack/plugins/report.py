"""The list behind ``xt plugins``: what became of each part and each plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from xetrack.interfaces.component import PartKind
from xetrack.plugins.entrypoints import CORE, version_of
from xetrack.plugins.quarantine import Refusal
from xetrack.plugins.status import PLUGIN, of_part
from xetrack.plugins.targets import verified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.plugins.catalog import Catalog
    from xetrack.plugins.status import Status

_ORDER = {str(kind): place for place, kind in enumerate(PartKind)}


def listed(catalog: Catalog, path: Sequence[str] | None) -> list[Status]:
    """List everything by kind and name; plugins as a whole come last.

    Parameters
    ----------
    catalog
        What was found.
    path
        Folders to look for the distribution of the core in; `sys.path` when None.
    """
    core = version_of(CORE, path)
    statuses = list(catalog.withheld)
    for key, offer in catalog.offers.items():
        is_own = key in catalog.own
        status = of_part(offer, "built-in" if is_own else "ready")
        statuses.append(evolve(status, version=core) if is_own else status)
    return sorted(
        statuses,
        key=lambda each: (_ORDER.get(each.kind, len(_ORDER)), each.name, each.distribution),
    )


def checked(status: Status, catalog: Catalog) -> Status:
    """Import what a status is about; quarantine it, in what is returned, where that fails."""
    if status.reason or status.kind == PLUGIN:
        return status
    offer = catalog.offers[PartKind(status.kind), status.name]
    try:
        verified(offer)
    except Refusal as refusal:
        return evolve(status, state="quarantined", reason=refusal.reason)
    return status
