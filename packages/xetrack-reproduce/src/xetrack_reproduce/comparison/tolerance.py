"""How far apart two values may be: ``loss=1e-6``, or ``loss=0.1%`` of the recorded value."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from xetrack.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

EXPECTED = "COLUMN=NUMBER, as loss=1e-6, or COLUMN=NUMBER% of the recorded value, as loss=0.1%"
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")


class Tolerance(NamedTuple):
    """The largest difference that counts as none."""

    number: float = 0.0
    is_relative: bool = False

    def accepts(self, old: float, new: float) -> bool:
        """Return True if two different numbers are near enough.

        Parameters
        ----------
        old, new
            The recorded number, and the new one.
        """
        if self.number == math.inf:
            return True
        limit = self.number * abs(old) if self.is_relative else self.number
        return _distance(old, new) <= limit  # never true of nan


NONE = Tolerance()


def parse_tolerances(texts: Iterable[str]) -> dict[str, Tolerance]:
    """Return tolerances by column.

    Parameters
    ----------
    texts
        What the user typed; a column may have a ``=`` in its name.

    Raises
    ------
    InvalidArgumentError
        One is no tolerance.
    """
    tolerances: dict[str, Tolerance] = {}
    for text in texts:
        column, _, number = text.rpartition("=")
        try:
            limit = float(number.removesuffix("%"))
        except ValueError:
            limit = -1.0
        if not column or not limit >= 0:
            raise InvalidArgumentError("tolerance", text, EXPECTED)
        is_relative = number.endswith("%")
        tolerances[column] = Tolerance(limit / 100 if is_relative else limit, is_relative)
    return tolerances


def differ_by(old: Any, new: Any, tolerance: Tolerance = NONE) -> float | None:
    """Return how far apart two values are: 0 if equal, None if they are different.

    nan equals nan, and a number equals a number of another type, but a bool equals a bool only. In
    a list or a mapping each value counts. In texts the addresses of objects do not count.

    Parameters
    ----------
    old, new
        Plain values.
    tolerance
        The difference that numbers may have; of what is no number, an infinite one accepts any.
    """
    if _is_number(old) and _is_number(new):
        if old == new or (old != old and new != new):  # noqa: PLR0124 - nan
            return 0.0
        return _distance(old, new) if tolerance.accepts(old, new) else None
    pairs = None
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        pairs = [(value, new[key]) for key, value in old.items()]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = list(zip(old, new, strict=True))
    if pairs is not None:
        distances = [differ_by(*pair, tolerance) for pair in pairs]
        return None if None in distances else max(filter(None, distances), default=0.0)
    if isinstance(old, str) and isinstance(new, str):
        old, new = _ADDRESS.sub("", old), _ADDRESS.sub("", new)
    if isinstance(old, Decimal) and isinstance(new, Decimal) and old.is_nan() and new.is_nan():
        return 0.0
    if type(old) is type(new) and old == new:
        return 0.0
    return math.inf if tolerance.number == math.inf else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _distance(old: float, new: float) -> float:
    try:
        return float(abs(new - old))
    except OverflowError:  # of whole numbers that no float can hold
        return math.inf
