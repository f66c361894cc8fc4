"""What is in a column, as far as it decides the dtype of a frame."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from xetrack.model.kinds import EXACT_INT, INT64, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.model.kinds import Value


def types_of(cells: Sequence[Value], kinds: frozenset[Kind]) -> tuple[set[type], bool]:
    """Return the types in a column, and whether cells are missing.

    Where all are missing, the kinds of the whole table decide.
    """
    types = set(map(type, cells))
    gaps = type(None) in types
    types.discard(type(None))
    return types or {_TYPE_OF_KIND.get(kind, object) for kind in kinds}, gaps


_TYPE_OF_KIND = {
    Kind.BOOL: bool,
    Kind.INT: int,
    Kind.BIGINT: int,
    Kind.FLOAT: float,
    Kind.NAN: float,
    Kind.TEXT: str,
    Kind.BYTES: bytes,
    Kind.DATETIME: datetime,
    Kind.DATE: date,
    Kind.TIME: time,
}


UNIFORM: dict[frozenset[Kind], type] = {
    frozenset({Kind.FLOAT}): float,
    frozenset({Kind.FLOAT, Kind.NAN}): float,
    frozenset({Kind.FLOAT, Kind.INT}): float,
    frozenset({Kind.FLOAT, Kind.INT, Kind.NAN}): float,
    frozenset({Kind.INT}): int,
    frozenset({Kind.INT, Kind.BIGINT}): int,
    frozenset({Kind.BOOL}): bool,
    frozenset({Kind.TEXT}): str,
}
"""The Python type of columns whose cells any library keeps without objects."""


def fits(cells: Sequence[Value], types: set[type], kinds: frozenset[Kind]) -> bool:
    """Tell whether 64 bits hold the integers, a float the integers among floats, UTF-8 the text."""
    if int in types:
        low, high = (-EXACT_INT, EXACT_INT) if float in types else (-INT64, INT64 - 1)
        return all(low <= cell <= high for cell in cells if type(cell) is int)
    if types == {str} and Kind.RAWTEXT in kinds:
        return all(kind_of(cell) is Kind.TEXT for cell in cells if cell is not None)
    return True


def are_naive(cells: Sequence[Value]) -> bool:
    """Tell whether no datetime or time among the cells has a time zone."""
    return all(cell is None or cell.tzinfo is None for cell in cells)
