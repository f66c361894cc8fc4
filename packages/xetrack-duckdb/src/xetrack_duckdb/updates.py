"""Setting cells and deleting rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.model.names import quoted
from xetrack_duckdb.reading.conditions import located, where
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.column_types import stored
from xetrack_duckdb.tables.widening import with_notes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import Table


def update(
    connection: DuckDBPyConnection,
    table: Table,
    values: Mapping[str, Value],
    conditions: Sequence[Condition],
) -> int:
    """Set cells with their notes, and return in how many rows; called inside a transaction."""
    columns = {name: located(table, name) for name in values}
    changes: list[str] = []
    given: list[Value] = []
    noted: list[tuple[str, str]] = []
    for name, value in values.items():
        how = columns[name].layout
        cell, note = (value, "") if how is None else stored(value, how)
        changes.append(f"{columns[name].sql} = CAST(? AS {columns[name].type})")
        given.append(str(cell) if columns[name].type == "HUGEINT" and cell is not None else cell)
        if note:
            noted.append((name, note))
    if noted:
        table = with_notes(connection, table)
    if table.has_notes:
        kept = f"coalesce({quoted(cell_kinds.COLUMN)}, '')"
        for name in values:
            kept = cell_kinds.without_sql(name, kept)
        changes.append(f"{quoted(cell_kinds.COLUMN)} = nullif({kept} || ?, '')")
        given.append(cell_kinds.joined(noted))
    cut = where(connection, table, conditions)
    sql = f"UPDATE {table.sql} SET {', '.join(changes)}{cut.sql}"
    return _touched(connection, sql, [*given, *cut.values])


def delete(connection: DuckDBPyConnection, table: Table, conditions: Sequence[Condition]) -> int:
    """Delete rows, and return how many that were; called inside a transaction."""
    cut = where(connection, table, conditions)
    return _touched(connection, f"DELETE FROM {table.sql}{cut.sql}", cut.values)


def _touched(connection: DuckDBPyConnection, sql: str, values: list[Value]) -> int:
    row = connection.execute(sql, values).fetchone()
    return 0 if row is None else int(row[0])
