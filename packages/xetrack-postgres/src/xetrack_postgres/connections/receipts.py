"""Receipts: rows that say whether a transaction was stored whose COMMIT got no answer.

The number of a transaction does not say it: a crash makes the server forget numbers that never
reached its disk. It gives them to others, and `pg_xact_status` calls theirs committed. So a
transaction that others must not repeat writes a name of its own beside what it changes. A lost
session that lives on is waited for, at the index of the names.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import psycopg

from xetrack.errors import OutcomeUnknownError, XetrackError
from xetrack_postgres.driver_errors import is_gone, to_open_outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack_postgres.connections.pool import ConnectionPool

_PUT = """
WITH earlier AS (DELETE FROM {table} WHERE name = %s)
INSERT INTO {table} SELECT %s, extract(epoch FROM now())::bigint
WHERE pg_current_xact_id_if_assigned() IS NOT NULL
"""
"""Where nothing was changed, there is nothing to lose."""

_MAY = """
SELECT has_table_privilege(name, 'INSERT') AND has_table_privilege(name, 'DELETE')
FROM (SELECT %s::text) AS meta(name)
"""
"""A role may have rights to the rows alone."""

_FORGET = """
DELETE FROM {table} WHERE name LIKE 'receipt %%' AND value < extract(epoch FROM now()) - 86400
"""
"""Of engines that are gone."""

_REFUSE = "INSERT INTO {table} VALUES (%s, 0) ON CONFLICT DO NOTHING"
_IS_THERE = "SELECT value > 0 FROM {table} WHERE name = %s"


class LockedCatalog(Protocol):
    """The catalog of an engine, in whose schema receipts lie."""

    def lock(self, connection: psycopg.Connection[Any]) -> None:
        """Lock it against changes by others, until the transaction ends.

        Parameters
        ----------
        connection
            A connection within a transaction.
        """

    def exists(self, connection: psycopg.Connection[Any]) -> bool:
        """Return True if its tables are there.

        Parameters
        ----------
        connection
            A connection to the database.
        """

    def qualified(self, name: str) -> str:
        """Return the name of a relation as SQL needs it.

        Parameters
        ----------
        name
            The name of a table.
        """


class Receipts:
    """Makes transactions of one engine that raise only if they are not stored.

    Whoever uses it holds the engine's lock.

    Parameters
    ----------
    connections
        The connections of the engine.
    catalog
        Its catalog, which is locked first.
    """

    def __init__(self, connections: ConnectionPool, catalog: LockedCatalog) -> None:
        self._connections = connections
        self._catalog = catalog
        self._table = catalog.qualified("xetrack_meta")
        self._last: str | None = None

    @contextmanager
    def transaction(self, *, is_block: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """Lend the writer inside a transaction, as `ConnectionPool.transaction` does.

        Where the answer to its COMMIT is lost, the server is asked whether it was stored.

        Parameters
        ----------
        is_block
            Whether others' code runs in it.

        Raises
        ------
        psycopg.Error
            Nothing was stored.
        OutcomeUnknownError
            It could not be found out until the deadline: the lost session may live on.
        """
        connections = self._connections
        receipt, is_over = None, False
        try:
            with connections.transaction(is_block=is_block) as connection:
                self._catalog.lock(connection)
                yield connection
                if not connections.is_nested:
                    receipt, is_over = self._put(connection), True
        except psycopg.Error as error:
            if is_block and is_over and receipt is None and is_gone(error):
                raise OutcomeUnknownError(connections.address.shown) from error
            if receipt is None or not is_gone(error):
                raise
            try:
                is_stored = connections.retry(partial(self._is_stored, receipt), "Writing to")
            except XetrackError as failure:
                raise to_open_outcome(failure, connections.address) from failure
            if not is_stored:
                raise
        self._last = receipt or self._last

    @contextmanager
    def block(self) -> Iterator[None]:
        """Make all that the writer does in a block one transaction, on a server that answers."""
        connections = self._connections
        connections.retry(lambda: connections.writer.connection.execute("SELECT 1"), "Writing to")
        with self.transaction(is_block=True):
            yield

    def _put(self, connection: psycopg.Connection[Any]) -> str | None:
        """Write a receipt in place of the one before; None where that cannot be."""
        if not self._catalog.exists(connection):
            return None
        if self._last is None:
            (may_write,) = self._run(connection, _MAY, self._table).fetchone()
            if not may_write:
                return None
            self._run(connection, _FORGET)
        receipt = f"receipt {secrets.token_hex(16)}"
        self._run(connection, _PUT, self._last, receipt)
        return receipt

    def _is_stored(self, receipt: str) -> bool:
        """Return whether a receipt is there; one that is not will not come any more."""
        connection = self._connections.writer.connection
        self._run(connection, _REFUSE, receipt)
        (is_there,) = self._run(connection, _IS_THERE, receipt).fetchone()
        return bool(is_there)

    def _run(self, connection: psycopg.Connection[Any], sql: str, *values: str | None) -> Any:
        # A per cent sign may be in the schema's name.
        return connection.execute(sql.format(table=self._table.replace("%", "%%")), values)
