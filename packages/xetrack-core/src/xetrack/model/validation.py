"""Validation of arguments of public functions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, isnan
from operator import index
from typing import Any

from xetrack.errors import InvalidArgumentError


def checked_version(version: object) -> str | None:
    """Return what stands for the code of cached functions: a text, that of a number, or None.

    Parameters
    ----------
    version
        The argument ``cache_version``.

    Raises
    ------
    InvalidArgumentError
        It is none of these.
    """
    if isinstance(version, str):
        return str.__str__(version)  # of a member of an enum its value
    if version is None or isinstance(version, int | float):
        return version if version is None else str(version)
    raise InvalidArgumentError("cache_version", version, "a text, such as '2'")


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

    Parameters
    ----------
    data
        What the user gave.

    Raises
    ------
    InvalidArgumentError
        The value is no sequence, or a text.
    """
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return data
    raise InvalidArgumentError("data", data, "a list of mappings of names to values, or a frame")


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


def checked_params(params: object, hint: str) -> Mapping[Any, object]:
    """Return params of a call if they are a mapping; an empty one for None.

    Parameters
    ----------
    params
        The argument.
    hint
        What to type instead, for the error.

    Raises
    ------
    InvalidArgumentError
        They are neither.
    """
    if params is None:
        return {}
    if isinstance(params, Mapping):
        return params
    raise InvalidArgumentError("params", params, f"a dict of values for the row; {hint}")


def checked_items(name: str, value: object, expected: str) -> list[Any]:
    """Return a list of what an argument holds if it is no text, mapping or single object.

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
        The value is none.
    """
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping | type):
        return list(value)
    raise InvalidArgumentError(name, value, expected)


def checked_run_name(track_id: object) -> str | None:
    """Return the name of a run if it is a text, or None.

    Parameters
    ----------
    track_id
        What the user gave.

    Raises
    ------
    InvalidArgumentError
        It is neither.
    """
    if track_id is None or isinstance(track_id, str):
        return track_id
    raise InvalidArgumentError("track_id", track_id, "the name of a run, as a text")


def checked_path(value: object) -> str:
    """Return the path of a file or folder as a text.

    Parameters
    ----------
    value
        What the user gave: a text or an `os.PathLike`.

    Raises
    ------
    InvalidArgumentError
        It is no path, or has a NUL in it.
    """
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(path, str) and path and "\0" not in path:
        return path
    raise InvalidArgumentError("path", value, "the path of a file, as a text or a Path")


def checked_seconds(name: str, value: object) -> float | None:
    """Return a number of seconds, or None for no limit.

    Parameters
    ----------
    name
        Name of the argument, for the error.
    value
        The argument.

    Raises
    ------
    InvalidArgumentError
        It is neither.
    """
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and not isnan(value):
        return value
    raise InvalidArgumentError(name, value, "a number of seconds, or None for no limit")


def checked_interval(name: str, value: object) -> float:
    """Return a number of seconds between two samples.

    Parameters
    ----------
    name
        Name of the argument, for the error.
    value
        The argument.

    Raises
    ------
    InvalidArgumentError
        It is no number above 0.
    """
    if isinstance(value, int | float) and isfinite(value) and value > 0:
        return value
    raise InvalidArgumentError(name, value, "seconds, more than 0")
