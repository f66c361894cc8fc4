"""The PostgreSQL engine: one database on a server, written to from any number of machines."""

from __future__ import annotations

import itertools
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import psycopg
from attrs import evolve

from xetrack.errors import DatabaseBusyError, ReadOnlyError, TableNotFoundError, XetrackError
from xetrack.interfaces.engine import Selection, Settings
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.model.names import column_name as plain_name
from xetrack.model.names import fold
from xetrack_postgres.address import is_url, parse_address
from xetrack_postgres.connections.pool import ConnectionPool
from xetrack_postgres.connections.receipts import Receipts
from xetrack_postgres.driver_errors import (
    NoDatabaseError,
    ServerAwayError,
    StaleError,
    to_block_error,
)
from xetrack_postgres.reading import readonly_sql, select
from xetrack_postgres.reading.charts import ChartsInPostgres
from xetrack_postgres.reading.select import TableReader
from xetrack_postgres.tables import widening
from xetrack_postgres.tables.catalog import Catalog
from xetrack_postgres.tables.widening import Widening
from xetrack_postgres.writing import updates
from xetrack_postgres.writing.inserter import PostgresInserter
from xetrack_postgres.writing.nested_calls import PendingRows, reentrant
from xetrack_postgres.writing.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xetrack.interfaces.engine import Column, Field, Inserter
    from xetrack.interfaces.engines.sql import SQLResult
    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value
    from xetrack_postgres.connections.connection import ServerConnection
    from xetrack_postgres.tables.schema import StoredColumn, TableSchema

T = TypeVar("T")


