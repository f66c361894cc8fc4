"""Environment variables that switch features on or off."""

from __future__ import annotations

import os

_OFF = {"0", "false", "no", "off"}


def is_enabled(variable: str, *, default: bool = False) -> bool:
    """Return True if an environment variable is set to anything but 0, false, no or off.

    Parameters
    ----------
    variable
        Name of the variable.
    default
        The answer if it is unset or empty.
    """
    value = os.environ.get(variable, "").strip().lower()
    return value not in _OFF if value else default
