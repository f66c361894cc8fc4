"""Arguments of what users call, checked."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

from xetrack.errors import InvalidArgumentError


def checked_text(name: str, value: object, expected: str) -> str:
    """Return a text that is not empty, or say what was expected."""
    if isinstance(value, str) and value:
        return value
    raise InvalidArgumentError(name, value, expected)


def checked_batch(data: Any) -> Sequence[Any]:
    """Return a list, or say that it is none; what is in it is looked at where it is stored."""
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return data
    raise InvalidArgumentError("data", data, "a list of mappings of names to values")


def checked_count(name: str, value: object) -> int | None:
    """Return a number of rows, or say that it cannot be one."""
    if value is None:
        return None
    try:
        number = -1 if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number < 0:
        raise InvalidArgumentError(name, value, "a whole number from 0 on")
    return number
