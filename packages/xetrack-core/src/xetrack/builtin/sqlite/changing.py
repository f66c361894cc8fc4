"""Setting cells and deleting rows that are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.builtin.sqlite import notes, overflow, reading, storage
from xetrack.builtin.sqlite.failures import all_of
from xetrack.kinds import kind_of
from xetrack.names import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from xetrack.builtin.sqlite.schema import TableSchema
    from xetrack.interfaces.engine import Condition
    from xetrack.kinds import Value


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
    columns = {name: reading.located(table, name) for name in values}
    more = {name: value for name, value in values.items() if columns[name].in_more}
    real = {name: value for name, value in values.items() if name not in more}
    notes.settle(connection, table)
    rows, count = reading.row_numbers(connection, table, where)
    for name, value in real.items():
        kind = kind_of(value)
        notes.forget(connection, table.name, rows, name)
        if kind and storage.is_noted(kind, storage.meanings(columns[name].kinds)):
            notes.add_all(connection, table, rows, name, kind)
    changes = [(f"{quoted(name)} = ?", storage.encoded(real[name])) for name in real]
    changes += [overflow.set_sql(more)] if more else []
    assignments = ", ".join(sql for sql, _ in changes)
    cells = [cell for _, cell in changes]
    sql = f"UPDATE {quoted(table.name)} SET {assignments} WHERE {table.row_id} IN {notes.ROWS}"
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
    notes.settle(connection, table)
    rows, count = reading.row_numbers(connection, table, where)
    notes.forget(connection, table.name, rows)
    sql = f"DELETE FROM {quoted(table.name)} WHERE {table.row_id} IN {notes.ROWS}"
    return all_of(connection.execute(sql, [rows]), count)
