"""What a DuckDB file holds besides its rows, and what its tables look like.

``xetrack_columns``
    The key and the kinds of each column.
``xetrack_marks``
    For each table, up to which number the rows and the batches of the row log were brought here.
``xetrack_meta``
    The version of this layout, and which row log belongs to this file.
``events``
    A view over the default table.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import duckdb
from attrs import frozen

from xetrack.errors import NotADatabaseError
from xetrack.interfaces.engine import Column
from xetrack.model.kinds import Kind, kind_of
from xetrack.model.names import DEFAULT_TABLE, EVENTS_VIEW, HIDDEN_TABLES, INTERNAL, OWN, quoted
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.column_types import Layout, layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

FORMAT = "1"
"""Version of the layout above; a file with another was written by a later xetrack."""

_INTERNAL_TABLES = f"""
CREATE TABLE IF NOT EXISTS db.main.xetrack_columns (
    "table" VARCHAR, "column" VARCHAR, "key" VARCHAR, kinds VARCHAR
);
CREATE TABLE IF NOT EXISTS db.main.xetrack_marks (
    "table" VARCHAR, made BIGINT, number BIGINT, batch BIGINT
);
CREATE TABLE IF NOT EXISTS db.main.xetrack_meta (name VARCHAR, value VARCHAR);
INSERT INTO db.main.xetrack_meta SELECT 'format', '{FORMAT}'
    WHERE NOT EXISTS (FROM db.main.xetrack_meta WHERE name = 'format')
