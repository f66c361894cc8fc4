"""Values as texts, and the width of a text on a screen."""

from __future__ import annotations

import json
import math
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from xetrack.errors.escapes import JOINERS, escaped
from xetrack.model.kinds import TO_TEXT, Kind, NotPlainError, kind_of, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

Number: TypeAlias = int | float | Decimal
"""A number, of those types that plain values have."""

_DIGITS = 6
"""Significant digits of a float where it is only looked at."""

_DECIMAL_BITS = 14_000
"""Python refuses decimal texts of more than 4,300 digits, and JSON has no other numbers."""


class Pairs(dict[str, Any]):
    """One cell with several named values: ``a=1 b=2`` in a table, an object in JSON."""


def text_of(value: object, *, short: bool = False) -> str:
    """Write a value as one line of text that cannot move the cursor.

    Parameters
    ----------
    value
        Anything; a missing value is an empty text.
    short
        Round floats to six digits, for eyes; otherwise they are exact.

    Returns
    -------
    str
        The text, with control characters escaped.
    """
    return escaped(raw_text_of(value, short=short))


def raw_text_of(value: object, *, short: bool = False) -> str:
    """Write a value as text, whose control characters stay as they are.

    Parameters
    ----------
    value
        Anything; a missing value is an empty text.
    short
        Round floats to six digits, for eyes; otherwise they are exact.

    Returns
    -------
    str
        The text.
    """
    if isinstance(value, Pairs):
        words = ((name, quoted_text_of(cell, short=short)) for name, cell in value.items())
        return " ".join(f"{name}={word}" for name, word in words if word not in _SAYS_NOTHING)
    value = _seconds(_plain(value))
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}" if short and _is_long(value) else repr(value)
    if isinstance(value, list | dict):
        return json.dumps(json_value(value), ensure_ascii=False)
    return str(_scalar(value))


_SAYS_NOTHING = {"", "{}", "[]"}


def quoted_text_of(value: object, *, short: bool) -> str:
    """Write a value so that blanks in it are not taken for its end.

    Parameters
    ----------
    value, short
        See `raw_text_of`.
    """
    text = raw_text_of(value, short=short)
    return json.dumps(text, ensure_ascii=False) if " " in text else text


def json_value(value: object, *, infinite: bool = False) -> Any:
    """Convert a value to what strict JSON has, for any reader.

    nan is null, as JSON has none; the infinities are the texts ``Infinity`` and ``-Infinity``;
    bytes are hexadecimal; durations are seconds; dates, times, decimals and paths are texts.

    Parameters
    ----------
    value
        Anything.
    infinite
        Leave infinities as they are, for a caller who writes them in another way.

    Returns
    -------
    object
        None, a truth value, a number, a text, a list or a dict.
    """
    value = _seconds(_plain(value))
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if infinite or math.isfinite(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, list):
        return [json_value(item, infinite=infinite) for item in value]
    if isinstance(value, dict):
        return {
            raw_text_of(key): json_value(item, infinite=infinite) for key, item in value.items()
        }
    if value is None or isinstance(value, bool | str):
        return value
    return _scalar(value)


def pluralized(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 row``, ``2 rows``.

    Parameters
    ----------
    number
        How many there are.
    noun
        What is counted, in the singular.

    Returns
    -------
    str
        Both, with a comma at the thousands.
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def is_number(value: object) -> TypeGuard[Number]:
    """Return True for a number; a truth value is none.

    Parameters
    ----------
    value
        The plain value of a cell.
    """
    return isinstance(value, Number) and not isinstance(value, bool)


def is_measure(value: object) -> TypeGuard[Number | timedelta]:
    """Return True for numbers and durations, which are aligned to the right.

    Parameters
    ----------
    value
        The plain value of a cell.
    """
    return is_number(value) or isinstance(value, timedelta)


def is_numeric(cells: Sequence[object]) -> bool:
    """Return True if a column holds numbers and nothing else.

    Parameters
    ----------
    cells
        The cells of one column.
    """
    present = [cell for cell in cells if cell is not None]
    return bool(present) and all(map(is_measure, present))


def width_of(text: str) -> int:
    """Return how many places of a terminal a text takes, as far as Unicode knows.

    Parameters
    ----------
    text
        Text without control characters.

    Returns
    -------
    int
        The number of columns of the terminal, 2 for a wide character and 0 for a combining mark.
    """
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _plain(value: object) -> Any:
    try:
        return plain(value)
    except NotPlainError:
        return str(value)


def _seconds(value: Any) -> Any:
    """Return a duration as its seconds, exactly; anything else as it is."""
    if type(value) is not timedelta:
        return value
    kind = kind_of(value)
    return value.total_seconds() if kind is Kind.DURATION else Decimal(TO_TEXT[kind](value))


def _scalar(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value.bit_length() < _DECIMAL_BITS else hex(value)
    return str(value)


def _is_long(value: float) -> bool:
    return math.isfinite(value) and len(repr(value)) > _DIGITS + 2
