"""What is in a column, as far as it decides the type of the column in a frame or a file.

For whoever writes a frame backend, or an engine that writes files.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from xetrack.model.kinds import EXACT_INT, INT64, TO_TEXT, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.model.kinds import Value


def types_of(cells: Sequence[Value], kinds: frozenset[Kind]) -> tuple[set[type], bool]:
    """Return the types in a column, and whether cells are missing.

    Parameters
    ----------
    cells
        The cells of the column, None where one is missing.
    kinds
        The kinds of the column in its table, which decide where all cells are missing.
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
    Kind.DURATION: timedelta,
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
    """Return True if the usual types of a library hold the cells of a column exactly.

    These are 64 bits for integers and for the microseconds of durations, a float for integers
    among floats, and UTF-8 for text.

    Parameters
    ----------
    cells
        The cells of the column, None where one is missing.
    types
        Their types, as `types_of` returns them.
    kinds
        The kinds of the column in its table.
    """
    if int in types:
        low, high = (-EXACT_INT, EXACT_INT) if float in types else (-INT64, INT64 - 1)
        return all(low <= cell <= high for cell in cells if type(cell) is int)
    if types == {timedelta}:
        return all(
            -_INT64_TIME <= cell <= _INT64_TIME for cell in cells if isinstance(cell, timedelta)
        )
    if types == {str} and Kind.RAWTEXT in kinds:
        return all(kind_of(cell) is Kind.TEXT for cell in cells if cell is not None)
    return True


_INT64_TIME = timedelta(microseconds=INT64 - 1)


def common_offset(cells: Sequence[Any]) -> timedelta | None:
    """Return the offset from UTC that all datetimes of a column have; None for none or several.

    It is None as well where a datetime is in another year than 1 to 9999 in UTC, by which libraries
    keep them.

    Parameters
    ----------
    cells
        Datetimes, None where one is missing.
    """
    moments = [cell for cell in cells if cell is not None]
    offsets: set[timedelta | None] = {cell.utcoffset() for cell in moments}
    if len(offsets) != 1 or None in offsets:
        return None
    try:
        min(moments).astimezone(UTC)
        max(moments).astimezone(UTC)
    except OverflowError:
        return None
    return offsets.pop()


def are_naive(cells: Sequence[Any]) -> bool:
    """Return True if no datetime or time among the cells has a time zone.

    Parameters
    ----------
    cells
        Datetimes or times, None where one is missing.
    """
    return all(cell is None or cell.tzinfo is None for cell in cells)


_FAMILIES = {
    Kind.BIGINT: Kind.INT,
    Kind.NAN: Kind.FLOAT,
    Kind.LONGDURATION: Kind.DURATION,
}
"""Kinds that share a type with another."""

_KIND_OF_TYPE = {bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, str: Kind.TEXT}


def family_of(kind: Kind) -> Kind:
    """Return the kind whose type a kind shares, such as INT for BIGINT.

    Parameters
    ----------
    kind
        The kind of a cell.
    """
    return _FAMILIES.get(kind, kind)


def kind_of_cells(cells: Sequence[Value], kinds: frozenset[Kind]) -> Kind | None:
    """Return the kind of cells that are numbers, booleans or text of one type, or else None.

    Parameters
    ----------
    cells
        The cells of a column, None where one is missing.
    kinds
        The kinds of the column in its table.
    """
    types, _ = types_of(cells, kinds)
    if types == {int, float} and fits(cells, types, kinds):
        return Kind.FLOAT
    if len(types) == 1 and fits(cells, types, kinds):
        return _KIND_OF_TYPE.get(next(iter(types)))
    return None


def uniform(cells: Sequence[Value], kinds: frozenset[Kind]) -> tuple[Kind | None, Sequence[Value]]:
    """Return one kind for a column and cells of it, where there are no unions.

    See `xetrack.interfaces.engines.capabilities.ColumnUnifier`. Several kinds become text. Where no
    cell is there, the kinds of the whole table decide, so that a column has the same type in every
    file.

    Parameters
    ----------
    cells
        The cells of the column, None where one is missing.
    kinds
        The kinds of the column in its table.
    """
    kind = kind_of_cells(cells, kinds)
    if kind is not None:
        return kind, cells
    families = {family_of(kind) for kind in map(kind_of, cells) if kind is not None}
    if not families:
        families = set(map(family_of, kinds))
        return storable(cells, families.pop() if len(families) == 1 else None)
    if len(families) == 1:
        return storable(cells, families.pop())
    return Kind.TEXT, [None if cell is None else _text(cell) for cell in cells]


def storable(cells: Sequence[Value], kind: Kind | None) -> tuple[Kind | None, Sequence[Value]]:
    """Return a kind that file formats have a type for, and the cells of it.

    Parameters
    ----------
    cells
        Cells that are missing or of the kind.
    kind
        Their kind; None where all are missing.
    """
    if kind in _AS_THEY_ARE:
        return kind, cells
    if kind is Kind.RAWTEXT:
        return Kind.BYTES, [
            cell.encode("utf-8", "surrogatepass") if isinstance(cell, str) else None
            for cell in cells
        ]
    if kind is Kind.TIME and are_naive(cells):
        return kind, cells
    if kind is Kind.DURATION and fits(cells, {timedelta}, frozenset()):
        return kind, cells
    # With and without a zone, only text says which is which.
    if kind is Kind.DATETIME and (are_naive(cells) or _are_zoned(cells)):
        return kind, cells
    return Kind.TEXT, [None if cell is None else TO_TEXT[kind](cell) for cell in cells]


def _are_zoned(cells: Sequence[Any]) -> bool:
    return all(cell is None or cell.tzinfo is not None for cell in cells)


_AS_THEY_ARE = {None, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.BYTES, Kind.DATE, Kind.TEXT}


def _text(cell: Value) -> str:
    """Return a cell among others of other kinds as text that UTF-8 can say."""
    text = TO_TEXT.get(kind_of(cell), str)(cell)
    return text.encode("utf-8", "backslashreplace").decode()
