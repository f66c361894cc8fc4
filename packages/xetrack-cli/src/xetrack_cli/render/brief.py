"""Times and values in few characters, for the cells of an overview."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from xetrack.errors.escapes import escaped
from xetrack_cli.render.cells import is_number, quoted_text_of, width_of
from xetrack_cli.render.fit import DOTS, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEN, _MINUTE, _HOUR, _DAY = 10, 60, 3_600, 86_400

LONGEST = 100
"""Places that several values take at most in one cell, and a text of somebody's."""

_LONGEST_VALUE = 32

_CALL = ("function_name", "args", "kwargs", "error", "function_time")
"""What is recorded of every tracked call."""


def brief_age(seconds: float) -> str:
    """Write how long ago something was, in its largest unit: ``40s``, ``3m``, ``2h``, ``5d``.

    Parameters
    ----------
    seconds
        What is less than 0, by clocks that disagree, counts as 0.

    Examples
    --------
    >>> brief_age(5 * 86_400 + 7)
    '5d'
    """
    for unit, length in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
        if seconds >= length:
            return f"{int(seconds // length)}{unit}"
    return f"{max(int(seconds), 0)}s"


def brief_duration(seconds: float) -> str:
    """Write a length of time in its two largest units: ``0.25s``, ``3m 20s``, ``2d 4h``.

    Parameters
    ----------
    seconds
        The length.

    Examples
    --------
    >>> brief_duration(7_500)
    '2h 5m'
    """
    if seconds < _MINUTE:
        return f"{seconds:.0f}s" if seconds >= _TEN else f"{seconds:.2g}s"
    units = (("d", _DAY), ("h", _HOUR), ("m", _MINUTE), ("s", 1))
    for (unit, length), (below, part) in pairwise(units):
        if seconds >= length:
            rest = int(seconds % length // part)
            return f"{int(seconds // length)}{unit}" + (f" {rest}{below}" if rest else "")
    return f"{seconds:.0f}s"


def brief_values(values: Mapping[str, Any]) -> str:
    """Write named values as ``lr=0.1 model=wide``, as many as a cell has room for.

    What says most in little room comes first: numbers, short texts, then what is recorded of every
    tracked call.

    Parameters
    ----------
    values
        Values by name; what is missing or empty is left out.

    Returns
    -------
    str
        At most `LONGEST` places, unless one name is longer; ``… +3`` stands for three that are left
        out.
    """

    def place(item: tuple[str, Any]) -> tuple[bool, int]:
        name, value = item
        return name in _CALL, 0 if is_number(value) else len(str(value))

    written = (
        (escaped(name), escaped(quoted_text_of(value, short=True)))
        for name, value in sorted(values.items(), key=place)
    )
    words = [
        f"{shortened(name, _LONGEST_VALUE)}={shortened(text, _LONGEST_VALUE)}"
        for name, text in written
        if text not in {"", "{}", "[]"}
    ]
    shown: list[str] = []
    room = LONGEST
    for word in words:
        room -= width_of(word) + 1
        if room < 0:
            break
        shown.append(word)
    left_out = len(words) - len(shown)
    return " ".join([*shown, *([f"{DOTS} +{left_out}"] if left_out else [])])


def brief_text(text: str | None, longest: int = LONGEST) -> str | None:
    """Return a text in one line that is not longer than so many places; None for None.

    Parameters
    ----------
    text
        Anything.
    longest
        Places of a terminal.
    """
    return None if text is None else shortened(escaped(" ".join(text.split())), longest)
