"""Errors about plugins, their parts and packages that are missing or broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors.base import XetrackError, near

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnknownComponentError(XetrackError, LookupError):
    """No installed plugin offers a component of this name."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        names = tuple(known)
        super().__init__(
            f"There is no {kind} named {name!r}. {near(name, names)}"
            f"{hint or 'See what is installed with: xt plugins'}"
        )
        self.kind = kind
        self.name = name
        self.known = names


class MissingPackageError(XetrackError, ImportError):
    """An optional package is not installed; the text names the extra that brings it."""

    def __init__(self, what: str, extra: str, distribution: str = "xetrack") -> None:
        super().__init__(f"{what} is not installed. Type: pip install '{distribution}[{extra}]'")
        self.what = what
        self.extra = extra
        self.distribution = distribution


class RowFilterError(XetrackError, RuntimeError):
    """A row filter failed, so the row was not stored; see `__cause__`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The row filter {name!r} {reason}, so the row was not stored: it might hold what the "
            "filter removes. Change the filter, or leave it out of Tracker(filters=...)."
        )
        self.name = name
        self.reason = reason


class PluginError(XetrackError, RuntimeError):
    """A plugin, or a component that it offers, is unusable; it is quarantined by name."""

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(
            f"The plugin {plugin!r} cannot be used: {reason}. "
            f"See it with: xt plugins; leave it out with: XETRACK_DISABLE_PLUGINS={plugin}"
        )
        self.plugin = plugin
        self.reason = reason
