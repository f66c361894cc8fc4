"""Widening: a table in DuckDB gets the columns and kinds that the row log knows.

A column that must hold another kind gets another type, and what its cells meant until then is
noted where the new type does not say it. Nothing of it is seen before the transaction ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from xetrack.model.kinds import Kind
from xetrack.model.names import OWN, quoted
from xetrack_duckdb.tables import cell_kinds, schema
from xetrack_duckdb.tables.column_types import WHOLE, Layout, layout
from xetrack_duckdb.tables.schema import StoredColumn, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column

_CREATE_AT_ONCE = "VARCHAR"
"""The type of the columns that name a row."""


def widen_table(connection: DuckDBPyConnection, name: str, columns: Sequence[Column]) -> Table:
    """Return the table with a wide enough column for each; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    name
        The name of the table, which is made if need be.
    columns
        What is to be stored; those without a key are left out.
    """
    wanted = [column for column in columns if column.key is not None]
    table = schema.load(connection, name)
    if table is None:
        return _create_table(connection, name, wanted)
    columns_by_name = table.by_name
    changed: dict[str, StoredColumn] = {}
    for column in wanted:
        stored = columns_by_name.get(column.name)
        if stored is None:
            changed[column.name] = _add_column(connection, table, column)
        elif stored.key is None or not column.kinds <= stored.kinds:
            table, changed[column.name] = _widen_column(connection, table, stored, column)
    if changed:
        schema.register_columns(connection, name, list(changed.values()))
        table = evolve(table, columns=tuple((columns_by_name | changed).values()))
    return table


def _new_column(column: Column) -> StoredColumn:
    own = column.name in OWN
    declared = _CREATE_AT_ONCE if own else layout(column.kinds).type
    return StoredColumn(column.name, column.key, column.kinds, declared)


def _create_table(connection: DuckDBPyConnection, name: str, columns: Sequence[Column]) -> Table:
    new = tuple(map(_new_column, columns))
    table = Table(name, new)
    defined = ", ".join(f"{column.sql} {column.type}" for column in new)
    connection.execute(f"CREATE TABLE {table.sql} ({defined})")
    schema.register_columns(connection, name, new)
    schema.make_view(connection, table)
    return table


def _add_column(connection: DuckDBPyConnection, table: Table, column: Column) -> StoredColumn:
    new = _new_column(column)
    connection.execute(f"ALTER TABLE {table.sql} ADD COLUMN {new.sql} {new.type}")
    if table.has_kinds_column:  # on a column of that name which another program dropped
        connection.execute(
            f"UPDATE {table.sql} SET {quoted(cell_kinds.COLUMN)} = "
            f"{cell_kinds.without_sql(new.name)} WHERE {cell_kinds.is_noted(new.name)}"
        )
    return new


def add_kinds_column(connection: DuckDBPyConnection, table: Table) -> Table:
    """Return the table with a column for notes on kinds; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The table as it is now.
    """
    if table.has_kinds_column:
        return table
    connection.execute(f"ALTER TABLE {table.sql} ADD COLUMN {quoted(cell_kinds.COLUMN)} VARCHAR")
    widened = evolve(table, has_kinds_column=True)
    schema.make_view(connection, widened)
    return widened


def _widen_column(
    connection: DuckDBPyConnection, table: Table, old: StoredColumn, wanted: Column
) -> tuple[Table, StoredColumn]:
    before = layout(old.kinds)
    new = evolve(old, key=wanted.key, kinds=old.kinds | wanted.kinds)
    after = layout(new.kinds)
    new = evolve(new, type=after.type)
    note = _note(before, after) if old.kinds - {Kind.NAN} else ""
    if note:
        table = add_kinds_column(connection, table)
        connection.execute(
            f"UPDATE {table.sql} SET {quoted(cell_kinds.COLUMN)} = "
            f"coalesce({quoted(cell_kinds.COLUMN)}, '') || ';{old.name}={note}' || "
            f"{_exact(before, after, old)} || ';' "
            f"WHERE {old.sql} IS NOT NULL AND NOT {cell_kinds.is_noted(old.name)}"
        )
    if after.type != old.type:
        how = f"CAST({old.sql} AS {after.type})"
        if not old.kinds - {Kind.NAN} and old.key is not None:
            how = f"CAST(NULL AS {after.type})"
        elif old.type == "BLOB":
            how = f"lower(hex({old.sql}))"
        elif after.type == "DOUBLE":
            how = f"TRY_CAST({old.sql} AS DOUBLE)"
        connection.execute(
            f"ALTER TABLE {table.sql} ALTER {old.sql} SET DATA TYPE {after.type} USING {how}"
        )
        _mend(connection, table, new)
    return table, new


def _note(before: Layout, after: Layout) -> str:
    """Return the kind to note in cells that meant what their column did; empty for none."""
    if before.main is after.main:
        return ""
    if before.main is Kind.INT and Kind.INT in after.plainly:
        return ""
    return str(before.main)


def _exact(before: Layout, after: Layout, column: StoredColumn) -> str:
    """Return SQL for the exact value that a note must keep, with a colon before it."""
    rounds = after.type == "DOUBLE" and before.main in {*WHOLE, Kind.DECIMAL}
    return f"':' || CAST({column.sql} AS VARCHAR)" if rounds else "''"


def _mend(connection: DuckDBPyConnection, table: Table, column: StoredColumn) -> None:
    """Set noted cells to what they would be had they been stored in the column's new type."""
    if not table.has_kinds_column or column.type not in {"DOUBLE", "VARCHAR"}:
        return
    exact = cell_kinds.exact_sql(column.name)
    value = exact
    if column.type == "DOUBLE":
        number = f"TRY_CAST({exact} AS DOUBLE)"
        value = f"CASE WHEN isfinite({number}) THEN {number} END"
    connection.execute(
        f"UPDATE {table.sql} SET {column.sql} = {value} "
        f"WHERE {cell_kinds.is_noted(column.name)} AND {exact} != ''"
    )
