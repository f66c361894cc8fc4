"""A copy of a database of one moment, for a driver with a SQLite of its own.

See `xetrack.interfaces.engines.snapshots`: two libraries of SQLite must not open one file in one
process, because to close it drops the locks that the other one holds.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.builtin.sqlite import backup
from xetrack.builtin.sqlite.tables import cell_kinds
from xetrack.interfaces.engines.snapshots import StoredTable
from xetrack.model.kinds import Kind
from xetrack.model.names import quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
    from xetrack.builtin.sqlite.connections.pool import ConnectionPool
    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn, TableSchema

ROWS = 200_000
"""Where there are fewer row numbers, a copy and the import of a driver do not pay."""

BYTES = 1_000
"""Of the file for each row; a larger file has so much else in it that a copy would not pay."""


def type_of(column: StoredColumn) -> type | None:
    """Return the type of all cells that SQLite can have stored in a column, if there is but one.

    Parameters
    ----------
    column
        A column as SQLite stores it.

    Returns
    -------
    type or None
        None where cells may be of several types, or of one that a frame has to parse.
    """
    kinds = column.public().kinds
    if column.in_overflow:
        return None
    if column.declared == "BOOLEAN" and kinds == {Kind.BOOL}:
        return bool
    if column.declared == "BIGINT" and {Kind.INT} <= kinds <= {Kind.INT, Kind.BIGINT}:
        return int
    if column.declared == "DOUBLE" and {Kind.FLOAT} <= kinds <= {Kind.FLOAT, Kind.INT, Kind.NAN}:
        return float
    return str if column.declared == "VARCHAR" and kinds == {Kind.TEXT} else None


def describe(connection: sqlite3.Connection, table: TableSchema) -> StoredTable | None:
    """Describe a table for who reads a copy; None where that would not pay or has no room.

    Parameters
    ----------
    connection
        It sees one moment of the file.
    table
        The table.
    """
    types = {column.name: cls for column in table.columns if (cls := type_of(column)) is not None}
    if 2 * len(types) < len(table.columns):
        return None
    row, name = table.row_id, quoted(table.name)
    query = f"SELECT (SELECT min({row}) FROM {name}), (SELECT max({row}) FROM {name})"
    first, last = connection.execute(query).fetchone()
    if first is None or last - first + 1 < ROWS:
        return None
    (pages,), (page_size,) = (
        connection.execute(f"PRAGMA {pragma}").fetchone() for pragma in ("page_count", "page_size")
    )
    size = pages * page_size
    if size > BYTES * (last - first + 1):
        return None
    with suppress(OSError):  # where no file can be made
        if shutil.disk_usage(tempfile.gettempdir()).free > 2 * size:
            return StoredTable(table.name, row, (first, last), size, types)
    return None


def nan_rows(
    connection: sqlite3.Connection, table: TableSchema, names: Sequence[str]
) -> dict[str, list[int]]:
    """Return the numbers of the rows in which columns have nan; see `CopiesSQLite.nan_rows`.

    Parameters
    ----------
    connection
        It sees one moment of the file.
    table
        The table.
    names
        Names of the columns.
    """
    rows: dict[str, list[int]] = {}
    for row, cells in cell_kinds.load(connection, table, list(names)).items():
        for at, kind in cells:
            if kind is Kind.NAN:
                rows.setdefault(names[at], []).append(row)
    return rows


@contextmanager
def copy(connections: ConnectionPool, handle: SQLiteConnection) -> Iterator[str]:
    """Lend the path of a copy.

    Parameters
    ----------
    connections
        Those of the engine.
    handle
        The one that sees the moment to copy.
    """
    with tempfile.TemporaryDirectory(prefix="xetrack-") as folder:
        path = str(Path(folder, "copy.db"))
        with connections.reading(handle):
            backup.write(handle, connections.location, path)
        yield path
