"""Notes on the few cells whose storage class does not say what they mean.

A note names its row by number and by identity (timestamp and track id). SQLite's VACUUM may
renumber rows; then the identity decides. A note on a row that another program deleted fits no
row any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.driver_errors import DamagedError
from xetrack.builtin.sqlite.tables.storage import decode_cell, storage_class
from xetrack.builtin.sqlite.tables.stored_columns import has_table
from xetrack.model.kinds import Kind
from xetrack.model.names import OWN, quoted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from xetrack.builtin.sqlite.tables.stored_columns import TableSchema
    from xetrack.model.kinds import Value

ROWS = "(SELECT value FROM json_each(?))"
"""SQL for the row numbers in a parameter that is a JSON array."""

Notes = dict[int, list[tuple[int, Kind]]]
"""For each row number, the position of each noted cell and its kind."""


def _identity(table: TableSchema, alias: str) -> list[str]:
    """Return SQL for the timestamp and the track id of a row, which are empty in foreign rows."""
    return [f"ifnull({alias}.{name}, '')" if name in table.by_name else "''" for name in OWN]


def _same_sql(table: TableSchema, alias: str) -> str:
    """Return SQL that is true if the note ``n`` has the identity of a row."""
    timestamp, track_id = _identity(table, alias)
    return f"{timestamp} = n.timestamp AND {track_id} = n.track_id"


def _misplaced_sql(table: TableSchema) -> str:
    """Return SQL that is true if the note ``n`` has the number of another row, or of none."""
    return (
        f"NOT EXISTS (SELECT 1 FROM {quoted(table.name)} AS m "
        f'WHERE m.{table.row_id} = n."row" AND {_same_sql(table, "m")})'
    )


def kind_sql(table: TableSchema) -> str:
    """Return SQL for the noted kind of a cell; it takes the names of table and column.

    Parameters
    ----------
    table
        The table that the statement reads.
    """
    name = quoted(table.name)
    return (
        'coalesce((SELECT n.kind FROM xetrack_cells AS n WHERE n."table" = ? AND n."column" = ? '
        f"AND {_same_sql(table, name)} "
        f'AND (n."row" = {name}.{table.row_id} OR {_misplaced_sql(table)}) '
        "LIMIT 1), '')"
    )


def load(connection: sqlite3.Connection, table: TableSchema, names: list[str]) -> Notes:
    """Read the notes on some columns.

    Parameters
    ----------
    connection
        Open on the database.
    table
        The table.
    names
        Names of the columns.

    Returns
    -------
    dict
        For each row number, the position in `names` and the kind of each noted cell.

    Raises
    ------
    DamagedError
        A note names a kind that there is not.
    """
    if not has_table(connection, "xetrack_cells"):
        return {}
    positions: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        positions.setdefault(name, []).append(at)
    notes: Notes = {}
    number, rows = f"t.{table.row_id}", f"{quoted(table.name)} AS t"
    where = f'{_same_sql(table, "t")} WHERE n."table" = ?'
    query = (
        f'SELECT n."column", n.kind, {number} FROM xetrack_cells AS n '
        f'LEFT JOIN {rows} ON {number} = n."row" AND {where}'
    )
    placed = connection.execute(query, (table.name,)).fetchall()
    for column, kind, row in placed:
        for at in positions.get(column, ()) if row is not None else ():
            notes.setdefault(row, []).append((at, _kind(kind)))
    if any(row is None for *_, row in placed):
        for row, cells in _renumbered(connection, table, positions):
            notes[row] = [*notes[row], *cells] if row in notes else cells
    return notes


def _renumbered(
    connection: sqlite3.Connection, table: TableSchema, positions: dict[str, list[int]]
) -> Iterator[tuple[int, list[tuple[int, Kind]]]]:
    """Yield the number of each row that has other notes than those with its number, and its notes.

    It looks at every row of the table, so ask only after a VACUUM that renumbered some. A file may
    be made so that many notes have the identity of many rows. So each note is looked at once, and
    each row; rows of one identity share their list.
    """
    # As bytes, which any text can be read as.
    identity = ", ".join(f"CAST({part} AS BLOB)" for part in ("n.timestamp", "n.track_id"))
    cells_by_row: dict[tuple[bytes, ...], dict[tuple[int, Kind], None]] = {}
    query = (
        f'SELECT n."column", n.kind, {identity} FROM xetrack_cells AS n '
        f'WHERE n."table" = ? AND {_misplaced_sql(table)}'
    )
    for column, kind, *whose in connection.execute(query, (table.name,)):
        for at in positions.get(column, ()):
            cells_by_row.setdefault(tuple(whose), {})[at, _kind(kind)] = None
    shared = {whose: list(cells) for whose, cells in cells_by_row.items()}
    own = _identity(table, "t")
    identity = ", ".join(f"CAST({part} AS BLOB)" for part in own)
    query = (
        f"SELECT t.{table.row_id}, {identity} FROM {quoted(table.name)} AS t "
        f"WHERE ({', '.join(own)}) IN "
        '(SELECT timestamp, track_id FROM xetrack_cells WHERE "table" = ?)'
    )
    for row, *whose in connection.execute(query, (table.name,)) if shared else ():
        if cells := shared.get(tuple(whose)):
            yield row, cells


def _kind(noted: str) -> Kind:
    try:
        return Kind(noted)
    except ValueError:
        raise DamagedError("xetrack_cells") from None


def decode_noted(
    notes: Notes, numbers: Sequence[int], stored: list[list[Any]]
) -> list[tuple[int, int, Value]]:
    """Replace the noted cells of a batch by None, and return what they mean.

    A note whose storage class does not fit was left behind when another program changed the
    cell; then the cell counts, not the note.

    Parameters
    ----------
    notes
        Those of the columns, see `load`.
    numbers
        The number of each row.
    stored
        The cells of each column, as they are stored; they are changed.

    Returns
    -------
    list of tuple
        Position of the column, position of the row, and plain value of each noted cell.
    """
    decoded = []
    for at, number in enumerate(numbers):
        for column, kind in notes.get(number, ()):
            cell = stored[column][at]
            if type(cell) is storage_class(kind):
                decoded.append((column, at, decode_cell(cell, kind)))
                stored[column][at] = None
    return decoded


def add(
    connection: sqlite3.Connection, notes: Iterable[tuple[str, str, Value, Value, int, Kind]]
) -> None:
    """Add notes on cells.

    Parameters
    ----------
    connection
        In a transaction.
    notes
        Table, column, timestamp, track id, row number and kind of each cell.
    """
    # The same row may come again, when another program deleted and a copy brought it back.
    connection.executemany("INSERT OR REPLACE INTO xetrack_cells VALUES (?, ?, ?, ?, ?, ?)", notes)


def add_all(
    connection: sqlite3.Connection, table: TableSchema, rows: str, column: str, kind: Kind
) -> None:
    """Add notes on one column of many rows.

    Parameters
    ----------
    connection
        In a transaction.
    table
        The table.
    rows
        The numbers of the rows, as a JSON array.
    column
        Name of the column.
    kind
        The kind of its cells.
    """
    connection.execute(
        f"INSERT OR REPLACE INTO xetrack_cells "
        f"SELECT ?, ?, {', '.join(_identity(table, 't'))}, t.{table.row_id}, ? "
        f"FROM {quoted(table.name)} AS t WHERE t.{table.row_id} IN {ROWS}",
        [table.name, column, kind, rows],
    )


def renumber(connection: sqlite3.Connection, table: TableSchema) -> None:
    """Bring the numbers in the notes up to date, before rows are changed by number.

    Parameters
    ----------
    connection
        In a transaction.
    table
        The table.
    """
    astray = f'FROM xetrack_cells AS n WHERE n."table" = ? AND {_misplaced_sql(table)}'
    if connection.execute(f"SELECT 1 {astray} LIMIT 1", (table.name,)).fetchone() is None:
        return
    names = list(table.by_name)
    positions = {name: [at] for at, name in enumerate(names)}
    changes = [
        (table.name, names[at], kind, row)
        for row, cells in _renumbered(connection, table, positions)
        for at, kind in cells
    ]
    connection.executemany(
        "INSERT OR REPLACE INTO xetrack_cells "
        f"SELECT ?, ?, {', '.join(_identity(table, 't'))}, t.{table.row_id}, ? "
        f"FROM {quoted(table.name)} AS t WHERE t.{table.row_id} = ?",
        changes,
    )
    connection.execute(f"DELETE {astray}", (table.name,))


def forget(
    connection: sqlite3.Connection, table: str, rows: str, column: str | None = None
) -> None:
    """Remove the notes on some rows.

    Parameters
    ----------
    connection
        In a transaction.
    table
        Name of the table.
    rows
        The numbers of the rows, as a JSON array.
    column
        Only on this column; on all by default.
    """
    sql = f'DELETE FROM xetrack_cells WHERE "table" = ? AND "row" IN {ROWS}'
    if column is None:
        connection.execute(sql, [table, rows])
    else:
        connection.execute(f'{sql} AND "column" = ?', [table, rows, column])
