"""Validation of arguments of public functions."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

from xetrack.errors import InvalidArgumentError


def checked_text(name: str, value: object, expected: str) -> str:
    """Return a text if it is not empty.

    Parameters
    ----------
    name
        Name of the argument, for the error.
    value
        The argument.
    expected
        A description of valid values, for the error.

    Raises
    ------
    InvalidArgumentError
        The value is no text, or is empty.
    """
    if isinstance(value, str) and value:
        return value
    raise InvalidArgumentError(name, value, expected)


def checked_batch(data: Any) -> Sequence[Any]:
    """Return a batch of rows if it is a sequence; the rows are validated when they are stored.

    Raises
    ------
    InvalidArgumentError
        The value is no sequence, or a text.
    """
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return data
    raise InvalidArgumentError("data", data, "a list of mappings of names to values")


def checked_count(name: str, value: object) -> int | None:
    """Return a number of rows if it is valid.

    Parameters
    ----------
    name
        Name of the argument, for the error.
    value
        An integer from 0 on, or None for no limit.

    Raises
    ------
    InvalidArgumentError
        The value is neither.
    """
    if value is None:
        return None
    try:
        number = -1 if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number < 0:
        raise InvalidArgumentError(name, value, "a whole number from 0 on")
    return number
