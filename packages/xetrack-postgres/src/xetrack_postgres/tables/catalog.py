"""The catalog: the tables and their columns, as stored in the database.

All of it lies in one schema of PostgreSQL, so that nobody's tables meet ours:

``xetrack_tables``
    The tables of rows in the order they were made, the relation of each, and a version, which
    changes whenever an insert that was prepared before would store something else.
``xetrack_columns``
    The key, the kinds and the meaning of each column (see `storage`), and where its cells lie.
``xetrack_meta``
    The version of this layout, and the receipts of the last transactions (see `receipts`).
``events``
    A view over the default table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidTableError, NotADatabaseError
from xetrack.model.kinds import Kind
from xetrack.model.names import DEFAULT_TABLE, EVENTS_VIEW, OWN, checked_table, fold, quoted
from xetrack_postgres.driver_errors import IDENTITY
from xetrack_postgres.names import ID, MORE, ROW, fit_name, is_sayable
from xetrack_postgres.tables.schema import (
    StoredColumn,
    TableSchema,
    describe_column,
    describe_foreign_column,
)

if TYPE_CHECKING:
    from psycopg import Connection

    from xetrack_postgres.address import Address

FORMAT = 1
"""Version of the layout above; a database with a higher one was written by a later xetrack."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7241))"
"""Taken by whoever changes what tables look like; one at a time in a schema."""

_INTERNAL = (
    "CREATE SEQUENCE IF NOT EXISTS {s}.xetrack_versions",
    """
    CREATE TABLE IF NOT EXISTS {s}.xetrack_tables (
        id bigint GENERATED ALWAYS AS IDENTITY,
        version bigint PRIMARY KEY DEFAULT nextval('{l}.xetrack_versions'),
        name text UNIQUE NOT NULL, relation text UNIQUE NOT NULL
    )""",
    """
    CREATE TABLE IF NOT EXISTS {s}.xetrack_columns (
        id bigint GENERATED ALWAYS AS IDENTITY,
        relation text, name text, key bytea NOT NULL, kinds text NOT NULL, meaning text,
        in_more boolean NOT NULL, strays boolean NOT NULL, PRIMARY KEY (relation, name)
    )""",
    "CREATE TABLE IF NOT EXISTS {s}.xetrack_meta (name text PRIMARY KEY, value bigint)",
    "INSERT INTO {s}.xetrack_meta VALUES ('format', %s) ON CONFLICT DO NOTHING",
)


