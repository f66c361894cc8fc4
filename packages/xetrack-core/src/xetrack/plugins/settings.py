"""The environment variables that leave plugins out, or wait for them; read when they are used."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from xetrack.errors import InvalidArgumentError
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

TIMEOUT = "XETRACK_PLUGIN_TIMEOUT"
"""Seconds that a plugin has to say what it offers, and a part to be imported; ``inf`` is any."""

SECONDS = 30.0
"""The same where the variable says nothing: a cold disk is slow, and who waits is a person."""


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


def timeout() -> float:
    """Return how many seconds a plugin is waited for.

    Raises
    ------
    InvalidArgumentError
        The variable is no number above 0.
    """
    text = os.environ.get(TIMEOUT, "").strip()
    try:
        seconds = float(text) if text else SECONDS
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise InvalidArgumentError(TIMEOUT, text, "seconds, more than 0")
    return min(seconds, threading.TIMEOUT_MAX)
