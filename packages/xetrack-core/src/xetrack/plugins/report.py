"""The list behind ``xt plugins``: what became of each part and each plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from xetrack.interfaces.component import PartKind
from xetrack.plugins.entrypoints import CORE, version_of
from xetrack.plugins.quarantine import Refusal
from xetrack.plugins.status import of_part
from xetrack.plugins.targets import verified
from xetrack.plugins.timeouts import Patience

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.plugins.catalog import Catalog
    from xetrack.plugins.loader import Offer
    from xetrack.plugins.status import Status

_ORDER = {str(kind): place for place, kind in enumerate(PartKind)}


def listed(catalog: Catalog, path: Sequence[str] | None, *, load: bool = False) -> list[Status]:
    """List everything by kind and name; plugins as a whole come last.

    Parameters
    ----------
    catalog
        What was found.
    path
        Folders to look for the distribution of core in; `sys.path` when None.
    load
        Import every part, and quarantine in this list what cannot be used.
    """
    core = version_of(CORE, path)
    statuses = list(catalog.withheld)
    with Patience() as patience:
        for key, offer in catalog.offers.items():
            status = of_part(offer, "built-in" if key in catalog.own else "ready")
            if key in catalog.own:
                status = evolve(status, version=core)
            statuses.append(_checked(status, offer, patience) if load else status)
    return sorted(
        statuses,
        key=lambda each: (_ORDER.get(each.kind, len(_ORDER)), each.name, each.distribution),
    )


def _checked(status: Status, offer: Offer, patience: Patience) -> Status:
    try:
        verified(offer, patience)
    except Refusal as refusal:
        return evolve(status, state="quarantined", reason=refusal.reason)
    return status
