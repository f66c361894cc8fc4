"""Conditions that PostgreSQL decides rightly, as SQL; `Condition.matches` does the rest.

SQL decides for cells that stand in a column of their own. Numbers are compared by value, whatever
their type, and never rounded for it; texts by their characters, whatever the collation.
"""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from xetrack.model.kinds import TO_TEXT, Kind, kind_of
from xetrack.model.names import quoted
from xetrack_postgres.names import is_sayable
from xetrack_postgres.tables.storage import DIGITS, PLACES

if TYPE_CHECKING:
    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value
    from xetrack_postgres.tables.schema import StoredColumn

SQL = tuple[str, list["Value"]]
"""A text with placeholders, and the values for them."""

_NUMBERS = (bool, int, float, Decimal)
_ALIKE = {Kind.RAWTEXT: Kind.TEXT, Kind.LONGDURATION: Kind.DURATION}
_NUMERIC = frozenset({Kind.BOOL, Kind.INT, Kind.HUGEINT, Kind.FLOAT, Kind.DECIMAL})


def native_sql(  # noqa: PLR0911 - one for each kind of value
    column: StoredColumn, condition: Condition
) -> SQL | None:
    """Return SQL that decides a condition for cells in their own column.

    What the JSON holds of the column must be looked at besides.

    Parameters
    ----------
    column
        The column that the condition is on.
    condition
        What is asked of its cells.

    Returns
    -------
    tuple[str, list[Value]] | None
        The SQL and its parameters; None where only Python can decide.
    """
    symbol, value, kind = condition.operator, condition.value, kind_of(condition.value)
    name, means = quoted(column.name).replace("%", "%%"), column.meaning
    if kind is None or kind is Kind.NAN:
        return _of_missing(name if column.is_real else "NULL", symbol, kind), []
    if means is None or not column.is_real:
        return "false", []
    if isinstance(value, _NUMBERS) and means in _NUMERIC:
        return _of_number(name, means, symbol, value)
    if _ALIKE.get(kind, kind) is not means:
        return _unequal(name, symbol), []
    if isinstance(value, timedelta):
        return f"{name} {symbol} %s::float8", [value.total_seconds()]
    if means in {Kind.TEXT, Kind.PATH}:
        text = value if isinstance(value, str) else TO_TEXT[Kind.PATH](value)
        return _of_text(name, means, symbol, text)
    if getattr(value, "tzinfo", None) is not None:
        return _unequal(name, symbol), []  # those with a zone are in the JSON
    return None if means is Kind.JSON else (f"{name} {symbol} %s", [value])


def _unequal(name: str, symbol: str) -> str:
    """Return SQL for cells of which none can equal, or be compared with, a value."""
    return f"{name} IS NOT NULL" if symbol == "!=" else "false"


def _of_missing(name: str, symbol: str, kind: Kind | None) -> str:
    if symbol not in {"=", "!="}:
        return "false"
    if kind is Kind.NAN:  # always in the JSON
        return "false" if symbol == "=" else "true"
    return f"{name} IS {'' if symbol == '=' else 'NOT '}NULL"


def _of_text(name: str, means: Kind, symbol: str, text: str) -> SQL | None:
    if symbol in {"=", "!="}:
        sayable = is_sayable(text)
        return (f"{name} {symbol} %s::text", [text]) if sayable else (_unequal(name, symbol), [])
    # Paths are compared part by part.
    if means is Kind.PATH or not is_sayable(text):
        return None
    return f'{name} COLLATE "C" {symbol} %s::text', [text]


def _of_number(name: str, means: Kind, symbol: str, value: float | Decimal) -> SQL | None:
    if isinstance(value, Decimal) and value.is_nan():
        return _unequal(name, symbol), []
    if means is Kind.FLOAT:
        return _of_float(name, symbol, value)
    exact = Decimal(value)
    if exact.is_finite() and exact:
        if exact.adjusted() >= DIGITS:
            exact = Decimal("Infinity").copy_sign(exact)  # more than any cell
        elif exact.adjusted() - len(exact.as_tuple().digits) < -PLACES:
            return None
    number = f"{name}::int::numeric" if means is Kind.BOOL else f"{name}::numeric"
    return f"{number} {symbol} %s::numeric", [exact]


def _of_float(name: str, symbol: str, value: float | Decimal) -> SQL:
    """Compare floats with a number that may be none: then with the float next to it."""
    try:
        near = float(value)
    except OverflowError:
        near = math.inf if value > 0 else -math.inf
    if near != value:
        if symbol in {"=", "!="}:
            return _unequal(name, symbol), []
        below = near < value
        symbol = ("<=" if below else "<") if symbol[0] == "<" else (">" if below else ">=")
    return f"{name} {symbol} %s::float8", [near]
