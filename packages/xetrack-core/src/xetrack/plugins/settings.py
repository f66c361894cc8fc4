"""The environment variables that leave plugins out; read when they are used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xetrack.model.env import switched_on
from xetrack.plugins.entrypoints import normalized

if TYPE_CHECKING:
    from xetrack.plugins.entrypoints import EntryPoint

DISABLE = "XETRACK_DISABLE_PLUGINS"
"""Names of plugins or of their distributions, separated by commas: they are not imported."""

AUTOLOAD = "XETRACK_PLUGIN_AUTOLOAD"
"""``0`` disables all plugins; what is built in stays."""

STRICT = "XETRACK_STRICT"
"""``1`` raises the first plugin's error instead of quarantining the plugin."""


def strict() -> bool:
    """Tell whether a broken plugin is an error."""
    return switched_on(STRICT)


def why_disabled(point: EntryPoint) -> str:
    """Say which variable disables a plugin; empty when none does."""
    if not switched_on(AUTOLOAD, default=True):
        return f"left out by {AUTOLOAD}={os.environ[AUTOLOAD]}"
    names = {normalized(name) for name in os.environ.get(DISABLE, "").split(",")}
    if names & {normalized(point.name), normalized(point.distribution)}:
        return f"left out by {DISABLE}={os.environ[DISABLE]}"
    return ""
