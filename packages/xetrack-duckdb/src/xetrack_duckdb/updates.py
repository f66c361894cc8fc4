"""Setting cells and deleting rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.model.names import quoted
from xetrack_duckdb.reading.conditions import find_column, where_sql
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.column_types import encode_cell
from xetrack_duckdb.tables.widening import add_kinds_column

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
    """Set cells, and the notes on their kinds; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    values
        The new values by name of column.
    conditions
        Which rows: those that fulfil all of them.

    Returns
    -------
    int
        How many rows were changed.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    """
    columns = {name: find_column(table, name) for name in values}
    changes: list[str] = []
    parameters: list[Value] = []
    notes: list[tuple[str, str]] = []
    for name, value in values.items():
        how = columns[name].layout
        cell, note = (value, "") if how is None else encode_cell(value, how)
        changes.append(f"{columns[name].sql} = CAST(? AS {columns[name].type})")
        parameters.append(
            str(cell) if columns[name].type == "HUGEINT" and cell is not None else cell
        )
        if note:
            notes.append((name, note))
    if notes:
        table = add_kinds_column(connection, table)
    if table.has_kinds_column:
        notes_sql = f"coalesce({quoted(cell_kinds.COLUMN)}, '')"
        for name in values:
            notes_sql = cell_kinds.without_sql(name, notes_sql)
        changes.append(f"{quoted(cell_kinds.COLUMN)} = nullif({notes_sql} || ?, '')")
        parameters.append(cell_kinds.join_notes(notes))
    clause = where_sql(connection, table, conditions)
    sql = f"UPDATE {table.sql} SET {', '.join(changes)}{clause.sql}"
    return _count_changed(connection, sql, [*parameters, *clause.values])


def delete(connection: DuckDBPyConnection, table: Table, conditions: Sequence[Condition]) -> int:
    """Delete rows; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    conditions
        Which rows: those that fulfil all of them.

    Returns
    -------
    int
        How many rows were deleted.
    """
    clause = where_sql(connection, table, conditions)
    return _count_changed(connection, f"DELETE FROM {table.sql}{clause.sql}", clause.values)


def _count_changed(connection: DuckDBPyConnection, sql: str, values: list[Value]) -> int:
    row = connection.execute(sql, values).fetchone()
    return 0 if row is None else int(row[0])
