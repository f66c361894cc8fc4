"""Queries: conditions on rows and their order, defined for every kind of value.

The meaning is defined here, once, for values in memory: `Condition.matches` decides whether a cell
matches a condition, `Query.apply` which rows an answer has and in which order. An engine may let
its database decide wherever that gives the same answer, and uses these two for all else.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

from xetrack.errors import InvalidArgumentError
from xetrack.model.kinds import TO_TEXT, Kind, NotPlainError, plain
from xetrack.model.validation import checked_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.model.kinds import Scalar, Value

T = TypeVar("T")
RowT = TypeVar("RowT", bound="Mapping[str, Value]")

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
OPERATORS: tuple[Operator, ...] = ("=", "!=", "<", "<=", ">", ">=")

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBERS = (bool, int, float, Decimal)


@dataclass(frozen=True, slots=True, init=False)
class Condition:
    """A comparison of one column with a value.

    Parameters
    ----------
    column
        Name of the column, or the key as it was logged.
    operator
        One of `OPERATORS`.
    value
        What ``log`` takes as a value of a cell: NumPy scalars, enums and subclasses become the
        plain value that the cell holds. An object in the asset store is compared by its id.

    Raises
    ------
    InvalidArgumentError
        There is no such operator, or no cell can hold the value.

    **Missing cells.** ``=`` and ``!=`` with None ask for missing and present cells, with nan for
    nan cells and all others. With any other value, neither a missing cell nor nan matches.

    **Types.** Numbers compare by value, exactly, whatever their type. All other values are equal
    only within one type: a number never equals a text, nor a date a datetime. What cannot be
    compared (values of two types, a naive datetime and one with a time zone, dicts, a Decimal nan)
    is unequal, and neither less nor more.
    """

    column: str
    """Name of the column."""
    operator: Operator
    """How to compare a cell with the value."""
    value: Value
    """The plain value to compare with."""

    def __init__(self, column: str, operator: Operator, value: object) -> None:
        if operator not in OPERATORS:
            raise InvalidArgumentError("operator", operator, f"one of {', '.join(OPERATORS)}")
        try:
            plain_value = plain(value)
        except NotPlainError:
            expected = "a value that a cell holds: of an object in the asset store, its id"
            raise InvalidArgumentError("value", type(value).__name__, expected) from None
        object.__setattr__(self, "column", column)
        object.__setattr__(self, "operator", operator)
        object.__setattr__(self, "value", plain_value)

    def matches(self, cell: Value) -> bool:
        """Return True if a cell matches this condition.

        Parameters
        ----------
        cell
            A plain value; None for a missing cell.

        Returns
        -------
        bool
            Whether it matches; every pair of plain values has an answer.

        Examples
        --------
        >>> Condition("loss", "<", 1).matches(0.5)
        True
        >>> Condition("loss", "!=", 1).matches("1")
        True
        >>> Condition("loss", "!=", 1).matches(None)
        False
        """
        symbol, value = self.operator, self.value
        if value is None:
            return (cell is None) == (symbol == "=") if symbol in {"=", "!="} else False
        if _is_nan(value):
            return _is_nan(cell) == (symbol == "=") if symbol in {"=", "!="} else False
        if cell is None or _is_nan(cell):
            return False
        if type(cell) is not type(value) and not (
            isinstance(cell, _NUMBERS) and isinstance(value, _NUMBERS)
        ):
            return symbol == "!="
        try:
            return bool(_COMPARE[symbol](_comparable(cell), _comparable(value)))
        except (TypeError, ArithmeticError):  # dicts have no order, a signalling nan no equal
            return symbol == "!="


def checked_conditions(where: object) -> tuple[Condition, ...]:
    """Return conditions that a user gave.

    Parameters
    ----------
    where
        A list of conditions, or of tuples ``(column, operator, value)``.

    Raises
    ------
    InvalidArgumentError
        It is none.
    """
    expected = "a list of conditions, such as where=[('loss', '<', 1)]"
    if isinstance(where, Condition):
        return (where,)
    return tuple(_condition(each, expected) for each in checked_items("where", where, expected))


def _condition(value: object, expected: str) -> Condition:
    if not isinstance(value, Condition):
        if not isinstance(value, tuple | list) or len(value) != 3:  # noqa: PLR2004 - its fields
            raise InvalidArgumentError("where", value, expected)
        value = Condition(*value)
    if not isinstance(value.column, str):
        raise InvalidArgumentError("where", value.column, f"{expected}, with the name of a column")
    if value.operator not in OPERATORS:
        symbols = " ".join(OPERATORS)
        raise InvalidArgumentError("where", value.operator, f"{expected}, with one of {symbols}")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The selection and order of cells to read."""

    columns: tuple[str, ...] | None = None
    """Names of columns, in the order of the answer; None for all, in the order they were added."""
    where: tuple[Condition, ...] = ()
    """Conditions, all of which a row must match."""
    order: str | None = None
    """Sort by this column, missing cells last; None for the order in which rows were logged,
    which also decides among equals. See `sort_key`."""
    descending: bool = False
    """Whether to reverse the order; missing cells stay last."""
    offset: int = 0
    """Number of rows to skip at the front."""
    limit: int | None = None
    """The largest number of rows, taken from the front; None for all."""
    tail: int | None = None
    """The largest number of rows, taken from the end of what `offset` and `limit` leave, in their
    order; None for all."""

    def apply(self, rows: Iterable[RowT]) -> list[RowT]:
        """Return the rows of the answer, in its order.

        Parameters
        ----------
        rows
            All rows, in the order in which they were logged, as mappings from the name of a column
            to a plain value. A missing cell is None or not in the mapping.

        Returns
        -------
        list
            Those that match all conditions, sorted, then cut by `offset`, `limit` and `tail`. The
            rows themselves, with all their cells: `columns` plays no part.

        Examples
        --------
        >>> rows = [{"n": 0, "loss": 0.5}, {"n": 1, "loss": 0.1}, {"n": 2}]
        >>> Query(order="loss").apply(rows)
        [{'n': 1, 'loss': 0.1}, {'n': 0, 'loss': 0.5}, {'n': 2}]
        >>> Query(where=(Condition("loss", "!=", None),), tail=1).apply(rows)
        [{'n': 1, 'loss': 0.1}]
        """
        matching = [row for row in rows if matches_all(row, self.where)]
        if self.order is not None:
            return self.arrange(matching, [row.get(self.order) for row in matching])
        return self._cut(matching[::-1] if self.descending else matching)

    def arrange(self, rows: Sequence[T], cells: Iterable[Value]) -> list[T]:
        """Sort rows by cells that were read separately, then apply `offset`, `limit` and `tail`.

        An engine whose database cannot sort a column reads that column with the row numbers only,
        then the rows whose numbers this returns.

        Parameters
        ----------
        rows
            Rows that match the conditions, or their numbers, in the order they were logged.
        cells
            The cell of each row in the column `order`.

        Returns
        -------
        list
            The rows as `apply` sorts and cuts them.
        """
        keyed = [(sort_key(cell), row) for cell, row in zip(cells, rows, strict=True)]
        present = [(key, row) for key, row in keyed if key is not None]
        present.sort(key=operator.itemgetter(0), reverse=self.descending)
        missing = [row for key, row in keyed if key is None]
        return self._cut([row for _, row in present] + missing)

    def _cut(self, rows: list[T]) -> list[T]:
        rows = rows[self.offset :]
        if self.limit is not None:
            rows = rows[: self.limit]
        return rows if self.tail is None else rows[max(0, len(rows) - self.tail) :]


