"""Setting cells: those in columns of their own, and those in the JSON of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from xetrack.model.names import quoted
from xetrack_postgres.driver_errors import StaleError
from xetrack_postgres.names import MORE, ROW
from xetrack_postgres.reading.select import TableReader, find_column
from xetrack_postgres.tables.storage import encode_cell, pack_strays, unpack_strays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value
    from xetrack_postgres.tables.catalog import Catalog
    from xetrack_postgres.tables.schema import TableSchema


def update(
    connection: Connection[Any],
    catalog: Catalog,
    table: TableSchema,
    values: Mapping[str, Value],
    where: Sequence[Condition],
) -> int:
    """Set cells in the rows that fulfil all conditions; called inside a transaction.

    Parameters
    ----------
    connection
        The writer.
    catalog
        Where columns are registered whose cells come to lie in the JSON.
    table
        The table as it is now.
    values
        The new values by name of column.
    where
        Which rows: those that fulfil all of them.

    Returns
    -------
    int
        How many rows were changed.

    Raises
    ------
    ColumnNotFoundError
        The table has no such column.
    StaleError
        Another program removed rows meanwhile.
    """
    columns = {name: find_column(table, name) for name in values}
    relation = catalog.qualified(table.relation)
    rows = TableReader(connection, table, relation).numbers(where)
    cells: dict[str, Value] = {}
    strays: dict[str, Value] = {}
    for name, value in values.items():
        column, exactly = columns[name], value is None
        if column.is_real and column.meaning:
            cells[name], exactly = encode_cell(value, column.meaning)
        if not exactly:
            strays[name] = value
            if not column.strays:
                catalog.register(connection, table.relation, evolve(column, strays=True))
    name = relation.replace("%", "%%")
    if cells:
        changes = ", ".join(f"{quoted(name)} = %s" for name in cells)
        set_rows = connection.execute(
            f"UPDATE {name} SET {changes} WHERE {ROW} = ANY(%s::bigint[])", [*cells.values(), rows]
        )
        _check_all(set_rows.rowcount, rows)
    if strays or any(column.strays or column.in_more for column in columns.values()):
        stored_rows = connection.execute(
            f"SELECT {ROW}, {MORE} FROM {name} WHERE {ROW} = ANY(%s::bigint[])", [rows]
        ).fetchall()
        texts = [pack_strays(_strays_besides(values, text) | strays) for _, text in stored_rows]
        set_rows = connection.execute(
            # Names with blanks, which no key gets.
            f'UPDATE {name} SET {MORE} = "its text"::json '
            'FROM unnest(%s::bigint[], %s::text[]) AS new ("the row", "its text") '
            f'WHERE {ROW} = "the row"',
            [[number for number, _ in stored_rows], texts],
        )
        _check_all(set_rows.rowcount, rows)
    return len(rows)


def _strays_besides(values: Mapping[str, Value], text: str | None) -> dict[str, Value]:
    """Return the strays of a row in columns that are not set."""
    strays = unpack_strays(text).items()
    return {name: cell for name, cell in strays if isinstance(name, str) and name not in values}


def _check_all(number: int, rows: Sequence[int]) -> None:
    """Raise where another program took rows between finding and setting them."""
    if number != len(rows):
        raise StaleError("rows were removed while they were set")