class Catalog:
    """The tables in one schema of PostgreSQL, read through any connection that a method gets."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.schema = address.schema
        self._quoted = quoted(address.schema)
        self._known = False
        self._relations: dict[str, str] = {}

    def qualified(self, name: str) -> str:
        """Return the name of a relation as SQL needs it.

        Parameters
        ----------
        name
            The name of a table, a view or a sequence.
        """
        return f"{self._quoted}.{quoted(name)}"

    def lock(self, connection: Connection[Any]) -> None:
        """Lock tables and columns against changes by others, until the transaction ends.

        Parameters
        ----------
        connection
            A connection within a transaction.
        """
        connection.execute(_LOCK, (self.schema,))

    def exists(self, connection: Connection[Any]) -> bool:
        """Return True if anything was ever written here.

        Parameters
        ----------
        connection
            Any connection to the database.

        Raises
        ------
        NotADatabaseError
            A later xetrack wrote it.
        """
        if self._known:
            return True
        name = self.qualified("xetrack_meta")
        if not _fetch_value(connection, "SELECT to_regclass(%s)::text", name):
            return False
        version = _fetch_value(connection, f"SELECT value FROM {name} WHERE name = 'format'") or 0
        if version > FORMAT:
            reason = f"a later xetrack wrote it (layout {version}, this one knows {FORMAT})"
            raise NotADatabaseError(self._address.shown, reason)
        self._known = True
        return True

    def reset(self) -> None:
        """Forget what is cached, because a statement found it gone."""
        self._known = False
        self._relations.clear()

    def prepare(self, connection: Connection[Any]) -> None:
        """Create the tables that every database has besides its rows; called with `lock` held.

        Parameters
        ----------
        connection
            A connection within a transaction.

        Raises
        ------
        NotADatabaseError
            The database has another encoding than UTF8.
        """
        if self.exists(connection):
            return
        encoding = _fetch_value(connection, "SHOW server_encoding")
        if encoding != "UTF8":
            reason = f"its encoding is {encoding}, and texts of any characters need UTF8"
            raise NotADatabaseError(self._address.shown, reason)
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {self._quoted}")
        for sql in _INTERNAL:
            literal = self._quoted.replace("'", "''")
            values = (FORMAT,) if "%s" in sql else None
            connection.execute(sql.format(s=self._quoted, l=literal), values)

    def tables(self, connection: Connection[Any]) -> list[str]:
        """Name the tables of rows in the order they were made.

        Parameters
        ----------
        connection
            Any connection to the database.
        """
        if not self.exists(connection):
            return []
        sql = (
            f"SELECT t.name FROM {self._quoted}.xetrack_tables t JOIN pg_class c "
            "ON c.relname = t.relation AND c.relnamespace = to_regnamespace(%s) ORDER BY t.id"
        )
        return [name for (name,) in connection.execute(sql, (self._quoted,))]

    def relation(self, connection: Connection[Any], table: str) -> str:
        """Return the relation of a table; an empty text for a missing one.

        Parameters
        ----------
        connection
            Any connection to the database.
        table
            The name of the table.
        """
        known = self._relations.get(table)
        if known is None and is_sayable(table) and self.exists(connection):
            known = _fetch_value(
                connection,
                f"SELECT relation FROM {self._quoted}.xetrack_tables JOIN pg_class ON relname = "
                "relation AND relnamespace = to_regnamespace(%s) WHERE name = %s",
                *(self._quoted, table),
            )
            if known is not None:
                self._relations[table] = known
        return known or ""

    def load(self, connection: Connection[Any], table: str) -> TableSchema | None:
        """Read the columns of a table; None when it does not exist.

        Parameters
        ----------
        connection
            Any connection to the database.
        table
            The name of the table.
        """
        if not is_sayable(table) or not self.exists(connection):
            return None
        sql = f"SELECT version, relation FROM {self._quoted}.xetrack_tables WHERE name = %s"
        row = connection.execute(sql, (table,)).fetchone()
        if row is None:
            return None
        version, relation = row
        there = self._attributes(connection, relation)
        if not there:
            return None  # another program dropped it
        sql = (
            "SELECT name, key, kinds, meaning, in_more, strays "
            f"FROM {self._quoted}.xetrack_columns WHERE relation = %s ORDER BY id"
        )
        known = [describe_column(*row) for row in connection.execute(sql, (relation,))]
        names = {column.name for column in known} | {ROW, ID, MORE}
        columns = [
            *(column for column in known if not column.is_real or column.name in there),
            *(describe_foreign_column(name, there[name]) for name in there if name not in names),
        ]
        return TableSchema(table, relation, version, tuple(columns))

    def _attributes(self, connection: Connection[Any], relation: str) -> dict[str, str]:
        """Return the types of a relation's columns by name."""
        sql = (
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
            "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        )
        return dict(connection.execute(sql, (self.qualified(relation),)).fetchall())

    def create(self, connection: Connection[Any], table: str) -> None:
        """Create a table with the columns that name a row; called with `lock` held.

        Parameters
        ----------
        connection
            One inside a transaction.
        table
            The name of the table.

        Raises
        ------
        InvalidTableError
            Something else has that name.
        """
        checked_table(table, self.tables(connection))
        self.forget(connection, table)
        sql = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s)"
        taken = {name for (name,) in connection.execute(sql, (self._quoted,))}
        # Its own catalog goes before a schema: a statement would read that.
        theirs = (
            "SELECT FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relname = %s"
        )
        if table in taken or connection.execute(theirs, (fold(table),)).fetchone() is not None:
            raise InvalidTableError(table, f"the database has its own {table!r}")
        relation = fit_name(table, set(map(fold, taken)))
        name, own = self.qualified(relation), map(quoted, OWN)
        stamp, run = own
        connection.execute(
            f"CREATE TABLE {name} ({ROW} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
            f'{stamp} text COLLATE "C", {run} text COLLATE "C", {ID} bigint, {MORE} json)'
        )
        index = quoted(fit_name(f"{relation}"[:40] + IDENTITY, set(map(fold, taken))))
        connection.execute(f"CREATE UNIQUE INDEX {index} ON {name} ({run}, {stamp}, {ID})")
        sql = f"INSERT INTO {self._quoted}.xetrack_tables (name, relation) VALUES (%s, %s)"
        connection.execute(sql, (table, relation))
        for column in OWN:
            own_column = StoredColumn(column, column, frozenset({Kind.TEXT}), Kind.TEXT)
            self.register(connection, relation, own_column)

    def forget(self, connection: Connection[Any], table: str) -> None:
        """Remove a table from the catalog, as it is gone.

        Parameters
        ----------
        connection
            One inside a transaction.
        table
            The name of the table.
        """
        connection.execute(
            f"DELETE FROM {self._quoted}.xetrack_columns WHERE relation IN "
            f"(SELECT relation FROM {self._quoted}.xetrack_tables WHERE name = %s)",
            (table,),
        )
        connection.execute(f"DELETE FROM {self._quoted}.xetrack_tables WHERE name = %s", (table,))

    def register(self, connection: Connection[Any], relation: str, column: StoredColumn) -> None:
        """Store what is known of a column.

        Parameters
        ----------
        connection
            One inside a transaction.
        relation
            The relation of the table.
        column
            The column, which has a key.
        """
        assert column.key is not None  # noqa: S101 - other programs' columns are not ours to note
        meaning = None if column.meaning is None else str(column.meaning)
        connection.execute(
            f"INSERT INTO {self._quoted}.xetrack_columns "
            "(relation, name, key, kinds, meaning, in_more, strays) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (relation, name) DO UPDATE SET "
            "kinds = excluded.kinds, meaning = excluded.meaning, in_more = excluded.in_more, "
            "strays = excluded.strays",
            (
                *(relation, column.name, column.key.encode("utf-8", "surrogatepass")),
                *(",".join(sorted(column.kinds)), meaning, column.in_more, column.strays),
            ),
        )

    def renew(self, connection: Connection[Any], table: str) -> None:
        """Have all inserts that were prepared for a table prepare themselves anew.

        Parameters
        ----------
        connection
            One inside a transaction.
        table
            The name of the table.
        """
        connection.execute(
            f"UPDATE {self._quoted}.xetrack_tables SET version = DEFAULT WHERE name = %s", (table,)
        )

    def guard(self, version: int) -> str:
        """Return a condition of SQL that holds while a table has this version.

        Parameters
        ----------
        version
            The version that an insert was prepared for.
        """
        return f"EXISTS (SELECT FROM {self._quoted}.xetrack_tables WHERE version = {version})"

    def view(self, connection: Connection[Any], table: TableSchema) -> None:
        """Create the view over the default table, or give it the columns that came since.

        Parameters
        ----------
        connection
            One inside a transaction.
        table
            Any table; of others than the default one there is no view.
        """
        if table.name != DEFAULT_TABLE:
            return
        names = ", ".join(quoted(column.name) for column in table.columns if column.is_real)
        connection.execute(
            f"CREATE OR REPLACE VIEW {self.qualified(EVENTS_VIEW)} AS "
            f"SELECT {names} FROM {self.qualified(table.relation)}"
        )

    def lock_view(self, connection: Connection[Any], table: TableSchema) -> None:
        """Keep others from reading the view over the default table, if there is one.

        Parameters
        ----------
        connection
            One inside a transaction.
        table
            Any table; of others than the default one there is no view.
        """
        name = self.qualified(EVENTS_VIEW)
        sql = "SELECT FROM pg_class WHERE oid = to_regclass(%s) AND relkind = 'v'"
        if table.name == DEFAULT_TABLE and connection.execute(sql, (name,)).fetchone():
            connection.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")

    def drop_view(self, connection: Connection[Any], table: TableSchema) -> None:
        """Remove the view over the default table.

        Parameters
        ----------
        connection
            One inside a transaction.
        table
            Any table; of others than the default one there is no view.
        """
        if table.name == DEFAULT_TABLE:
            connection.execute(f"DROP VIEW IF EXISTS {self.qualified(EVENTS_VIEW)}")


def _fetch_value(connection: Connection[Any], sql: str, *values: Any) -> Any:
    row = connection.execute(sql, values or None).fetchone()
    return None if row is None else row[0]