def matches_all(row: Mapping[str, Value], where: Iterable[Condition]) -> bool:
    """Return True if a row matches all conditions.

    Parameters
    ----------
    row
        Cells by column, as for `Query.apply`.
    where
        The conditions; without any, every row matches.
    """
    return all(condition.matches(row.get(condition.column)) for condition in where)


def sort_key(cell: Value) -> tuple[int, Any] | None:
    """Return the key to sort a cell of any kind by; None for a cell that counts as missing.

    Numbers come first, by value whatever their type, then texts by their characters, then bytes.
    Behind them, and each by value, come dates, naive datetimes, datetimes with a time zone (by the
    moment that they name), naive times, times with a time zone, paths, and durations; lists and
    dicts come last, by their JSON text. None, nan and a Decimal nan count as missing.

    Parameters
    ----------
    cell
        A plain value.

    Returns
    -------
    tuple or None
        A rank, and the value to compare within it.

    Examples
    --------
    >>> sorted(["b", 10, "a", 2.5], key=sort_key)
    [2.5, 10, 'a', 'b']
    """
    if cell is None or _is_nan(cell) or (type(cell) is Decimal and cell.is_nan()):
        return None
    if isinstance(cell, _NUMBERS):
        return 0, cell
    rank = _RANKS.get(type(cell))
    if rank is None:
        return 10, TO_TEXT[Kind.JSON](cell)
    has_zone = isinstance(cell, datetime | time) and cell.utcoffset() is not None
    return rank + has_zone, _comparable(cell)


_RANKS: Mapping[type, int] = {
    str: 1,
    bytes: 2,
    date: 3,
    datetime: 4,
    time: 6,
    type(Path()): 8,
    timedelta: 9,
}


_COMPLEX = frozenset({float, Decimal, datetime, time, list, dict})


def _is_nan(value: Value) -> bool:
    return type(value) is float and value != value  # noqa: PLR0124 - what tells nan apart


@overload
def _comparable(value: Scalar) -> Scalar: ...
@overload
def _comparable(value: Value) -> Value: ...
def _comparable(value: Value) -> Value:
    """Return a value whose comparisons depend on nothing but what would be stored of it.

    To Python, a list equals another that holds the same nan object, and two datetimes of one
    `tzinfo` object compare by their clocks, two of different ones by the moments that they name.
    """
    if type(value) not in _COMPLEX:
        return value
    if type(value) is list:
        return [_comparable(item) for item in value]
    if type(value) is dict:
        return {_comparable(key): _comparable(item) for key, item in value.items()}
    if type(value) is datetime or type(value) is time:
        offset = value.utcoffset()
        return value if offset is None else value.replace(tzinfo=timezone(offset), fold=0)
    if _is_nan(value):
        return float("nan")
    return Decimal(str(value)) if type(value) is Decimal and value.is_nan() else value
