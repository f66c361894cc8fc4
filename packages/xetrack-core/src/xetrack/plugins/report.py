"""The list for ``xt plugins``: the status of each part and each plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from xetrack.interfaces.component import PartKind
from xetrack.plugins.loading.entrypoints import CORE, version_of
from xetrack.plugins.loading.quarantine import Refusal
from xetrack.plugins.loading.targets import verified
from xetrack.plugins.status import PLUGIN, part_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.plugins.loading.catalog import Catalog
    from xetrack.plugins.status import Status

_ORDER = {str(kind): place for place, kind in enumerate(PartKind)}


def list_statuses(catalog: Catalog, path: Sequence[str] | None) -> list[Status]:
    """Return all statuses by kind and name; plugins as a whole come last.

    Parameters
    ----------
    catalog
        All parts.
    path
        Folders to search for the distribution of the core; `sys.path` if None.
    """
    core = version_of(CORE, path)
    statuses = list(catalog.withheld)
    for key, offer in catalog.offers.items():
        is_own = key in catalog.own
        status = part_status(offer, "built-in" if is_own else "ready")
        statuses.append(evolve(status, version=core) if is_own else status)
    return sorted(
        statuses,
        key=lambda each: (_ORDER.get(each.kind, len(_ORDER)), each.name, each.distribution),
    )


def check_status(status: Status, catalog: Catalog) -> Status:
    """Import the part of a status, and return its status then.

    Parameters
    ----------
    status
        The status before.
    catalog
        All parts.

    Returns
    -------
    Status
        The same; quarantined if the import fails.
    """
    if status.reason or status.kind == PLUGIN:
        return status
    offer = catalog.offers[PartKind(status.kind), status.name]
    try:
        verified(offer)
    except Refusal as refusal:
        return evolve(status, state="quarantined", reason=refusal.reason)
    return status
