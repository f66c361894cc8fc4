"""Cells as values of JSON, of bounded size, whatever a database holds."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from typing import Any

from xetrack.model.kinds import EXACT_INT, shown

LONGEST = 10_000
"""Characters of a text that are shown; so many bytes, too."""

_MOST = 1_000
"""Items of a list or dict that are shown, at each level."""

_DEEPEST = 20
"""Levels of lists and dicts that are shown."""

_BYTES_SHOWN = 32


def to_json(value: Any, depth: int = 0) -> Any:
    """Return a cell as a value of JSON.

    Parameters
    ----------
    value
        A plain value, or what a driver returned.
    depth
        The number of lists and dicts around it.

    Returns
    -------
    object
        Numbers as they are; nan and infinities as ``"nan"``, ``"inf"`` and ``"-inf"``; integers
        that no float represents exactly, times, decimals and paths as texts; bytes as the first of
        them in hexadecimal digits. Long texts are cut, with their length behind them.

    Examples
    --------
    >>> to_json([0.5, float("nan"), 2**60, b"ab"])
    [0.5, 'nan', '1152921504606846976', '0x6162']
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return _number(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes_text(bytes(value))
    if isinstance(value, list | tuple | dict):
        return _nested(value, depth)
    is_time = isinstance(value, datetime | date | time)
    return shorten(value.isoformat() if is_time else _text(value))


def _number(value: float) -> float | str:
    if isinstance(value, int):
        return int(value) if -EXACT_INT <= value <= EXACT_INT else shorten(shown(value))
    return float(value) if math.isfinite(value) else number_text(value)


def _nested(value: Any, depth: int) -> Any:
    if depth >= _DEEPEST:
        return "..."
    if isinstance(value, dict):
        items = [*value.items()][:_MOST]
        return {shorten(_text(name)): to_json(item, depth + 1) for name, item in items}
    cut = [to_json(item, depth + 1) for item in value[:_MOST]]
    return [*cut, f"... ({len(value):,} items)"] if len(value) > _MOST else cut


def _text(value: Any) -> str:
    try:
        return shown(value)
    except Exception:  # noqa: BLE001 - a driver's object may raise anything
        return type(value).__name__


def _bytes_text(value: bytes) -> str:
    text = f"0x{value[:_BYTES_SHOWN].hex()}"
    return text if len(value) <= _BYTES_SHOWN else f"{text}... ({len(value):,} bytes)"


def shorten(text: str) -> str:
    """Return a text, or its beginning with its length.

    Parameters
    ----------
    text
        Of any length.
    """
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}... ({len(text):,} characters)"


def number_text(value: float) -> str:
    """Return nan or an infinity as a text.

    Parameters
    ----------
    value
        No finite number.

    Returns
    -------
    str
        ``nan``, ``inf`` or ``-inf``.
    """
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def number(value: float | None) -> float | str | None:
    """Return a number for JSON, which has no nan and no infinity.

    Parameters
    ----------
    value
        Any number; None for none.

    Returns
    -------
    float, str or None
        A text for nan and the infinities, see `number_text`.
    """
    return value if value is None or math.isfinite(value) else number_text(value)


def moment(value: datetime | None) -> str | None:
    """Return a moment in the form of ISO 8601, with its offset from UTC.

    Parameters
    ----------
    value
        Without an offset it is local time; None for none.
    """
    if value is None:
        return None
    try:
        return (value if value.tzinfo else value.astimezone()).isoformat()
    except (OverflowError, ValueError, OSError):  # before the first year
        return value.isoformat()


def encode(answer: Any) -> bytes:
    """Return an answer as JSON in UTF-8.

    Parameters
    ----------
    answer
        Values that `to_json` returned.
    """
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # What is no UTF-8, half of a surrogate pair, becomes an escape, which JSON has too.
    return text.encode("utf-8", "backslashreplace")
