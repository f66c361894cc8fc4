"""Conditions: SQL where it decides as `Condition.matches` does, and else that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from xetrack.errors import ColumnNotFoundError
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import quoted
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.values import plain_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import StoredColumn, Table

_SMALL = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT})
"""Numbers that are exact in a float."""

_ALIKE = (
    _SMALL | {Kind.NAN},
    frozenset({Kind.BOOL, Kind.INT, Kind.BIGINT}),
    frozenset({Kind.TEXT}),
    frozenset({Kind.BYTES}),
)
"""Kinds that SQL compares rightly with each other."""


@frozen
class Where:
    """The rows that fulfil conditions, as SQL on one connection."""

    sql: str
    """Begins with WHERE, or is empty."""
    values: list[Value]


def located(table: Table, name: str) -> StoredColumn:
    """Return a column by name."""
    try:
        return table.by_name[name]
    except KeyError:
        raise ColumnNotFoundError(name, table.name, table.by_name) from None


def where(connection: DuckDBPyConnection, table: Table, conditions: Sequence[Condition]) -> Where:
    """Turn conditions into SQL; called in the transaction in which that is used."""
    parts: list[str] = []
    values: list[Value] = []
    asked = [(condition, located(table, condition.column)) for condition in conditions]
    for number, (condition, column) in enumerate(asked):
        kind = kind_of(condition.value)
        if kind is None or kind is Kind.NAN:
            parts.append(_missing(table, column, condition.operator, kind))
        elif column.key is not None and _is_native(kind, column.kinds):
            cell = f"CAST({column.sql} AS INTEGER)" if column.type == "BOOLEAN" else column.sql
            given = int(condition.value) if kind is Kind.BOOL else condition.value
            parts.append(f"{cell} {condition.operator} ?")
            values.append(given)
        else:
            parts.append(_compared(connection, table, column, condition, number))
    return Where(f" WHERE {' AND '.join(parts)}" if parts else "", values)


def _is_native(kind: Kind, column: frozenset[Kind]) -> bool:
    return any(alike.issuperset({kind, *column}) for alike in _ALIKE)


def is_sorted_exactly(column: StoredColumn) -> bool:
    """Return True if DuckDB sorts the cells as `xetrack.interfaces.query.sort_key` says."""
    kinds = column.kinds - {Kind.NAN}
    return (
        column.key is None
        or kinds in ({Kind.DATE}, {Kind.DATETIME})
        or any(kinds <= alike for alike in _ALIKE)
    )


def has_zones(table: Table, column: StoredColumn) -> bool:
    """Return True if a column may hold datetimes with a zone: they are noted, and lie as UTC."""
    return table.has_notes and column.key is not None and Kind.DATETIME in column.kinds


def _missing(table: Table, column: StoredColumn, symbol: str, kind: Kind | None) -> str:
    """Return SQL that asks for missing cells or nan, or for others."""
    if symbol not in {"=", "!="}:
        return "false"  # nothing is less or more than a missing cell or nan
    found = f"{column.sql} IS NULL"
    if kind is Kind.NAN:
        found = (
            f"{found} AND {cell_kinds.is_noted(column.name, 'nan;')}"
            if table.has_notes
            else "false"
        )
    elif table.has_notes:
        found = f"{found} AND NOT {cell_kinds.is_noted(column.name)}"
    return f"NOT ({found})" if symbol == "!=" else f"({found})"


def _compared(
    connection: DuckDBPyConnection,
    table: Table,
    column: StoredColumn,
    condition: Condition,
    number: int,
) -> str:
    """Compare cell by cell in Python, and return SQL for the rows that were found."""
    noted = quoted(cell_kinds.COLUMN) if table.has_notes else "NULL"
    rows = connection.execute(f"SELECT rowid, {column.sql}, {noted} FROM {table.sql}").fetchall()
    ids, stored, texts = zip(*rows, strict=True) if rows else ((), (), ())
    (cells,) = plain_cells([column], [stored], texts)
    found = [row for row, cell in zip(ids, cells, strict=True) if condition.matches(cell)]
    name = f"xetrack_found_{number}"
    connection.register(name, {"number": np.array(found, dtype="int64")})
    return f"rowid IN (SELECT number FROM {name})"
