"""Adding columns and widening them, safely against any number of others who do the same.

A column that must hold another kind gets another declared type in place: the text in
``sqlite_schema`` is edited, which costs no rewrite of rows and is followed at once by every open
connection. All of it happens inside ``BEGIN IMMEDIATE``, on what the file says then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.tables import overflow, schema
from xetrack.builtin.sqlite.tables.storage import declaration
from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn, TableSchema
from xetrack.builtin.sqlite.tables.tokens import with_declaration
from xetrack.errors import InvalidTableError
from xetrack.model.names import OWN, column_name, fold, quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Field
    from xetrack.model.kinds import Kind

RESERVED = frozenset({"_rowid_", overflow.MORE})
"""The name by which rows are counted can name no column, nor can that of what lies beside them."""


def find_columns(
    table: TableSchema | None, fields: Sequence[Field]
) -> tuple[StoredColumn, ...] | None:
    """Return the columns for the fields.

    Parameters
    ----------
    table
        The table; None when it is not known.
    fields
        What is to be written.

    Returns
    -------
    tuple of StoredColumn or None
        None when a column is missing or too narrow.
    """
    if table is None:
        return None
    columns = tuple(table.by_key.get(field.key) for field in fields)
    for column, field in zip(columns, fields, strict=True):
        if column is None or not field.kinds.issubset(column.kinds):
            return None
    return tuple(column for column in columns if column is not None)


def widen_table(connection: sqlite3.Connection, table: str, fields: Sequence[Field]) -> None:
    """Add and widen columns, so that the table has one for each field; called inside a transaction.

    Parameters
    ----------
    connection
        In a transaction.
    table
        Name of the table, made when missing.
    fields
        What is to be written.

    Raises
    ------
    InvalidTableError
        A column that another program made cannot be widened.
    """
    existing = schema.load(connection, table)
    if existing is None:
        schema.create(connection, table)
        existing = schema.load(connection, table)
        assert existing is not None  # noqa: S101 - it was made in this transaction
    unclaimed = {column.name: column for column in existing.columns if column.key is None}
    owned = [*existing.by_key.values(), *existing.absent]
    taken = {fold(column.name) for column in owned} | RESERVED
    absent = {column.key: column for column in existing.absent}
    new: list[StoredColumn] = []
    for field in fields:
        column = existing.by_key.get(field.key)
        if column is None and field.key in absent:
            # What was noted of the cells that it had is void.
            connection.execute(
                'DELETE FROM xetrack_cells WHERE "table" = ? AND "column" = ?',
                (table, absent[field.key].name),
            )
            new.append(_with(absent[field.key], field.kinds))
            continue
        if column is None:
            name = column_name(field.key, ())
            if name not in unclaimed or fold(name) in taken:
                name = column_name(field.key, taken.union(map(fold, unclaimed)))
            taken.add(fold(name))
            column = unclaimed.pop(name, None)
            if column is None:
                new.append(_with(StoredColumn(name, field.key, (), ""), field.kinds))
                continue
            # Another program made it, xetrack 0.7 for one: what it holds decides its kinds.
            kinds = schema.detect_kinds(connection, table, column)
            column = replace(column, key=field.key, kinds=kinds)
        elif field.kinds.issubset(column.kinds):
            continue
        _widen(connection, existing, column, field.kinds)
    if new:
        _add(connection, existing, new)


def _with(column: StoredColumn, added: frozenset[Kind]) -> StoredColumn:
    """Return the column as it must be to hold more kinds; those it had stay in their order."""
    kinds = (*column.kinds, *sorted(added.difference(column.kinds)))
    return replace(column, kinds=kinds, declared=declaration(kinds))


def _add(
    connection: sqlite3.Connection, table: TableSchema, columns: Sequence[StoredColumn]
) -> None:
    """Add columns, real ones as long as there is room."""
    room = overflow.room(connection, table.columns)
    real: list[StoredColumn] = []
    rest: list[StoredColumn] = []
    for column in columns:
        (real if len(real) < room or column.name in OWN else rest).append(column)
    _add_real(connection, table.name, real)
    overflow.add(connection, table.name, [column.name for column in rest])
    for column in columns:
        schema.register(connection, table.name, column)


def _add_real(connection: sqlite3.Connection, table: str, columns: Sequence[StoredColumn]) -> None:
    """Add real columns: several at once, if the table's text is as it is written here.

    Statement by statement SQLite would parse all that was there before each, so that a row with a
    thousand keys took a second.
    """
    described, sql = _described(connection, table)
    there = [row[1:3] for row in described]
    if len(columns) > 1 and sql == schema.definition(table, there):
        added = [(column.name, column.declared) for column in columns]
        all_columns = [*there, *added]
        _rewrite(connection, table, schema.definition(table, all_columns), all_columns)
        return
    for column in columns:
        added_column = schema.column_definition(column.name, column.declared)
        connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {added_column}")


def _widen(
    connection: sqlite3.Connection, table: TableSchema, column: StoredColumn, added: frozenset[Kind]
) -> None:
    new = _with(column, added)
    if column.name not in OWN and not column.in_overflow and new.declared != column.declared:
        _redeclare(connection, table.name, column.name, new.declared)
        if any(part in column.declared.upper() for part in ("REAL", "FLOA", "DOUB")):
            # SQLite keeps whole floats of such a column as integers, and turns them back when
            # it reads them; from now on it would not.
            name = quoted(column.name)
            connection.execute(
                f"UPDATE {quoted(table.name)} SET {name} = CAST({name} AS REAL) "
                f"WHERE typeof({name}) = 'integer'"
            )
    schema.register(connection, table.name, new)


def _redeclare(connection: sqlite3.Connection, table: str, column: str, declared: str) -> None:
    described, sql = _described(connection, table)
    position, was, in_key = next((row[0], row[2], row[5]) for row in described if row[1] == column)
    alone = in_key and sum(row[5] > 0 for row in described) == 1
    if alone and was.upper() == "INTEGER":
        # It is the row number under another name. Only so declared can it be that.
        if declared == "BIGINT":
            return
        raise InvalidTableError(table, f"its column {column!r} takes whole numbers only")
    expected = [(row[1], declared if row[0] == position else row[2]) for row in described]
    _rewrite(connection, table, with_declaration(sql, position, declared), expected)


def _described(connection: sqlite3.Connection, table: str) -> tuple[list[tuple[Any, ...]], str]:
    """Return what SQLite says of each column, and the text by which the table was made."""
    described = connection.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
    (sql,) = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    return described, sql


def _rewrite(
    connection: sqlite3.Connection, table: str, sql: str, expected: Sequence[tuple[str, str]]
) -> None:
    """Give a table another text, by which it must have the names and types that are expected."""
    version = schema.version(connection)
    connection.execute("PRAGMA writable_schema=ON")
    try:
        connection.execute(
            "UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", (sql, table)
        )
        connection.execute(f"PRAGMA schema_version={version + 1}")
    finally:
        connection.execute("PRAGMA writable_schema=OFF")
    # Parses the new text; were it wrong, this raises and the transaction is rolled back.
    now, _ = _described(connection, table)
    if [row[1:3] for row in now] != list(expected):
        names = ", ".join(name for name, _ in set(expected).difference(row[1:3] for row in now))
        raise InvalidTableError(table, f"its columns cannot be changed: {names}")
