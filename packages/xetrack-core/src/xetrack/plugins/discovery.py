"""Discovery: ask core, then every plugin that is installed, what they offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.plugins import settings
from xetrack.plugins.catalog import Catalog
from xetrack.plugins.entrypoints import CORE, EntryPoint, find, normalized
from xetrack.plugins.loader import load
from xetrack.plugins.quarantine import Refusal, isolated
from xetrack.plugins.timeouts import Patience

if TYPE_CHECKING:
    from collections.abc import Sequence


def own_parts(module: str) -> Catalog:
    """Return what core offers through the hooks of a module of its own.

    Raises
    ------
    PluginError
        Core itself is broken; there is nothing to go on with.
    """
    point = EntryPoint("builtin", module, CORE, "")
    catalog = Catalog()
    try:
        for offer in load(point):
            catalog.add(offer)
    except Refusal as refusal:
        raise point.error(refusal.reason) from refusal
    return Catalog(catalog)


def discover(own: Catalog, path: Sequence[str] | None) -> Catalog:
    """Load all plugins in the order of their names; a broken or late one does not stop the others.

    Parameters
    ----------
    own
        What is built in.
    path
        Folders to look for distributions in; `sys.path` when None.

    Raises
    ------
    PluginError
        A plugin is broken, and the environment asks to be strict.
    InvalidArgumentError
        The environment says wrongly how long to wait for one.
    """
    catalog = Catalog(own)
    strict = settings.strict()
    first: dict[str, EntryPoint] = {}
    with Patience() as patience:
        for point in find(path):
            disabled = settings.why_disabled(point)
            if disabled:
                catalog.note(point, "disabled", disabled)
                continue
            try:
                _check_name(point, first)
                offers = patience.ask(load, point, point.value)
            except Refusal as refusal:
                error = catalog.refuse(point, refusal.reason)
                if strict:
                    raise error from refusal.__cause__
                continue
            if not offers:
                catalog.note(point, "ready", summary="offers no part")
            for offer in offers:
                try:
                    with isolated(f"looking at the {offer.kind} {offer.component.name!r}"):
                        catalog.add(offer)
                except Refusal as refusal:
                    error = catalog.refuse(point, refusal.reason, offer)
                    if strict:
                        raise error from refusal.__cause__
    return catalog


def _check_name(point: EntryPoint, first: dict[str, EntryPoint]) -> None:
    other = first.setdefault(normalized(point.name), point)
    if other is not point:
        raise Refusal(
            f"the plugin's name {point.name!r} is declared by both {other.release} and "
            f"{point.release}, and the first has it"
        )