"""

INTERNAL_TABLES = ("xetrack_columns", "xetrack_marks", "xetrack_meta")
"""Their names."""

_FOREIGN = {
    "BOOLEAN": "bool",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"), "int"),
    **dict.fromkeys(("BIGINT", "UINTEGER"), "int,bigint"),
    **dict.fromkeys(("HUGEINT", "UBIGINT"), "int,bigint,hugeint"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    "BLOB": "bytes",
    "TIMESTAMP": "datetime",
    "DATE": "date",
    "TIME": "time",
    "JSON": "json",
}
"""The kinds in a column that another program made, by type; in any other there is text."""


@frozen
class StoredColumn:
    """One column of a table in DuckDB."""

    name: str
    key: str | None
    kinds: frozenset[Kind]
    type: str

    @property
    def sql(self) -> str:
        """The column as SQL writes it."""
        return quoted(stored_name(self.name))

    @property
    def layout(self) -> Layout | None:
        """How its cells are stored; None where another program made it."""
        return None if self.key is None else layout(self.kinds)

    def public(self) -> Column:
        """Return the description that the interface knows."""
        return Column(self.name, self.key, self.kinds if self.key is not None else frozenset())


@frozen(slots=False)
class Table:
    """A table as it is at one moment."""

    name: str
    columns: tuple[StoredColumn, ...]
    has_kinds_column: bool = False

    @property
    def sql(self) -> str:
        """The table as SQL writes it."""
        return f"db.main.{quoted(self.name)}"

    @cached_property
    def by_name(self) -> dict[str, StoredColumn]:
        """The columns by name; made once, as it is asked for each of thousands of columns."""
        return {column.name: column for column in self.columns}


def stored_name(name: str) -> str:
    """Return the name of a column in DuckDB: a true column ``rowid`` would hide row numbers.

    Parameters
    ----------
    name
        The name of the column for users.
    """
    return "row id" if name.lower() == "rowid" else name


def foreign_kinds(declared: str) -> frozenset[Kind]:
    """Return the kinds that a column of another program can hold.

    Parameters
    ----------
    declared
        The column's type in DuckDB.
    """
    return _kinds(_FOREIGN.get(declared, "text"))


def _kinds(text: str) -> frozenset[Kind]:
    return frozenset(Kind(kind) for kind in text.split(",") if kind)


def prepare(connection: DuckDBPyConnection) -> None:
    """Create the tables that every file has besides its rows; called inside a transaction.

    Parameters
    ----------
    connection
        A connection on which the file is attached.
    """
    for statement in _INTERNAL_TABLES.split(";"):
        connection.execute(statement)


def read_meta(connection: DuckDBPyConnection, location: str) -> dict[str, str]:
    """Return the facts about the file by name: the version of its layout, and its row log.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    location
        The database as the user named it, for errors.

    Raises
    ------
    NotADatabaseError
        A later xetrack wrote it.
    """
    try:
        rows = connection.execute("SELECT name, value FROM db.main.xetrack_meta").fetchall()
    except duckdb.CatalogException:
        return {}
    facts = dict(rows)
    if facts.get("format", FORMAT) != FORMAT:
        version = facts["format"]
        reason = f"a later xetrack wrote it (layout {version}, this one knows {FORMAT})"
        raise NotADatabaseError(location, reason)
    return facts


def set_meta(connection: DuckDBPyConnection, name: str, value: str) -> None:
    """Store a fact about the file; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    name, value
        The fact.
    """
    connection.execute("DELETE FROM db.main.xetrack_meta WHERE name = ?", [name])
    connection.execute("INSERT INTO db.main.xetrack_meta VALUES (?, ?)", [name, value])


def all_tables(connection: DuckDBPyConnection) -> list[str]:
    """Name all tables, internal ones too, in the order they were made.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    """
    # DuckDB takes twice as long when it also has to choose and to sort them.
    rows = connection.execute(
        "SELECT table_oid, database_name, schema_name, table_name FROM duckdb_tables()"
    )
    return [name for _, *where, name in sorted(rows.fetchall()) if where == ["db", "main"]]


def attached_name(table: str) -> str:
    """Return how SQL names a table of the file, which is attached as ``db``.

    Parameters
    ----------
    table
        Name of the table, as rows have it; it is quoted where it is no identifier.
    """
    return f"db.{table if table.isidentifier() else quoted(table)}"


def table_names(connection: DuckDBPyConnection) -> list[str]:
    """Name the tables of rows in the order they were made; see `all_tables`."""
    return row_tables(all_tables(connection))


def row_tables(there: Sequence[str]) -> list[str]:
    """Return the tables of rows among all tables; see `all_tables`."""
    return [name for name in there if name in HIDDEN_TABLES or not name.startswith(INTERNAL)]


def load(
    connection: DuckDBPyConnection, table: str, table_names: Sequence[str] | None = None
) -> Table | None:
    """Read the columns of a table; None when it does not exist.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The name of the table.
    table_names
        All tables of a moment ago, for whoever asks about many; asked for when None.
    """
    table_names = all_tables(connection) if table_names is None else table_names
    if table not in row_tables(table_names):
        return None
    registered = _registered(connection, table_names, 'WHERE "table" = ?', (table,))
    return _described(connection, table, registered.get(table, ()))


def load_all(connection: DuckDBPyConnection, table_names: Sequence[str]) -> dict[str, Table]:
    """Read the columns of all tables of rows, by name.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table_names
        All tables of a moment ago; those that were dropped since are left out.
    """
    registered = _registered(connection, table_names)
    described = {
        name: _described(connection, name, registered.get(name, ()))
        for name in row_tables(table_names)
    }
    return {name: table for name, table in described.items() if table is not None}


def _registered(
    connection: DuckDBPyConnection,
    table_names: Sequence[str],
    where: str = "",
    values: Sequence[str] = (),
) -> dict[str, list[tuple[str, str, str]]]:
    """Return name, key and kinds of the columns that xetrack made, as stored, by table."""
    columns: dict[str, list[tuple[str, str, str]]] = {}
    if "xetrack_columns" in table_names:
        query = f'SELECT "table", "column", "key", kinds FROM db.main.xetrack_columns {where}'
        for table, *column in connection.execute(query, values).fetchall():
            columns.setdefault(table, []).append((column[0], column[1], column[2]))
    return columns


def _described(
    connection: DuckDBPyConnection, table: str, registered: Sequence[tuple[str, str, str]]
) -> Table | None:
    try:
        described = connection.execute(f"SELECT * FROM db.main.{quoted(table)} LIMIT 0").description
    except duckdb.CatalogException:  # dropped since, by a user's own statement
        return None
    actual_columns = [(entry[0], str(entry[1])) for entry in described or ()]
    known: dict[str, tuple[str, str | None, frozenset[Kind]]] = {
        stored_name(name): (name, _key(key), _kinds(kinds)) for name, key, kinds in registered
    }
    known |= {name: (name, name, frozenset({Kind.TEXT})) for name in OWN}
    columns = []
    for stored, declared in actual_columns:
        if stored != cell_kinds.COLUMN:
            name, key, kinds = known.get(stored) or (stored, None, foreign_kinds(declared))
            columns.append(StoredColumn(name, key, kinds, declared))
    return Table(table, tuple(columns), len(columns) < len(actual_columns))


def register_columns(
    connection: DuckDBPyConnection, table: str, columns: Sequence[StoredColumn]
) -> None:
    """Store the keys and the kinds of columns; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The name of the table.
    columns
        Those that are new or changed.
    """
    names = [column.name for column in columns]
    connection.execute(
        'DELETE FROM db.main.xetrack_columns WHERE "table" = ? '
        'AND "column" IN (SELECT unnest(?::VARCHAR[]))',
        [table, names],
    )
    keys = [_key_text(column.key or "") for column in columns]
    kinds = [",".join(sorted(column.kinds)) for column in columns]
    connection.execute(
        "INSERT INTO db.main.xetrack_columns "
        "SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [table, names, keys, kinds],
    )


def _key_text(key: str) -> str:
    """Return a key as text that UTF-8 can say; a NUL marks those that needed help."""
    if kind_of(key) is Kind.TEXT and not key.startswith("\0"):
        return key
    return "\0" + key.encode("utf-8", "surrogatepass").hex()


def _key(text: str) -> str:
    if not text.startswith("\0"):
        return text
    return bytes.fromhex(text[1:]).decode("utf-8", "surrogatepass")


def make_view(connection: DuckDBPyConnection, table: Table) -> None:
    """Create the view over the default table, unless a table has its name.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        Any table; of others than the default one there is no view.
    """
    if table.name != DEFAULT_TABLE or EVENTS_VIEW in all_tables(connection):
        return
    hidden = f" EXCLUDE ({quoted(cell_kinds.COLUMN)})" if table.has_kinds_column else ""
    connection.execute(
        f"CREATE OR REPLACE VIEW db.main.{EVENTS_VIEW} AS SELECT *{hidden} FROM {table.sql}"
    )


def drop_table(connection: DuckDBPyConnection, table: str) -> None:
    """Remove a table with all that is stored about it; called inside a transaction.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    table
        The name of the table.
    """
    if table == DEFAULT_TABLE and EVENTS_VIEW not in all_tables(connection):
        connection.execute(f"DROP VIEW IF EXISTS db.main.{EVENTS_VIEW}")
    connection.execute(f"DROP TABLE IF EXISTS db.main.{quoted(table)}")
    for name in ("xetrack_columns", "xetrack_marks"):
        connection.execute(f'DELETE FROM db.main.{name} WHERE "table" = ?', [table])
