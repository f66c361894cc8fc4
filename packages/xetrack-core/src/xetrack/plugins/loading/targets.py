"""Targets: importing a part at its first use, and checking that it implements its interface."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from xetrack.errors import MissingPackageError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engines.factory import EngineFactory
from xetrack.plugins.loading.entrypoints import normalized
from xetrack.plugins.loading.quarantine import MissingModule, Refusal, import_untrusted, isolated

if TYPE_CHECKING:
    from xetrack.plugins.loading.loader import Offer

INTERFACES = {
    PartKind.ENGINE: ("xetrack.interfaces.engine", "Engine"),
    PartKind.ASSET_STORE: ("xetrack.interfaces.assets", "AssetStore"),
    PartKind.CODEC: ("xetrack.interfaces.codecs", "Codec"),
    PartKind.CACHE: ("xetrack.interfaces.cache", "Cache"),
    PartKind.CALL_CACHE: ("xetrack.interfaces.cache", "CallCache"),
    PartKind.SINK: ("xetrack.interfaces.sinks", "Sink"),
    PartKind.PROBE: ("xetrack.interfaces.probes", "Probe"),
    PartKind.FRAME_BACKEND: ("xetrack.interfaces.frames", "FrameBackend"),
}
"""The class that each kind of part extends, by name, so that only classes in use are imported."""


def resolve(offer: Offer) -> Any:
    """Import a part and check that it implements the interface of its kind.

    Raises
    ------
    MissingPackageError
        A part of xetrack's own needs a package that one of its extras brings.
    PluginError
        The target cannot be imported, or does not implement the interface.
    """
    try:
        return verified(offer)
    except Refusal as refusal:
        from xetrack.plugins import hints  # noqa: PLC0415 - seldom needed

        point, what = offer.point, f"the {offer.kind} {offer.component.name!r}"
        extra = hints.extra_of(offer.kind, offer.component.name)
        ours = extra and normalized(point.distribution) == hints.distribution_of(extra)
        if ours and isinstance(refusal, MissingModule):
            needed = f"The module {refusal.module!r}, which {what} of {point.release} needs,"
            of = hints.requirer_of(extra)
            raise MissingPackageError(needed, extra, of) from refusal.__cause__
        reason = f"{what} is refused: {refusal.reason}"
        raise point.error(reason) from refusal.__cause__


def verified(offer: Offer) -> Any:
    """Import a part and check it; raise a `Refusal` if anything is wrong with it."""
    part = _target(offer)
    with isolated("looking at its class"):
        _check(offer.kind, part)
    return part


def _target(offer: Offer) -> Any:
    target = offer.component.target
    module_name, _, attribute = target.partition(":")
    module = import_untrusted(module_name, offer.point.distribution)
    with isolated(f"looking up {target!r}"):
        return getattr(module, attribute)


def _check(kind: PartKind, part: Any) -> None:
    if kind is PartKind.COMMAND:
        if not callable(part):
            raise Refusal(f"its target is a {type(part).__name__}, not a function")
        return
    module, name = INTERFACES[kind]
    interface = getattr(import_module(module), name)
    if kind is PartKind.ENGINE and isinstance(part, EngineFactory):
        return
    if not isinstance(part, type):
        raise Refusal(
            f"its target is a {type(part).__name__}, not a class that extends {module}.{name}"
        )
    if not issubclass(part, interface):
        raise Refusal(f"its class {part.__qualname__} does not extend {module}.{name}")
    missing = sorted(getattr(part, "__abstractmethods__", ()))
    if missing:
        raise Refusal(f"its class {part.__qualname__} leaves abstract: {', '.join(missing)}")
