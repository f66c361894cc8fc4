"""Plugins: describing parts, and announcing them to xetrack.

A plugin is a light module, named by an entry point of the group ``xetrack.plugins``::

    from xetrack.plugins import Component, hookimpl

    @hookimpl
    def xetrack_sinks() -> list[Component]:
        return [Component(name="kafka", target="xetrack_kafka.sink:KafkaSink", summary="...")]

`xetrack.plugins.hookspecs` has a page on each hook, `xetrack.interfaces` on what each kind of part
must do. `xetrack.plugins.registry` finds parts by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.component import Component, Option, PartKind

if TYPE_CHECKING:
    from xetrack.plugins.markers import hookimpl

__all__ = ["Component", "Option", "PartKind", "hookimpl"]


def __getattr__(name: str) -> Any:
    """Import the marker when a plugin asks for it, as pluggy is a tenth of an import of xetrack."""
    if name == "hookimpl":
        from xetrack.plugins.markers import hookimpl  # noqa: PLC0415

        return hookimpl
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
