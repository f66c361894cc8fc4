"""Row numbers that mark how far rows were brought to another place.

SQLite gives a row the number after the highest there is. So when rows are discarded the last one
stays, unseen, and no number comes twice; ``xetrack_meta`` says up to which number that is so, and
has the random creation number of each table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.driver_errors import DamagedError
from xetrack.builtin.sqlite.tables import cell_kinds
from xetrack.model.names import quoted

if TYPE_CHECKING:
    import sqlite3

    from xetrack.builtin.sqlite.tables.stored_columns import TableSchema


def _value(connection: sqlite3.Connection, what: str, table: str) -> int:
    query = "SELECT value FROM xetrack_meta WHERE name = ?"
    row = connection.execute(query, (f"{what} {table}",)).fetchone()
    if row is not None and not isinstance(row[0], int):
        raise DamagedError("xetrack_meta")
    return 0 if row is None else row[0]


def creation_number(connection: sqlite3.Connection, table: str) -> int:
    """Return the table's random creation number.

    Parameters
    ----------
    connection
        Open on the database.
    table
        Name of the table.

    Returns
    -------
    int
        0 for a table that another program made.
    """
    return _value(connection, "made", table)


def discarded(connection: sqlite3.Connection, table: str) -> int:
    """Return the highest number that was discarded since the table was made.

    Parameters
    ----------
    connection
        Open on the database.
    table
        Name of the table.

    Returns
    -------
    int
        0 if none was.
    """
    return _value(connection, "discarded", table)


def highest(connection: sqlite3.Connection, table: TableSchema) -> int:
    """Return the number of the last row, also when that was discarded.

    Parameters
    ----------
    connection
        Open on the database.
    table
        The table.

    Returns
    -------
    int
        0 for an empty table.
    """
    query = f"SELECT ifnull(max({table.row_id}), 0) FROM {quoted(table.name)}"
    return int(connection.execute(query).fetchone()[0])


def start_numbering(connection: sqlite3.Connection, table: str) -> None:
    """Draw the creation number of a table, which tells it from others of its name.

    Parameters
    ----------
    connection
        In the transaction that makes the table.
    table
        Name of the table.
    """
    connection.execute(
        "INSERT OR REPLACE INTO xetrack_meta VALUES (?, random()), (?, 0)",
        (f"made {table}", f"discarded {table}"),
    )


def discard(connection: sqlite3.Connection, table: TableSchema, last: int) -> None:
    """Delete the rows up to a number, with their notes; the very last row stays.

    Parameters
    ----------
    connection
        In a transaction.
    table
        The table.
    last
        The highest number to discard.
    """
    name, row = quoted(table.name), table.row_id
    below = min(last, highest(connection, table) - 1)
    cell_kinds.renumber(connection, table)
    connection.execute(
        'DELETE FROM xetrack_cells WHERE "table" = ? AND "row" <= ?', (table.name, below)
    )
    connection.execute(f"DELETE FROM {name} WHERE {row} <= ?", (below,))
    connection.execute(
        "INSERT OR REPLACE INTO xetrack_meta VALUES (?, max(?, ?))",
        (f"discarded {table.name}", last, discarded(connection, table.name)),
    )
