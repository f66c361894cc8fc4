"""Row numbers as a mark of how far rows were carried on to another place.

SQLite gives a row the number after the highest there is. So when rows are discarded the last one
stays, unseen, and no number comes twice; ``xetrack_meta`` says up to which number that is so, and
what was drawn when a table was made.
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


def made(connection: sqlite3.Connection, table: str) -> int:
    """Return what was drawn when the table was made; 0 where another program made it."""
    return _value(connection, "made", table)


def discarded(connection: sqlite3.Connection, table: str) -> int:
    """Return the highest number that was discarded since the table was made."""
    return _value(connection, "discarded", table)


def highest(connection: sqlite3.Connection, table: TableSchema) -> int:
    """Return the number of the last row, also when that was discarded; 0 for an empty table."""
    query = f"SELECT ifnull(max({table.row_id}), 0) FROM {quoted(table.name)}"
    return int(connection.execute(query).fetchone()[0])


def begin(connection: sqlite3.Connection, table: str) -> None:
    """Draw what tells this table from others of its name; called when it is made."""
    connection.execute(
        "INSERT OR REPLACE INTO xetrack_meta VALUES (?, random()), (?, 0)",
        (f"made {table}", f"discarded {table}"),
    )


def discard(connection: sqlite3.Connection, table: TableSchema, last: int) -> None:
    """Delete the rows up to a number, with their notes; the very last row stays."""
    name, row = quoted(table.name), table.row_id
    below = min(last, highest(connection, table) - 1)
    cell_kinds.settle(connection, table)
    connection.execute(
        'DELETE FROM xetrack_cells WHERE "table" = ? AND "row" <= ?', (table.name, below)
    )
    connection.execute(f"DELETE FROM {name} WHERE {row} <= ?", (below,))
    connection.execute(
        "INSERT OR REPLACE INTO xetrack_meta VALUES (?, max(?, ?))",
        (f"discarded {table.name}", last, discarded(connection, table.name)),
    )
