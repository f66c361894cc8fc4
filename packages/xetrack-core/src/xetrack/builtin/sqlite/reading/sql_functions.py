"""Comparisons that SQL would get wrong, because of how the kinds of value are kept.

A Decimal, a huge integer and a text all lie in the file as text; only Python knows that the
first two are numbers. So where a condition or its column is of such a kind, SQLite asks
`holds` for each cell, which asks the condition. Everything else SQLite compares by itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.tables.storage import decode_cell, meanings, storage_class
from xetrack.interfaces.query import Condition
from xetrack.model.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.builtin.sqlite.tables.storage import StoredCell
    from xetrack.interfaces.query import Operator

FUNCTION = "xetrack_holds"
"""The name under which connections know `holds`."""

NUMBERS = frozenset({Kind.BOOL, Kind.INT, Kind.BIGINT, Kind.FLOAT})
"""The numbers that SQLite knows as such."""

_NATIVE = NUMBERS | {Kind.NAN, Kind.TEXT, Kind.BYTES}


def is_native(kind: Kind, column: Iterable[Kind]) -> bool:
    """Return True if SQLite compares a value rightly with the cells of a column.

    Parameters
    ----------
    kind
        The kind of the value.
    column
        The kinds of the column.
    """
    return _NATIVE.issuperset((kind, *column)) or {kind, *column} - {Kind.NAN} == {Kind.DURATION}


def is_sorted_exactly(column: Iterable[Kind]) -> bool:
    """Return True if SQLite sorts cells of these kinds as `xetrack.interfaces.query.sort_key`.

    Parameters
    ----------
    column
        The kinds of its cells.
    """
    kinds = {*column} - {Kind.NAN}
    return _NATIVE.issuperset(kinds) or kinds in ({Kind.DATE}, {Kind.DURATION}, {Kind.JSON})


def holds(
    cell: StoredCell, noted: str, kinds: str, symbol: Operator, wanted: StoredCell, kind: str
) -> bool:
    """Return True if a stored cell fulfils a condition.

    Parameters
    ----------
    cell
        As stored.
    noted
        The kind that a note gives it; empty without one.
    kinds
        The kinds of its column in order of arrival, with commas between.
    symbol
        The operator.
    wanted
        The value of the condition, as it would be stored.
    kind
        The kind of that value.
    """
    if cell is None:
        return False
    known = _meanings(kinds).get(type(cell))
    if noted and storage_class(Kind(noted)) is type(cell):
        known = Kind(noted)
    plain = cell if known is None else decode_cell(cell, known)
    return _condition(symbol, wanted, Kind(kind)).matches(plain)


@lru_cache(maxsize=64)
def _meanings(kinds: str) -> dict[type, Kind]:
    return meanings(Kind(kind) for kind in kinds.split(",") if kind)


@lru_cache(maxsize=64, typed=True)
def _condition(symbol: Operator, stored: StoredCell, kind: Kind) -> Condition:
    return Condition("", symbol, decode_cell(stored, kind))
