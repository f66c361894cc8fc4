"""The table of a cache: how it is made, and how statements name it.

``xetrack_cache``
    A row for each entry (see `xetrack_cache.signed`): its number, which grows with the time it was
    stored, its key, the run, the time, and its bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import errors as pg

from xetrack.model.names import quoted
from xetrack_postgres.driver_errors import StaleError

if TYPE_CHECKING:
    from psycopg import Connection

    from xetrack_postgres.tables.catalog import Catalog

COLUMNS = "number, key, track_id, stored, entry"

_CREATE = (
    """
    CREATE TABLE {table} (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text COLLATE "C" NOT NULL UNIQUE, track_id bytea NOT NULL,
        stored timestamptz NOT NULL DEFAULT clock_timestamp(), entry bytea NOT NULL
    )""",
    # Not compressed, so that the beginning of an entry can be had without the rest.
    "ALTER TABLE {table} ALTER entry SET STORAGE EXTERNAL",
)

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7242))"
"""Taken by whoever makes the table, and by whoever removes what is beyond the limit."""

_FOREIGN = (pg.UndefinedColumn, pg.DatatypeMismatch, pg.UndefinedFunction, pg.WrongObjectType)
"""What a statement meets in a table that is not made as below."""


_MADE = (pg.DuplicateTable, pg.DuplicateSchema, pg.DuplicateObject, pg.UniqueViolation)


class ForeignTableError(Exception):
    """Another program made the table, or a later version. No user ever meets it."""


class CacheTable:
    """The table, seen through whatever connection is given."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known = False
        self.name = catalog.qualified("xetrack_cache")

    def reset(self) -> None:
        """Forget that it is there, because a statement found it gone."""
        self._known = False

    def exists(self, connection: Connection[Any]) -> bool:
        """Return True if the table exists.

        Parameters
        ----------
        connection
            Any connection to the database.
        """
        if not self._known:
            row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (self.name,)).fetchone()
            self._known = bool(row and row[0])
        return self._known

    def lock(self, connection: Connection[Any]) -> None:
        """Lock the table's creation and size until the transaction ends.

        Parameters
        ----------
        connection
            A connection within a transaction.
        """
        connection.execute(_LOCK, (self._catalog.schema,))

    def prepare(self, connection: Connection[Any]) -> None:
        """Create the table within a transaction, unless it is there.

        Parameters
        ----------
        connection
            A connection within a transaction, which holds `lock`.

        Raises
        ------
        StaleError
            Others made it meanwhile, which a transaction of later sees.
        """
        if self.exists(connection):
            return
        self.lock(connection)
        schema = quoted(self._catalog.schema)
        try:
            row = connection.execute("SELECT to_regnamespace(%s) IS NULL", (schema,)).fetchone()
            if row and row[0]:
                self._catalog.lock(connection)  # engines make it as well
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            for sql in _CREATE:
                self.run(connection, sql)
        except _MADE as error:
            # What a session once did not find it takes for missing until its next transaction.
            raise StaleError("others made the table of the cache") from error

    def run(self, connection: Connection[Any], sql: str, *values: object) -> Any:
        """Run a statement, with values in binary form.

        Parameters
        ----------
        connection
            On it the statement runs.
        sql
            The statement, in which the table stands as ``{table}``.
        values
            Its parameters.

        Returns
        -------
        Any
            The cursor.

        Raises
        ------
        ForeignTableError
            The table is not one of ours.
        """
        try:
            return connection.execute(sql.format(table=self.name), values or None, binary=True)
        except _FOREIGN as error:
            raise ForeignTableError from error
