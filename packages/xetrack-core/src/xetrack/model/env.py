"""Switches among the environment variables."""

from __future__ import annotations

import os

_OFF = {"0", "false", "no", "off"}


def switched_on(variable: str, *, default: bool = False) -> bool:
    """Tell whether a variable is set to anything but 0, false, no or off; `default` if unset."""
    value = os.environ.get(variable, "").strip().lower()
    return value not in _OFF if value else default
