"""Conditions as SQL, where SQL decides as `Condition.matches` does; else Python decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from xetrack.errors import ColumnNotFoundError
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import quoted
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.values import decode_cells

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
class WhereClause:
    """The rows that fulfil conditions, as SQL on one connection."""

    sql: str
    """Begins with WHERE, or is empty."""
    values: list[Value]


def find_column(table: Table, name: str) -> StoredColumn:
    """Return a column by name.

    Parameters
    ----------
    table
        Where to look.
    name
        The name of the column.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    try:
        return table.by_name[name]
    except KeyError:
        raise ColumnNotFoundError(name, table.name, table.by_name) from None


def where_sql(
    connection: DuckDBPyConnection, table: Table, conditions: Sequence[Condition]
) -> WhereClause:
    """Return SQL for conditions; called in the transaction in which it is used.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    conditions
        All of them must be fulfilled.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    parts: list[str] = []
    values: list[Value] = []
    pairs = [(condition, find_column(table, condition.column)) for condition in conditions]
    for number, (condition, column) in enumerate(pairs):
        kind = kind_of(condition.value)
        if kind is None or kind is Kind.NAN:
            parts.append(_missing_sql(table, column, condition.operator, kind))
        elif column.key is not None and _is_native(kind, column.kinds):
            cell = f"CAST({column.sql} AS INTEGER)" if column.type == "BOOLEAN" else column.sql
            value = condition.value
            parts.append(f"{cell} {condition.operator} ?")
            values.append(int(value) if isinstance(value, bool) else value)
        else:
            parts.append(_compare_in_python(connection, table, column, condition, number))
    return WhereClause(f" WHERE {' AND '.join(parts)}" if parts else "", values)


def _is_native(kind: Kind, column: frozenset[Kind]) -> bool:
    return any(alike.issuperset({kind, *column}) for alike in _ALIKE)


def is_sorted_exactly(column: StoredColumn) -> bool:
    """Return True if DuckDB sorts the cells as `xetrack.interfaces.query.sort_key` says.

    Parameters
    ----------
    column
        A column of the table.
    """
    kinds = column.kinds - {Kind.NAN}
    return (
        column.key is None
        or kinds in ({Kind.DATE}, {Kind.DATETIME}, {Kind.DURATION})
        or any(kinds <= alike for alike in _ALIKE)
    )


def has_zones(table: Table, column: StoredColumn) -> bool:
    """Return True if a column may hold datetimes with a zone: they are noted, and lie as UTC.

    Parameters
    ----------
    table
        The table as it is now.
    column
        A column of it.
    """
    return table.has_kinds_column and column.key is not None and Kind.DATETIME in column.kinds


def _missing_sql(table: Table, column: StoredColumn, symbol: str, kind: Kind | None) -> str:
    """Return SQL for missing cells or nan, or for all others."""
    if symbol not in {"=", "!="}:
        return "false"  # nothing is less or more than a missing cell or nan
    sql = f"{column.sql} IS NULL"
    if kind is Kind.NAN:
        sql = (
            f"{sql} AND {cell_kinds.is_noted(column.name, 'nan;')}"
            if table.has_kinds_column
            else "false"
        )
    elif table.has_kinds_column:
        sql = f"{sql} AND NOT {cell_kinds.is_noted(column.name)}"
    return f"NOT ({sql})" if symbol == "!=" else f"({sql})"


def _compare_in_python(
    connection: DuckDBPyConnection,
    table: Table,
    column: StoredColumn,
    condition: Condition,
    number: int,
) -> str:
    """Compare cell by cell in Python, and return SQL for the rows that match."""
    noted = quoted(cell_kinds.COLUMN) if table.has_kinds_column else "NULL"
    rows = connection.execute(f"SELECT rowid, {column.sql}, {noted} FROM {table.sql}").fetchall()
    ids, stored, texts = zip(*rows, strict=True) if rows else ((), (), ())
    (cells,) = decode_cells([column], [stored], texts)
    row_ids = [row for row, cell in zip(ids, cells, strict=True) if condition.matches(cell)]
    name = f"xetrack_found_{number}"
    connection.register(name, {"number": np.array(row_ids, dtype="int64")})
    return f"rowid IN (SELECT number FROM {name})"
