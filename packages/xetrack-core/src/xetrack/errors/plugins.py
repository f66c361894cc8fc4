"""Errors about plugins, their parts and packages that are missing or broken."""

from __future__ import annotations

import os
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


class PartClashError(PluginError):
    """Several plugins offer what only one can have, so none of them is used."""

    def __init__(self, plugins: Iterable[str], reason: str) -> None:
        self.plugins = tuple(plugins)
        choices = " or ".join(f"XETRACK_DISABLE_PLUGINS={plugin}" for plugin in self.plugins)
        XetrackError.__init__(
            self,
            f"Plugins clash: {reason}. See them with: xt plugins; leave one out with: {choices}",
        )
        self.plugin = self.plugins[0]
        self.reason = reason


class ConfigurationError(XetrackError, ValueError):
    """A configuration file, or a variable of the environment, that cannot be used."""

    def __init__(self, source: str, reason: str, line: int | None = None) -> None:
        where = source if line is None else f"{source}, line {line}"
        is_file = os.sep in source
        hint = ", or go on without any file by: XETRACK_CONFIG=0" if is_file else " or unset it."
        end = "" if reason.endswith("?") else "."
        super().__init__(
            f"The configuration in {where} cannot be used: {reason}{end} Change it there{hint}"
        )
        self.source = source
        self.reason = reason
        self.line = line


class PartOptionError(XetrackError, ValueError):
    """An option that a part does not take, or not with this value; the part was not made."""

    def __init__(self, kind: str, part: str, option: str, reason: str, source: str) -> None:
        super().__init__(
            f"The {kind} {part!r} cannot have the option {option!r} of {source}: {reason} "
            f"See its options with: xt plugins show {part}"
        )
        self.kind = kind
        self.part = part
        self.option = option
        self.reason = reason
        self.source = source


class PartNotPickledError(XetrackError, TypeError):
    """A part that was given as an object, and cannot be pickled with its tracker."""

    def __init__(self, kind: str, part: str, reason: str, hint: str = "") -> None:
        pair = f"a name, or a pair such as ({part}, {{...}}), the class with its options"
        super().__init__(
            f"The tracker cannot be pickled, because its {kind} {part!r} cannot: {reason}. "
            f"{hint or f'Give what makes one in each process: {pair}.'}"
        )
        self.kind = kind
        self.part = part
        self.reason = reason