class PostgresEngine(ChartsInPostgres, RunsSQL):
    """Tables in a schema of a PostgreSQL database.

    Its `location` is the URL as it may be shown: without the password.
    """

    asset_store: ClassVar[str | None] = "postgres"

    def __init__(self, location: str, settings: Settings) -> None:
        self.url = location  # with the password
        self.address = parse_address(location)
        super().__init__(self.address.shown, settings)
        self.catalog = Catalog(self.address)
        self.connections = ConnectionPool(self, self.address)
        self._receipts = Receipts(self.connections, self.catalog)
        self.cursor: psycopg.Cursor[Any] | None = None
        """The cursor that stores rows; None before the first, and after anything went wrong."""
        self.pending_rows = PendingRows(self)
        """Rows of nested calls that this one is in the way of."""
        self._nested: PostgresEngine | None = None
        self.is_away = False
        """Whether rows go to the spool, because the server could not be reached."""
        self.numbers = self._new_numbers()
        """A number for each row that is sent."""
        self._schemas: dict[str, TableSchema] = {}
        self.spool: Spool | None = None
        if self.address.spool is not None and not settings.read_only:
            self.spool = Spool(self, self.address.spool)
        try:
            there = self.connections.read(self.catalog.exists, opening=True)
        except ServerAwayError:
            if self.spool is None:
                raise
            self.is_away = True
            return
        if settings.read_only and not there:
            self._check_there()
        if self.spool is not None:
            with self.lock:
                self.spool.flush()

    @classmethod
    def owns(cls, location: str) -> bool:
        """Return True if a server answers and has rows of ours; see `Engine.owns`."""
        if not is_url(location):
            return False
        try:
            engine = cls(location, Settings(read_only=True))
        except XetrackError:
            return False
        engine.close()
        return True

    @staticmethod
    def _new_numbers() -> Iterator[int]:
        return itertools.count(secrets.randbits(62))

    def take_numbers(self, number: int) -> int:
        """Take consecutive numbers for some rows; see `RowWriter.take_numbers`."""
        return next(self.numbers) if number == 1 else secrets.randbits(62)

    def ping(self) -> None:
        """Ask the server for a sign of life; it is not waited for."""
        self.connections.read(self.catalog.exists, opening=True)

    @reentrant
    def tables(self) -> list[str]:
        """Name the tables of rows; see `Engine.tables`."""
        return self._if_there(lambda: self.connections.read(self.catalog.tables), [])

    @reentrant
    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table; see `Engine.columns`."""
        schema = self._if_there(lambda: self._load_schema(table), None)
        return () if schema is None else tuple(column.public() for column in schema.columns)

    def lock_sql(self, handle: ServerConnection, table: str | None) -> str:
        """Return SQL that locks a table for reading; see `PoolOwner.lock_sql`."""
        handle.locked = None if table is None else self.catalog.relation(handle.connection, table)
        if not handle.locked:
            return ""
        return f"; LOCK TABLE {self.catalog.qualified(handle.locked)} IN ACCESS SHARE MODE"

    def _load_schema(self, table: str) -> TableSchema | None:
        return self.connections.read_table(table, lambda handle: self._schema_at(handle, table))

    def _schema_at(self, handle: ServerConnection, table: str) -> TableSchema | None:
        """Return the columns of a table at the moment that a connection sees."""
        schema = self.catalog.load(handle.connection, table)
        if schema is not None and handle.locked not in {None, schema.relation}:
            raise StaleError("the table was made anew")
        return schema

    def _if_there(self, ask: Callable[[], T], otherwise: T) -> T:
        """Return an answer of the server; while it is away and rows are spooled, another one."""
        try:
            return ask()
        except ServerAwayError:
            if self.spool is None:
                raise
            self.is_away = True
            return otherwise

    def prepare_or_guess(
        self, prepare: Callable[[], tuple[str, ...]], fields: Sequence[Field]
    ) -> tuple[str, ...]:
        """Return the columns that preparing gives; see `RowWriter.prepare_or_guess`."""
        likely: dict[str, str] = {}
        for field in fields:
            likely[field.key] = plain_name(field.key, set(map(fold, likely.values())))
        names = tuple(likely[field.key] for field in fields)
        patiently = self.connections.retry
        try:
            return self._if_there(lambda: patiently(prepare, "Adding columns to"), names)
        except DatabaseBusyError:
            if not self.connections.is_taken:
                raise
            return names  # a call below is in the way; rows wait until it ends

    @reentrant
    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Add columns, and widen them; see `Engine.add_columns`."""

        def prepare() -> tuple[str, ...]:
            self.forget(table)  # others may have dropped it, and no insert is here to notice
            return tuple(column.name for column in self.find_columns(table, fields)[1])

        with self.lock:
            return self.prepare_or_guess(prepare, fields)

    @reentrant
    def find_columns(
        self, table: str, fields: Sequence[Field]
    ) -> tuple[TableSchema, tuple[StoredColumn, ...]]:
        """Return the columns, added and widened; see `RowWriter.find_columns`."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Adding columns")
        with self.lock:
            for find in (
                self._schemas.get,
                self._load_schema,
                lambda name: self._widen_table(name, fields),
            ):
                schema = find(table)
                columns = widening.find_columns(schema, fields)
                if schema is not None and columns is not None:
                    self._schemas[table] = schema
                    return schema, columns
            raise StaleError(f"others keep dropping the table {table!r}")

    def _widen_table(self, table: str, fields: Sequence[Field]) -> TableSchema | None:
        with self.connections.transaction() as connection:
            self.catalog.lock(connection)
            self.catalog.prepare(connection)
            schema = self.catalog.load(connection, table)
            if schema is None:
                self.catalog.create(connection, table)
                schema = self.catalog.load(connection, table)
            assert schema is not None  # noqa: S101 - it was made in this transaction
            return Widening(connection, self.catalog, schema).widen(fields)

    def register_strays(self, table: str, names: Iterable[str]) -> None:
        """Register columns before cells of them are in JSON; see `RowWriter.register_strays`."""
        with self.connections.transaction() as connection:
            self.catalog.lock(connection)
            schema = self.catalog.load(connection, table)
            for name in names:
                if schema is None or name not in schema.by_name:
                    raise StaleError("the table was changed")
                column = evolve(schema.by_name[name], strays=True)
                self.catalog.register(connection, schema.relation, column)
        self.forget(table)

    def forget(self, table: str) -> None:
        """Forget the cached columns of a changed table; see `RowWriter.forget`."""
        self._schemas.pop(table, None)
        self.catalog.reset()

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert; see `Engine.inserter`."""
        return PostgresInserter(self, table, fields)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold a transaction, which others wait for to write; see `Engine.transaction`."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Writing to")
        other = self.free()
        if other is not self:
            with other.transaction():
                yield
            return
        with self.lock:
            self.cursor = None  # it knows no savepoints
            try:
                with self._receipts.block():
                    yield
            except BaseException as error:
                self._schemas.clear()  # the columns that it added are gone
                self.catalog.reset()
                if isinstance(error, psycopg.Error):
                    raise to_block_error(error, self.address) from error
                raise

    def _existing(
        self, schema: TableSchema | None, connection: psycopg.Connection[Any], table: str
    ) -> TableSchema:
        if schema is None:
            raise TableNotFoundError(table, self.location, self.catalog.tables(connection))
        return schema

    def _reading(self, connection: psycopg.Connection[Any], schema: TableSchema) -> TableReader:
        return TableReader(connection, schema, self.catalog.qualified(schema.relation))

    def _check_there(self) -> None:
        if not self.connections.read(self.catalog.exists):
            reason = f"the database has no schema {self.address.schema!r} with rows"
            raise NoDatabaseError(self.location, reason, "A Tracker makes it with its first row.")

    @reentrant
    def read(self, table: str, query: Query) -> Selection:
        """Read cells, from one moment of the database; see `Engine.read`."""
        self._check_there()
        lazy = self._read_lazily(table, query)
        return Selection(next(lazy), lazy)

    def _read_lazily(self, table: str, query: Query) -> Iterator[Any]:
        """Yield the columns, then the batches, and let a fork come between two of them."""

        def ask(handle: ServerConnection) -> tuple[Any, ...]:
            schema = self._existing(self._schema_at(handle, table), handle.connection, table)
            reader = self._reading(handle.connection, schema)
            columns, cursor = reader.wanted(query), reader.opened(query)
            steps = select.read_batches(cursor, columns, query)
            # The first batch is fetched where it can be asked for again: mostly that is all.
            return columns, cursor, steps, next(steps, None)

        handle, (columns, cursor, steps, step) = self.connections.hold(table, ask)
        try:
            yield tuple(column.public() for column in columns)
            while step is not None:
                yield step
                with self.connections.fetching(handle):
                    step = next(steps, None)
        finally:
            with suppress(XetrackError), self.connections.fetching(handle):
                cursor.close()
            self.connections.return_connection(handle, clean=cursor.closed)

    @reentrant
    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions; see `Engine.count`."""

        def ask(handle: ServerConnection) -> int:
            schema = self._schema_at(handle, table)
            return 0 if schema is None else self._reading(handle.connection, schema).count(where)

        return self.connections.read_table(table, ask)

    def _change(self, doing: str, change: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Make a change in one transaction, while nobody else changes or widens anything."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)

        def attempt() -> T:
            with self._receipts.transaction() as connection:
                return change(connection)

        with self.lock:
            return self.connections.retry(lambda: self.connections.retry_reads(attempt), doing)

    @reentrant
    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells, wherever they lie; see `Engine.update`."""

        def change(connection: psycopg.Connection[Any]) -> int:
            schema = self._existing(self.catalog.load(connection, table), connection, table)
            return updates.update(connection, self.catalog, schema, values, where)

        return self._change("Updating", change)

    @reentrant
    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows; see `Engine.delete`."""

        def change(connection: psycopg.Connection[Any]) -> int:
            schema = self._existing(self.catalog.load(connection, table), connection, table)
            return self._reading(connection, schema).delete(where)

        return self._change("Deleting from", change)

    @reentrant
    def drop(self, table: str) -> None:
        """Remove a table, its view and its columns in the catalog; see `Engine.drop`."""

        def change(connection: psycopg.Connection[Any]) -> None:
            schema = self.catalog.load(connection, table)
            if schema is not None:
                self.catalog.drop_view(connection, schema)
                connection.execute(f"DROP TABLE {self.catalog.qualified(schema.relation)}")
                self.catalog.forget(connection, table)

        self._change("Dropping", change)
        self.forget(table)

    def close(self) -> None:
        """Close all connections, after a last attempt to move rows out of the spool."""
        with self.lock:
            # Within a block they would be undone with it; they are stored when it is over.
            is_free = not (self.connections.is_taken or self.connections.is_within)
            if self.pending_rows and is_free:
                self.after_transaction()
            if self._nested is not None:
                self._nested.close()
            if self.spool is not None:
                self.spool.close()
            self._reset()

    def before_fork(self) -> None:
        """Close all connections; a child is a writer of its own."""
        if self.spool is not None:
            self.spool.abandon()
        self._reset()

    def _reset(self) -> None:
        self.cursor = None
        self.numbers = self._new_numbers()  # a forked child must not take the same
        self.connections.close()
        self._schemas.clear()
        self.catalog.reset()

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """A connection for the user's own statements."""
        self._check_there()
        return self.connections.user

    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads; see `RunsSQL.sql`."""
        self._check_there()
        return readonly_sql.run_query(self, self.connections, query, parameters, limit, timeout)
