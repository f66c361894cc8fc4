"""Setting cells and deleting rows that are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.driver_errors import checked_count
from xetrack.builtin.sqlite.reading import select
from xetrack.builtin.sqlite.tables import cell_kinds, overflow, storage
from xetrack.model.kinds import kind_of
from xetrack.model.names import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from xetrack.builtin.sqlite.tables.stored_columns import TableSchema
    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value


def update(
    connection: sqlite3.Connection,
    table: TableSchema,
    values: Mapping[str, Value],
    where: Sequence[Condition],
) -> int:
    """Set cells and their notes, inside a transaction.

    Parameters
    ----------
    connection
        The one that stores rows.
    table
        As it is in this transaction.
    values
        By column.
    where
        What the rows fulfil.

    Returns
    -------
    int
        In how many rows they were set.
    """
    columns = {name: select.column_named(table, name) for name in values}
    overflowing = {name: value for name, value in values.items() if columns[name].in_overflow}
    real = {name: value for name, value in values.items() if name not in overflowing}
    cell_kinds.renumber(connection, table)
    rows, count = select.row_numbers(connection, table, where)
    for name, value in real.items():
        kind = kind_of(value)
        cell_kinds.forget(connection, table.name, rows, name)
        if kind and storage.is_noted(kind, storage.meanings(columns[name].kinds)):
            cell_kinds.add_all(connection, table, rows, name, kind)
    changes = [(f"{quoted(name)} = ?", storage.encoded(real[name])) for name in real]
    changes += [overflow.set_sql(overflowing)] if overflowing else []
    assignments = ", ".join(sql for sql, _ in changes)
    cells = [cell for _, cell in changes]
    sql = f"UPDATE {quoted(table.name)} SET {assignments} WHERE {table.row_id} IN {cell_kinds.ROWS}"
    return checked_count(connection.execute(sql, [*cells, rows]), count)


def delete(connection: sqlite3.Connection, table: TableSchema, where: Sequence[Condition]) -> int:
    """Delete rows and their notes, inside a transaction.

    Parameters
    ----------
    connection
        The one that stores rows.
    table
        As it is in this transaction.
    where
        What the rows fulfil.

    Returns
    -------
    int
        How many rows were deleted.
    """
    cell_kinds.renumber(connection, table)
    rows, count = select.row_numbers(connection, table, where)
    cell_kinds.forget(connection, table.name, rows)
    sql = f"DELETE FROM {quoted(table.name)} WHERE {table.row_id} IN {cell_kinds.ROWS}"
    return checked_count(connection.execute(sql, [rows]), count)
