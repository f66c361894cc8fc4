"""The environment variables about plugins, read at each use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xetrack.model.env import is_enabled
from xetrack.plugins.loading.entrypoints import normalized

if TYPE_CHECKING:
    from xetrack.plugins.loading.entrypoints import EntryPoint

DISABLE = "XETRACK_DISABLE_PLUGINS"
"""Names of plugins or of their distributions, separated by commas: they are not imported."""

AUTOLOAD = "XETRACK_PLUGIN_AUTOLOAD"
"""``0`` disables all plugins; what is built in stays."""

STRICT = "XETRACK_STRICT"
"""``1`` raises the first plugin's error instead of quarantining the plugin."""


def is_strict() -> bool:
    """Return True if a broken plugin is an error."""
    return is_enabled(STRICT)


def why_disabled(point: EntryPoint) -> str:
    """Return a clause with the variable that disables a plugin; empty if none does."""
    if not is_enabled(AUTOLOAD, default=True):
        return f"left out by {AUTOLOAD}={os.environ[AUTOLOAD]}"
    names = {normalized(name) for name in os.environ.get(DISABLE, "").split(",")}
    if names & {normalized(point.name), normalized(point.distribution)}:
        return f"left out by {DISABLE}={os.environ[DISABLE]}"
    return ""
