"""Numbers of cells, and the part of a range in which one is; see the package for the rules."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from xetrack.model.names import TIMESTAMP

if TYPE_CHECKING:
    from datetime import tzinfo

    from xetrack.model.kinds import Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = 16
"""Characters of a timestamp up to its minutes."""


def number_of(cell: Value) -> float | None:
    """Return the number of a cell; None where it is none.

    Parameters
    ----------
    cell
        A plain value.

    Examples
    --------
    >>> number_of(True), number_of(10**400), number_of("1")
    (1.0, inf, None)
    """
    if type(cell) is float:
        return cell
    if isinstance(cell, bool | int | Decimal):
        try:
            return float(cell)
        except OverflowError:
            return math.inf if cell > 0 else -math.inf
        except ValueError:  # a Decimal that signals
            return math.nan
    return cell.total_seconds() if isinstance(cell, timedelta) else None


def moment_of(stamp: Value, offset: Value) -> float | None:
    """Return the moment of a timestamp, in seconds since 1970 UTC; None where it is no time.

    Parameters
    ----------
    stamp
        The cell of the column ``timestamp``.
    offset
        The cell of the column ``utc_offset``; what is no offset does not count.

    Examples
    --------
    >>> moment_of("1970-01-02 02:00:00.250000", "+02:00")
    86400.25
    """
    if not isinstance(stamp, str):
        return number_of(stamp)  # another program's table
    try:
        moment = datetime.fromisoformat(stamp)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=_zone(stamp[:_MINUTE], offset))
        return (moment - _EPOCH).total_seconds()
    except (ValueError, OverflowError, OSError):
        return None


def _zone(minute: str, offset: Value) -> tzinfo | None:
    text = offset if isinstance(offset, str) and offset[:1] in {"+", "-"} else ""
    return _zone_at(minute, text)


@lru_cache(maxsize=1_024)
def _zone_at(minute: str, offset: str) -> tzinfo | None:
    """Return the offset that local time had in a minute, if none is stored."""
    if offset:
        try:
            return datetime.fromisoformat(minute + offset).tzinfo
        except ValueError:  # a user may log such a key
            pass
    return datetime.fromisoformat(minute).astimezone().tzinfo


def axis_columns(x: str | None, offset: str | None) -> tuple[str, ...]:
    """Return the columns that the x of a row is made from.

    Parameters
    ----------
    x
        The axis; see `SeriesQuery.x`.
    offset
        Name of the table's column of offsets from UTC; None if it has none.

    Returns
    -------
    tuple of str
        None without an axis, one for a column of numbers, and for ``timestamp`` the column of the
        offset too, where the table has one.
    """
    if x is None:
        return ()
    return (x, offset) if x == TIMESTAMP and offset is not None else (x,)


@dataclass(frozen=True, slots=True)
class Scale:
    """A range that is cut into parts; engines that compute in SQL take its fields.

    ``floor((x * factor - start) / width * buckets)`` is the number of x, but ``buckets - 1`` at
    most, and 0 for a width of 0.
    """

    low: float
    """The smallest x."""
    high: float
    """The largest x."""
    buckets: int
    """Number of parts."""

    factor: float = field(init=False)
    """What x is multiplied by: 1, or 0.5 where the range is wider than the largest float."""
    start: float = field(init=False)
    """The low end, multiplied by the factor."""
    width: float = field(init=False)
    """The width of the range, multiplied by the factor."""

    def __post_init__(self) -> None:
        factor = 1.0 if math.isfinite(self.high - self.low) else 0.5
        start = self.low * factor
        object.__setattr__(self, "factor", factor)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "width", self.high * factor - start)

    def number(self, x: float) -> int:
        """Return the part in which a number is.

        Parameters
        ----------
        x
            A number of the range.
        """
        if not self.width:
            return 0
        place = int((x * self.factor - self.start) / self.width * self.buckets)
        return min(place, self.buckets - 1)
