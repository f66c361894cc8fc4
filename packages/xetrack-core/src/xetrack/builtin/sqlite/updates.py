"""Setting cells and deleting rows that are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.driver_errors import all_of
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
    """Set cells and their notes, inside a transaction, and return in how many rows.

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
    """
    columns = {name: select.located(table, name) for name in values}
    more = {name: value for name, value in values.items() if columns[name].in_more}
    real = {name: value for name, value in values.items() if name not in more}
    cell_kinds.settle(connection, table)
    rows, count = select.row_numbers(connection, table, where)
    for name, value in real.items():
        kind = kind_of(value)
        cell_kinds.forget(connection, table.name, rows, name)
        if kind and storage.is_noted(kind, storage.meanings(columns[name].kinds)):
            cell_kinds.add_all(connection, table, rows, name, kind)
    changes = [(f"{quoted(name)} = ?", storage.encoded(real[name])) for name in real]
    changes += [overflow.set_sql(more)] if more else []
    assignments = ", ".join(sql for sql, _ in changes)
    cells = [cell for _, cell in changes]
    sql = f"UPDATE {quoted(table.name)} SET {assignments} WHERE {table.row_id} IN {cell_kinds.ROWS}"
    return all_of(connection.execute(sql, [*cells, rows]), count)


def delete(connection: sqlite3.Connection, table: TableSchema, where: Sequence[Condition]) -> int:
    """Delete rows and their notes, inside a transaction, and return how many that were.

    Parameters
    ----------
    connection
        The one that stores rows.
    table
        As it is in this transaction.
    where
        What the rows fulfil.
    """
    cell_kinds.settle(connection, table)
    rows, count = select.row_numbers(connection, table, where)
    cell_kinds.forget(connection, table.name, rows)
    sql = f"DELETE FROM {quoted(table.name)} WHERE {table.row_id} IN {cell_kinds.ROWS}"
    return all_of(connection.execute(sql, [rows]), count)
