"""Texts of a command line or of CSV, parsed as the values that a column holds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from xetrack.model.kinds import FROM_TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from xetrack.model.kinds import Value

_INT = re.compile(r"[+-]?(0|[1-9]\d*)")
_FLOAT = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?|[+-]?(inf|nan|Infinity|NaN)")
_WORDS = {"true": True, "True": True, "false": False, "False": False}
_MISSING = {"null", "None"}
_TEXTS = {Kind.TEXT, Kind.RAWTEXT}
_LONGEST = 4_000
"""Digits; Python refuses decimal texts of more than 4,300."""


def parse_value(text: str, kinds: Collection[Kind] = ()) -> Value:
    """Parse a value that was typed.

    ``null`` and ``None`` are a missing cell, and what stands in quotes of JSON is that text,
    whatever the column holds. Where it holds texts only, anything else is a text; where it holds
    datetimes, paths or the like, what reads as one is one; durations are typed as seconds.
    Otherwise numbers, truth values, lists and dicts are what they look like. ``007`` is no number.

    Parameters
    ----------
    text
        As typed.
    kinds
        What the column holds; empty when it is not known.

    Returns
    -------
    Value
        None for a missing cell.
    """
    if text in _MISSING:
        return None
    if text[:1] == '"':
        return _from_json(text)
    known = set(kinds)
    if known and known <= _TEXTS:
        return text
    for kind in (kind for kind in _CONVERTED if kind in known):
        try:
            return FROM_TEXT[kind](text)
        except (ValueError, ArithmeticError):
            continue
    return guess_value(text)


_CONVERTED = (
    Kind.DATE,
    Kind.DATETIME,
    Kind.TIME,
    Kind.DURATION,
    Kind.LONGDURATION,
    Kind.DECIMAL,
    Kind.PATH,
)
"""In the order in which they are tried: every text reads as a path, each date as a datetime."""


def guess_value(text: str) -> Value:
    """Parse a text as what it looks like, where no column says what it holds.

    Parameters
    ----------
    text
        What was typed.

    Returns
    -------
    Value
        None, a bool, a number, a list or dict of JSON, or the text itself.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and len(text) < _LONGEST:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _from_json(text) if text[:1] in {"[", "{"} else text


def _from_json(text: str) -> Value:
    try:
        value: Value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
