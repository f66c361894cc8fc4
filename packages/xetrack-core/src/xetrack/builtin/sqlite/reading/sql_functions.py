"""Comparisons that SQL would get wrong, because of how the kinds of value are kept.

A Decimal, a huge integer and a text all lie in the file as text; only Python knows that the
first two are numbers. So where a condition or its column is of such a kind, SQLite asks
`holds` for each cell. Everything else SQLite compares by itself.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.tables.storage import decode_cell, meanings, storage_class
from xetrack.model.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from xetrack.model.kinds import Value

FUNCTION = "xetrack_holds"
"""The name under which connections know `holds`."""

NUMBERS = frozenset({Kind.BOOL, Kind.INT, Kind.BIGINT, Kind.FLOAT})
"""The numbers that SQLite knows as such."""

_NATIVE = NUMBERS | {Kind.NAN, Kind.TEXT, Kind.BYTES}
_OPERATORS: dict[str, Callable[[Value, Value], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_native(kind: Kind, column: Iterable[Kind]) -> bool:
    """Tell whether SQLite compares a value of this kind rightly with the cells of a column."""
    return _NATIVE.issuperset((kind, *column))


def holds(cell: Value, noted: str, kinds: str, symbol: str, wanted: Value, kind: str) -> bool:
    """Tell whether a stored cell fulfils a condition.

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
    left = cell if known is None else decode_cell(cell, known)
    right = _wanted(wanted, Kind(kind))
    if symbol == "!=":
        return not _compared("=", left, right)
    return _compared(symbol, left, right)


def _compared(symbol: str, left: Value, right: Value) -> bool:
    numbers = bool | int | float | Decimal
    if type(left) is not type(right) and not (
        isinstance(left, numbers) and isinstance(right, numbers)
    ):
        return False
    try:
        return bool(_OPERATORS[symbol](left, right))
    except (TypeError, ArithmeticError):  # dicts have no order, and a signalling nan no equal
        return False


@lru_cache(maxsize=64)
def _meanings(kinds: str) -> dict[type, Kind]:
    return meanings(Kind(kind) for kind in kinds.split(",") if kind)


@lru_cache(maxsize=64, typed=True)
def _wanted(stored: Value, kind: Kind) -> Value:
    return decode_cell(stored, kind)
