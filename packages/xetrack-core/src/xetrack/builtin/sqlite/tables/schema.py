"""What a table looks like: its columns, their keys and kinds, as stored in the file.

Next to the tables of rows the file holds, once something was written:

``xetrack_columns``
    The key and the kinds of each column, the kinds in order of arrival.
``xetrack_cells``
    Notes on the cells whose storage class does not say what they mean (see `storage`).
``xetrack_meta``
    The version of this layout, a tick that `checkpoints` counts, and what `row_numbers` stores.
``xetrack_overflow``
    The names of those columns that are no real ones (see `overflow`).
``events``
    A view over the default table.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.driver_errors import DamagedError
from xetrack.builtin.sqlite.tables import overflow, row_numbers
from xetrack.builtin.sqlite.tables.storage import encoded
from xetrack.builtin.sqlite.tables.stored_columns import (
    STORED,
    StoredColumn,
    TableSchema,
    has_table,
)
from xetrack.errors import InvalidTableError, NotADatabaseError
from xetrack.model.kinds import Kind
from xetrack.model.names import (
    DEFAULT_TABLE,
    EVENTS_VIEW,
    HIDDEN_TABLES,
    INTERNAL,
    OWN,
    checked_table,
    fold,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xetrack.model.kinds import Value

FORMAT = 1
"""Version of the layout above; a file with a higher one was written by a later xetrack."""

_INTERNAL_TABLES = f"""
CREATE TABLE IF NOT EXISTS xetrack_columns (
    "table" VARCHAR, "column" VARCHAR, "key" VARCHAR, kinds VARCHAR,
    PRIMARY KEY ("table", "column")
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS xetrack_cells (
    "table" VARCHAR, "column" VARCHAR, timestamp VARCHAR, track_id VARCHAR, "row" BIGINT,
    kind VARCHAR, PRIMARY KEY ("table", "column", timestamp, track_id, "row")
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS xetrack_meta (name VARCHAR PRIMARY KEY, value BIGINT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS xetrack_overflow (
    position INTEGER PRIMARY KEY, "table" VARCHAR, "column" VARCHAR, UNIQUE ("table", "column")
);
INSERT OR IGNORE INTO xetrack_meta VALUES ('format', {FORMAT}), ('checkpoints', 0)
"""

_OLD_TABLES = frozenset({"assets", "keys", "counts"})
"""Tables in which xetrack 0.7 kept objects; they are no tables of rows."""


def table_names(connection: sqlite3.Connection) -> list[str]:
    """Name the tables that store rows in the order they were made.

    Parameters
    ----------
    connection
        A connection to the file.
    """
    names = connection.execute(
        f"SELECT name FROM sqlite_schema WHERE {STORED} AND typeof(name) = 'text' ORDER BY rowid"
    )
    return [
        name
        for (name,) in names
        if name in HIDDEN_TABLES
        or not (name.startswith((INTERNAL, "sqlite_")) or name in _OLD_TABLES)
    ]


def version(connection: sqlite3.Connection) -> int:
    """Return the number of the schema, which every committed change of it makes greater.

    Parameters
    ----------
    connection
        Reads the database.
    """
    (number,) = connection.execute("PRAGMA schema_version").fetchone()
    return int(number)


def load(connection: sqlite3.Connection, table: str) -> TableSchema | None:
    """Read what a table looks like.

    Parameters
    ----------
    connection
        Open on the database.
    table
        Name of the table.

    Returns
    -------
    TableSchema or None
        None when it does not exist.

    Raises
    ------
    InvalidTableError
        Another program made the table in a way that leaves its rows without numbers.
    DamagedError
        What is stored about its columns is not what xetrack writes.
    """
    if table not in table_names(connection):
        return None
    pragma = f"PRAGMA table_xinfo({quoted(table)})"
    # A hidden column (7th value) of a generated or virtual table is none that can be written.
    described = connection.execute(pragma).fetchall()
    names_and_types = [(row[1], row[2]) for row in described if row[6] == 0]
    row_id = _row_id(connection, table, {fold(row[1]) for row in described})
    known: dict[str, tuple[str | None, tuple[Kind, ...]]] = {}
    if has_table(connection, "xetrack_columns"):
        query = 'SELECT "column", "key", kinds FROM xetrack_columns WHERE "table" = ?'
        for name, key, kinds in connection.execute(query, (table,)):
            if not isinstance(name, str):
                raise DamagedError("xetrack_columns")
            known[name] = (_text(key), kinds_of(kinds, "xetrack_columns"))
    known |= {name: (name, (Kind.TEXT,)) for name in OWN}
    overflowing = (
        overflow.names(connection, table)
        if overflow.MORE in {name for name, _ in names_and_types}
        else []
    )
    columns = (
        *(
            StoredColumn(name, *known.pop(name, (None, _declared_kinds(declared))), declared)
            for name, declared in names_and_types
            if not overflowing or name != overflow.MORE
        ),
        *(
            StoredColumn(name, *known.pop(name), "", in_overflow=True)
            for name in overflowing
            if name in known
        ),
    )
    absent = tuple(StoredColumn(name, *rest, "") for name, rest in known.items())
    return TableSchema(table, columns, absent, row_id)


def kinds_of(text: object, where: str) -> tuple[Kind, ...]:
    """Return the kinds that are listed in a table of ours.

    Parameters
    ----------
    text
        The kinds, with commas between.
    where
        The table, for the error.

    Returns
    -------
    tuple of Kind
        The kinds in order of arrival.

    Raises
    ------
    DamagedError
        Somebody else wrote something there.
    """
    if not isinstance(text, str):
        raise DamagedError(where)
    try:
        return tuple(Kind(kind) for kind in text.split(",") if kind)
    except ValueError:
        raise DamagedError(where) from None


def _declared_kinds(declared: str) -> tuple[Kind, ...]:
    """Return what a column that another program made is known to hold without a look at it.

    xetrack 0.7 declared it, where it wrote through DuckDB; elsewhere its booleans are lost.
    """
    return (Kind.BOOL,) if declared.upper() in {"BOOL", "BOOLEAN"} else ()


def _text(key: Value) -> str | None:
    """Return a key as the user gave it; one with lone surrogates is kept as bytes."""
    try:
        text = key.decode("utf-8", "surrogatepass") if isinstance(key, bytes) else key
    except UnicodeDecodeError:
        raise DamagedError("xetrack_columns") from None
    if text is None or isinstance(text, str):
        return text
    raise DamagedError("xetrack_columns")


def _row_id(connection: sqlite3.Connection, table: str, taken: set[str]) -> str:
    for name in ("_rowid_", "rowid", "oid"):
        if name not in taken:
            with suppress(sqlite3.OperationalError):
                connection.execute(f"SELECT {name} FROM {quoted(table)} LIMIT 0")
                return name
    raise InvalidTableError(table, "its rows have no numbers (WITHOUT ROWID?), so no order")


def check_format(connection: sqlite3.Connection, location: str) -> None:
    """Raise if the layout of a file is newer than this code.

    Parameters
    ----------
    connection
        Open on the database.
    location
        The database, for the error.

    Raises
    ------
    NotADatabaseError
        A later xetrack wrote the file.
    """
    if not has_table(connection, "xetrack_columns"):
        return
    row = connection.execute("SELECT value FROM xetrack_meta WHERE name = 'format'").fetchone()
    if row and type(row[0]) is not int:
        raise DamagedError("xetrack_meta")
    if row and row[0] > FORMAT:
        reason = f"a later xetrack wrote it (layout {row[0]}, this one knows {FORMAT})"
        raise NotADatabaseError(location, reason)


def create(connection: sqlite3.Connection, table: str) -> None:
    """Make a table with the columns that name a row, and the view if it is the default one.

    Parameters
    ----------
    connection
        In a transaction.
    table
        Name of the table.

    Raises
    ------
    InvalidTableError
        The name cannot be given to a table here.
    """
    checked_table(table, table_names(connection))
    row = connection.execute(
        "SELECT type, name FROM sqlite_schema WHERE name = ? COLLATE NOCASE", (table,)
    ).fetchone()
    if row is not None:
        raise InvalidTableError(table, f"the database has a {row[0]} {row[1]!r}")
    connection.execute(definition(table, [(name, "VARCHAR") for name in OWN]))
    # Another program may have dropped a table of this name, and left the notes on its rows.
    connection.execute('DELETE FROM xetrack_cells WHERE "table" = ?', (table,))
    overflow.forget(connection, table)
    row_numbers.start_numbering(connection, table)
    if table == DEFAULT_TABLE:
        _create_view(connection)


def definition(table: str, columns: Iterable[tuple[str, str]]) -> str:
    """Return the text by which a table is made, as SQLite keeps it when columns are added too.

    Parameters
    ----------
    table
        Name of the table.
    columns
        The name and the declared type of each column.
    """
    columns_sql = ", ".join(column_definition(*column) for column in columns)
    return f"CREATE TABLE {quoted(table)} ({columns_sql})"


def column_definition(name: str, declared: str) -> str:
    """Return how a column stands in that text.

    Parameters
    ----------
    name
        Its name.
    declared
        Its declared type, which may be empty.
    """
    return f"{quoted(name)} {declared}".rstrip()


def prepare_file(connection: sqlite3.Connection, location: str) -> None:
    """Make what every file holds besides its rows; called inside a transaction.

    Parameters
    ----------
    connection
        In a transaction.
    location
        The database, for errors.

    Raises
    ------
    NotADatabaseError
        A later xetrack wrote the file.
    """
    check_format(connection, location)
    for statement in _INTERNAL_TABLES.split(";"):  # executescript would commit
        connection.execute(statement)
    if DEFAULT_TABLE in table_names(connection):
        _create_view(connection)


def _create_view(connection: sqlite3.Connection) -> None:
    """Make the view over the default table, unless something else has its name."""
    query = "SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE"
    if connection.execute(query, (EVENTS_VIEW,)).fetchone() is None:
        connection.execute(f"CREATE VIEW {EVENTS_VIEW} AS SELECT * FROM {quoted(DEFAULT_TABLE)}")


def drop_view(connection: sqlite3.Connection) -> None:
    """Remove the view; a table of that name stays.

    Parameters
    ----------
    connection
        Writes to the database.
    """
    query = "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = ?"
    if connection.execute(query, (EVENTS_VIEW,)).fetchone() is not None:
        connection.execute(f"DROP VIEW {EVENTS_VIEW}")


def register(connection: sqlite3.Connection, table: str, column: StoredColumn) -> None:
    """Store the key and the kinds of a column.

    Parameters
    ----------
    connection
        In a transaction.
    table
        Name of the table.
    column
        The column.
    """
    connection.execute(
        "INSERT OR REPLACE INTO xetrack_columns VALUES (?, ?, ?, ?)",
        (table, column.name, encoded(column.key), ",".join(column.kinds)),
    )


def detect_kinds(
    connection: sqlite3.Connection, table: str, column: StoredColumn
) -> tuple[Kind, ...]:
    """Return the kinds of the cells of a column that another program made.

    Parameters
    ----------
    connection
        Open on the database.
    table
        Name of the table.
    column
        The column.

    Returns
    -------
    tuple of Kind
        Those that are known already, then those of its cells.
    """
    classes = {"integer": Kind.BIGINT, "real": Kind.FLOAT, "text": Kind.TEXT, "blob": Kind.BYTES}
    name = quoted(column.name)
    where = ""
    if Kind.BOOL in column.kinds:
        where = f"WHERE {name} NOT IN (0, 1)"
    query = f"SELECT DISTINCT typeof({name}) FROM {quoted(table)} {where}"
    kinds = [classes[cls] for (cls,) in connection.execute(query) if cls in classes]
    return (*column.kinds, *sorted(kinds))
