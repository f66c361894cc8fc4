"""Durations as text, and the times of NumPy and pandas as those of Python.

Python's times have microseconds. What is finer is cut, and counted, so that whoever knows the key
of a value can warn of it: see `rounded_times`.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

LONGEST = timedelta(seconds=2**32)
"""Durations up to this size, 136 years, are exact as seconds in a float of 64 bits."""

_MICROSECOND = timedelta(microseconds=1)
_EXACT = Context(prec=60)
"""Twenty digits are all that a duration needs; the context of the user may have fewer."""

_FINEST = -40
"""Digits after the point of a text that is read as seconds, at most."""

_FINE = {"ns", "ps", "fs", "as"}
"""Units of NumPy that are finer than microseconds."""

_VAGUE = {"Y", "M", ""}
"""Units of NumPy that are no fixed time."""


class _Rounded(threading.local):
    """The times of this thread that lost digits."""

    count = 0


_rounded = _Rounded()


def rounded_times() -> int:
    """Return how many times of NumPy and pandas this thread has cut to microseconds so far."""
    return _rounded.count


def _note_rounded() -> None:
    _rounded.count += 1


def datetime_from_text(text: str) -> datetime:
    """Return the datetime of a text that `datetime.isoformat` made.

    Parameters
    ----------
    text
        With or without an offset from UTC.

    Raises
    ------
    ValueError
        The text is no datetime.
    """
    value = datetime.fromisoformat(text)
    # Python overlooks an offset of less than a second, whose text ends with a point and six digits.
    if value.tzinfo is UTC and text[-7] == ".":
        return value.replace(tzinfo=_offset(text))
    return value


def time_from_text(text: str) -> time:
    """Return the time of a text that `time.isoformat` made; see `datetime_from_text`."""
    value = time.fromisoformat(text)
    if value.tzinfo is UTC and text[-7] == ".":
        return value.replace(tzinfo=_offset(text))
    return value


def _offset(text: str) -> timezone:
    """Return the zone of a text with an offset of less than a second: ``+00:00:00.000001``."""
    sign, digits = text[-16], text[-6:]
    return timezone(timedelta(microseconds=int(sign + digits)))


def duration_to_text(value: timedelta) -> str:
    """Return a duration as decimal seconds, such as ``90`` or ``-0.000001``; it is exact.

    Parameters
    ----------
    value
        A duration, in whole microseconds.
    """
    microseconds = value // _MICROSECOND
    seconds, rest = divmod(abs(microseconds), 1_000_000)
    text = f"{seconds}.{rest:06d}".rstrip("0").rstrip(".")
    return f"-{text}" if microseconds < 0 else text


def duration_from_text(text: str) -> timedelta:
    """Return the duration of so many seconds, to the microsecond.

    Parameters
    ----------
    text
        A decimal number.

    Raises
    ------
    ValueError
        It is none, or more than a duration can be.
    """
    try:
        seconds = Decimal(text)
        _, digits, exponent = seconds.as_tuple()
        if not isinstance(exponent, int) or exponent < _FINEST or len(digits) + exponent > 20:  # noqa: PLR2004
            raise ValueError(f"no duration: {text!r}")
        scaled = seconds.scaleb(6, _EXACT).to_integral_value(ROUND_HALF_EVEN, _EXACT)
        return timedelta(microseconds=int(scaled))
    except (InvalidOperation, OverflowError) as error:
        raise ValueError(f"no duration: {text!r}") from error


def of_numpy(value: Any) -> datetime | timedelta | None:
    """Return a ``datetime64`` or ``timedelta64`` to the microsecond; None for ``NaT``.

    Parameters
    ----------
    value
        A scalar of NumPy, or an array without axes.

    Raises
    ------
    ValueError
        Python has no such time, or it is a number of months, which is no fixed time.
    """
    if value != value:  # noqa: PLR0124 - NaT alone differs from itself
        return None
    code, _, unit = value.dtype.str[1:].partition("[")
    unit = unit.rstrip("]").lstrip("0123456789")
    if code == "m8" and unit in _VAGUE:
        raise ValueError(f"{value!r} is no fixed time")
    cut = value.astype(f"{code}[us]")
    if cut.astype(value.dtype) != value:
        if unit not in _FINE:
            raise ValueError(f"{value!r} is too large")
        _note_rounded()
    item: Any = cut.item()
    if type(item) is int:  # what NumPy returns outside the years of Python
        raise ValueError(f"{value!r} is out of range")
    time: datetime | timedelta = item
    return time


def of_pandas(value: Any) -> datetime | timedelta:
    """Return a ``Timestamp`` or ``Timedelta`` of pandas to the microsecond.

    Parameters
    ----------
    value
        One that is not missing.

    Raises
    ------
    ValueError
        Python has no such time.
    """
    is_timestamp = type(value).__name__ == "Timestamp"
    time: datetime | timedelta = (
        value.to_pydatetime(warn=False)
        if is_timestamp
        else timedelta(value.days, value.seconds, value.microseconds)
    )
    if value.nanosecond if is_timestamp else value.nanoseconds:
        _note_rounded()
    return time
