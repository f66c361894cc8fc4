"""Keys beyond the columns that a table can have: all of them lie in one more column, as JSON.

The column `MORE` holds, for each row, an object from name to value in the strict JSON of
`xetrack.model.kinds`, which says the kind of each value by itself. Which names belong to a table,
and in which order they came, is kept in the table ``xetrack_overflow``; their keys and kinds stand
where those of all columns stand. To SQL such a cell is what a real column would hold, by two
functions that every connection knows; so conditions and order are written once for both.
"""

from __future__ import annotations

import json
import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.driver_errors import DamagedError
from xetrack.builtin.sqlite.tables.storage import decode_cell, encoded
from xetrack.builtin.sqlite.tables.stored_columns import has_table
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from xetrack.builtin.sqlite.tables.storage import StoredCell
    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn
    from xetrack.model.kinds import Scalar, Value

MORE = "xetrack_more"
"""The column of JSON; no key gets this name."""

MOST = 1_000
"""Real columns of a table, half of what SQLite takes unless it was built for more. It parses all of
them anew for each that is added, so the last thousand would cost three times the first."""

_SPARE = 100
"""What stays free, for the same ends, where a build of SQLite takes less than usual."""


def room(connection: sqlite3.Connection, columns: Sequence[StoredColumn]) -> int:
    """Return how many further real columns a table may get.

    Parameters
    ----------
    connection
        Its limits count.
    columns
        Those that the table has.

    Returns
    -------
    int
        None once a key lies in `MORE`.
    """
    if any(column.in_overflow for column in columns):
        return 0  # what comes later must not stand before it
    limits = sqlite3.SQLITE_LIMIT_COLUMN, sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
    most = min(MOST, *(connection.getlimit(limit) - _SPARE for limit in limits))
    return most - len(columns)


def add(connection: sqlite3.Connection, table: str, names: Sequence[str]) -> None:
    """Add names that lie in `MORE`; called inside a transaction.

    Parameters
    ----------
    connection
        In a transaction.
    table
        Name of the table.
    names
        Names of the columns; nothing is done without any.
    """
    if not names:
        return
    exists = "SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ?"
    if connection.execute(exists, (table, MORE)).fetchone() is None:
        connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {MORE} VARCHAR")
    connection.executemany(
        'INSERT OR IGNORE INTO xetrack_overflow ("table", "column") VALUES (?, ?)',
        [(table, name) for name in names],
    )


def names(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the names that lie in `MORE`, in the order in which they came.

    Parameters
    ----------
    connection
        Open on the database.
    table
        Name of the table.

    Returns
    -------
    list of str
        The names.

    Raises
    ------
    DamagedError
        Somebody else wrote something there.
    """
    if not has_table(connection, "xetrack_overflow"):
        return []
    query = 'SELECT "column" FROM xetrack_overflow WHERE "table" = ? ORDER BY position'
    names_stored = [name for (name,) in connection.execute(query, (table,))]
    if not all(isinstance(name, str) for name in names_stored):
        raise DamagedError("xetrack_overflow")
    return names_stored


def has_names(connection: sqlite3.Connection, table: str, wanted: Sequence[str]) -> bool:
    """Return True if all these names still lie in `MORE`.

    A missing column makes an insert fail, so that it prepares itself anew. JSON takes any name:
    without this question, cells for a table that was dropped and made anew would be lost.

    Parameters
    ----------
    connection
        In a transaction.
    table
        Name of the table.
    wanted
        The names, each once.
    """
    query = (
        'SELECT count(*) FROM xetrack_overflow WHERE "table" = ? '
        'AND "column" IN (SELECT value FROM json_each(?))'
    )
    (count,) = connection.execute(query, (table, json.dumps(wanted))).fetchone()
    return bool(count == len(wanted))


def forget(connection: sqlite3.Connection, table: str) -> None:
    """Remove the names that lay in `MORE`, because the table that had them is gone.

    Parameters
    ----------
    connection
        In a transaction.
    table
        Name of the table.
    """
    connection.execute('DELETE FROM xetrack_overflow WHERE "table" = ?', (table,))


def packed(values: Iterable[tuple[Scalar, Value]]) -> str | None:
    """Return the JSON of some cells; None when all are missing.

    Parameters
    ----------
    values
        Pairs of the name of a column, as a scalar, and its cell.
    """
    present: dict[Scalar, Value] = {name: value for name, value in values if value is not None}
    return str(encoded(present)) if present else None


def _unpacked(text: StoredCell) -> dict[Scalar, Value]:
    """Return the cells by name; none of them where another program wrote no such JSON."""
    cells = decode_cell(text, Kind.JSON)
    return cells if type(cells) is dict else {}


_looked_into = lru_cache(maxsize=4)(_unpacked)
"""The same for who changes nothing: a statement asks for several cells of one row in turn."""


def spread(
    columns: Sequence[StoredColumn], cells: Sequence[Sequence[Value]], texts: Sequence[StoredCell]
) -> list[Sequence[Value]]:
    """Return the cells of all columns of a batch, those that lie in `MORE` among them.

    Parameters
    ----------
    columns
        All columns, in order.
    cells
        The plain values of each real column.
    texts
        The JSON of each row.

    Returns
    -------
    list
        The plain values of each column.
    """
    rest = iter(cells)
    overflowing: dict[str, list[Value]] = {
        column.name: [] for column in columns if column.in_overflow
    }
    merged = [overflowing[column.name] if column.in_overflow else next(rest) for column in columns]
    takers = [(cells.append, name) for name, cells in overflowing.items()]
    for text in texts:  # row by row, so that one dict at a time is there
        row = _unpacked(text)
        for take, name in takers:
            take(row.get(name))
    return merged


def cell_sql(column: StoredColumn) -> str:
    """Return SQL for the stored cell of a column, wherever it lies.

    Parameters
    ----------
    column
        A column of the table that the statement reads.
    """
    return (
        f"xetrack_cell({MORE}, {_literal(column)})" if column.in_overflow else quoted(column.name)
    )


def kind_sql(column: StoredColumn) -> str:
    """Return SQL for the kind of a cell that lies in `MORE`; empty for a missing one.

    Parameters
    ----------
    column
        A column whose cells lie in `MORE`.
    """
    return f"xetrack_kind({MORE}, {_literal(column)})"


def _literal(column: StoredColumn) -> str:
    return "'" + column.name.replace("'", "''") + "'"


def _cell(text: StoredCell, name: str) -> Value:
    return encoded(_looked_into(text).get(name))


def _kind(text: StoredCell, name: str) -> str:
    return kind_of(_looked_into(text).get(name)) or ""


def _changed(text: StoredCell, changes: str) -> str | None:
    return packed({**_unpacked(text), **_unpacked(changes)}.items())


def set_sql(changes: Mapping[str, Value]) -> tuple[str, Value]:
    """Return an assignment that changes cells in `MORE`, and the value for it.

    Parameters
    ----------
    changes
        The new cells, by the name of their column.
    """
    return f"{MORE} = xetrack_changed({MORE}, ?)", encoded(dict(changes.items()))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "xetrack_cell": _cell,
    "xetrack_kind": _kind,
    "xetrack_changed": _changed,
}
"""What connections must know for the SQL above; each takes two arguments."""


def create_functions(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection.

    Parameters
    ----------
    connection
        Just opened.
    """
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 2, function, deterministic=True)
