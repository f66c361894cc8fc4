"""Lengths of time as users give them: seconds, a timedelta, or a text such as ``30d``."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

from xetrack.errors import InvalidArgumentError

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_TEXT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhdw]?)\s*", re.ASCII)

_LONGEST = 1e12
"""Seconds; more than any clock tells."""


def seconds_in(name: str, value: Any) -> float:
    """Return a length of time in seconds.

    Parameters
    ----------
    name
        Name of the argument, for the error.
    value
        Seconds, a timedelta, or a number with ``s``, ``m`` (minutes), ``h``, ``d`` or ``w``.

    Raises
    ------
    InvalidArgumentError
        The value is none of these, negative, or no number.
    """
    seconds = None
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    elif isinstance(value, str):
        match = _TEXT.fullmatch(value)
        seconds = float(match[1]) * _SECONDS[match[2]] if match else None
    elif not isinstance(value, bool):
        with suppress(TypeError, ValueError, OverflowError):
            seconds = float(value)
    if seconds is None or not 0 <= seconds <= _LONGEST:
        expected = 'seconds, a timedelta, or a text such as "90s", "15m", "12h", "30d", "4w"'
        raise InvalidArgumentError(name, value, expected)
    return seconds


def optional_seconds(name: str, value: Any) -> float | None:
    """Return a length of time in seconds; None for None.

    Parameters
    ----------
    name, value
        See `seconds_in`.

    Raises
    ------
    InvalidArgumentError
        See `seconds_in`.
    """
    return None if value is None else seconds_in(name, value)
