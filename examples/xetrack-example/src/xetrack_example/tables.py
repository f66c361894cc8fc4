"""What a journal tells: tables, their columns and rows, built up event by event."""

from __future__ import annotations

import itertools
import operator
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from attrs import define

from xetrack.interfaces.engine import Column
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.engine import Condition, Query
    from xetrack.model.kinds import Value

Row = dict[str, Any]
"""Cells by the name of their column; a missing cell is not there."""

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@define
class Table:
    """One table."""

    columns: dict[str, Column]
    """By name, in the order they were added."""
    rows: dict[int, Row]
    """By a number that counts rows, in the order they were logged."""


class Tables:
    """All tables of a journal, after the events that were applied."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.logged: Counter[str] = Counter()
        """Rows that were ever logged, by table."""
        self._numbers = itertools.count()

    def apply(self, event: Any) -> None:
        """Take one event; each is a list of what happened, to which table, and more."""
        what, name, *more = event
        getattr(self, f"_{what}")(name, *more)

    def _all(self, name: str, events: list[Any]) -> None:  # noqa: ARG002 - each has its own
        """Several things happened at once, to any table."""
        for event in events:
            self.apply(event)

    def _columns(self, name: str, columns: list[tuple[str, str, list[str]]]) -> None:
        """Columns were added or widened."""
        table = self.tables.setdefault(
            name, Table({own: Column(own, own, frozenset({Kind.TEXT})) for own in OWN}, {})
        )
        for column, key, kinds in columns:
            before = table.columns.get(column) or Column(column, key, frozenset())
            table.columns[column] = replace(before, kinds=before.kinds | {*map(Kind, kinds)})

    def _rows(self, name: str, columns: list[str], rows: list[list[Value]]) -> None:
        """Rows were logged."""
        self.logged[name] += len(rows)
        for row in rows:
            self.tables[name].rows[next(self._numbers)] = {
                column: cell for column, cell in zip(columns, row, strict=True) if cell is not None
            }

    def _set(self, name: str, numbers: list[int], values: dict[str, Value]) -> None:
        """Cells were set. A row is replaced, as an answer may be reading the old one."""
        rows = self.tables[name].rows
        for number in numbers:
            merged = {**rows[number], **values}
            rows[number] = {key: cell for key, cell in merged.items() if cell is not None}

    def _delete(self, name: str, numbers: list[int]) -> None:
        """Rows were deleted."""
        for number in numbers:
            del self.tables[name].rows[number]

    def _drop(self, name: str) -> None:
        """A table was dropped."""
        del self.tables[name]


def chosen(table: Table, where: Sequence[Condition]) -> list[int]:
    """Return the numbers of the rows that fulfil all conditions."""
    return [
        number
        for number, row in table.rows.items()
        if all(fulfils(row.get(one.column), one.operator, one.value) for one in where)
    ]


def selected(table: Table, query: Query) -> list[Row]:
    """Return the rows that a query asks for, in its order."""
    rows = [table.rows[number] for number in chosen(table, query.where)]
    order = query.order
    if order is not None:
        there = [row for row in rows if order in row]
        missing = [row for row in rows if order not in row]
        there.sort(key=lambda row: sortable(row[order]), reverse=query.descending)
        rows = there + missing
    elif query.descending:
        rows.reverse()
    rows = rows[query.offset :]
    if query.limit is not None:
        rows = rows[: query.limit]
    return rows if query.tail is None else rows[max(0, len(rows) - query.tail) :]


def fulfils(cell: Value, sign: str, value: Value) -> bool:
    """Tell whether a cell fulfils a condition; see `xetrack.interfaces.engine.Condition`."""
    kind = kind_of(value)
    if kind is None or kind is Kind.NAN:
        found = kind_of(cell) is kind
        return {"=": found, "!=": not found}.get(sign, False)
    if cell is None or kind_of(cell) is Kind.NAN:
        return False
    alike = type(cell) is type(value) or (_is_number(cell) and _is_number(value))
    if sign in {"=", "!="}:
        return (alike and bool(cell == value)) == (sign == "=")
    try:
        return alike and bool(_COMPARE[sign](cell, value))
    except TypeError:  # dicts have no order
        return False


def sortable(cell: Value) -> tuple[str, Any]:
    """Return what sorts cells of any kinds: by kind, and within it by value."""
    if cell != cell:  # noqa: PLR0124 - nan, of a float or a Decimal
        return "nan", 0
    if _is_number(cell):
        return "", cell
    if isinstance(cell, str | bytes):
        return type(cell).__name__, cell
    return type(cell).__name__, str(cell)


def _is_number(cell: Value) -> bool:
    return isinstance(cell, bool | int | float | Decimal)


def cells(rows: Iterable[Row], names: Sequence[str]) -> list[list[Value]]:
    """Return rows column by column."""
    kept = [*rows]
    return [[row.get(name) for row in kept] for name in names]
