"""The SQLite engine: one file, any number of writers, every acknowledged row kept."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from xetrack.builtin.sqlite import backup, updates
from xetrack.builtin.sqlite.connections.checkpoints import Checkpoints
from xetrack.builtin.sqlite.connections.file_identity import FileIdentity
from xetrack.builtin.sqlite.connections.pool import MEMORY, ConnectionPool
from xetrack.builtin.sqlite.driver_errors import (
    REFUSALS,
    DamagedError,
    NestedError,
    translated,
)
from xetrack.builtin.sqlite.file_type import is_sqlite
from xetrack.builtin.sqlite.inserter import SQLiteInserter
from xetrack.builtin.sqlite.reading import readonly_sql, select
from xetrack.builtin.sqlite.reading.selection import LazySelection, read_states, select_numbered
from xetrack.builtin.sqlite.tables import row_numbers, schema, widening
from xetrack.errors import (
    DatabaseBusyError,
    DatabaseNotFoundError,
    InterruptedReadError,
    ReadOnlyError,
    TableNotFoundError,
)
from xetrack.interfaces.engine import Engine
from xetrack.interfaces.engines.capabilities import BacksUp, NumbersRows, ReadsSeries
from xetrack.interfaces.engines.facts import FactsInSQLite
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.runs.spans import ReadsSpans
from xetrack.model.names import DEFAULT_TABLE, quoted
from xetrack.process import forks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from xetrack.builtin.sqlite.connections.change_tokens import ChangeTokens
    from xetrack.builtin.sqlite.tables.stored_columns import StoredColumn, TableSchema
    from xetrack.interfaces.engine import Column, Field, Inserter, Selection, Settings
    from xetrack.interfaces.engines.capabilities import NumberedRows, TableState
    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.interfaces.engines.sql import SQLResult
    from xetrack.interfaces.query import Condition, Query
    from xetrack.interfaces.runs.spans import RunSpan
    from xetrack.model.kinds import Value

T = TypeVar("T")


def _pages(connection: sqlite3.Connection) -> int:
    """Return how many pages of the database are in use."""
    (pages,), (free,) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count")
    )
    return int(pages - free)


class SQLiteEngine(Engine, RunsSQL, FactsInSQLite, NumbersRows, ReadsSeries, ReadsSpans, BacksUp):
    """Tables in a SQLite file, or in memory for the location ``:memory:``."""

    asset_store: ClassVar[str | None] = "sqlite"

    def __init__(self, location: str, settings: Settings) -> None:
        super().__init__(location, settings)
        self.connections = ConnectionPool(self)
        self.checkpoints = Checkpoints(self.connections, self)
        self.files = self.connections.files = FileIdentity(self)
        self.cursor: sqlite3.Cursor | None = None
        """The cursor that stores rows; `open_cursor` makes one where there is none."""
        self._tokens: ChangeTokens | None = None
        self._schemas: dict[str, TableSchema] = {}
        self._prepared: int | None = None
        """SQLite's number for the schema at which the file was last prepared."""
        if settings.read_only and (self.connections.in_memory or not self.connections.exists()):
            raise DatabaseNotFoundError(location)
        if not self.connections.in_memory and self.connections.exists():
            self.read_sqlite(lambda connection: schema.check_format(connection, location))

    @classmethod
    def owns(cls, location: str) -> bool:
        """Return True if SQLite can read it, or if it is an empty file; see `Engine.owns`."""
        return location != MEMORY and is_sqlite(location)

    def open_cursor(self) -> sqlite3.Cursor:
        """Make the cursor that stores rows; called with the lock held.

        Raises
        ------
        NestedError
            A block around has a transaction, of which the row would be a part.
        """
        transactions = self.connections.transactions
        if transactions.has_block():
            raise NestedError
        transactions.recover()
        self.cursor = cursor = self.connections.writer.cursor()
        return cursor  # not the attribute: a call within this one may have a transaction

    def forget_schemas(self) -> None:
        """Forget what tables look like, because a transaction that changed some was undone."""
        self._schemas.clear()
        self._prepared = None

    def is_writing(self) -> bool:
        """Return True if this thread is in the midst of another write to the file."""
        return self.connections.transactions.around() is not None

    def after_write(self, work: Callable[[], object]) -> None:
        """Do some work when that write is over; see `Engine.after_write`."""
        with self.lock:
            self.connections.transactions.wait(work)

    def tables(self) -> list[str]:
        """Name the tables of rows."""
        if not self.connections.exists():
            return []
        return self.read_sqlite(schema.table_names, brief=True)

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table; see `Engine.columns`."""
        if not self.connections.exists():
            return ()
        stored = self.read_sqlite(lambda connection: schema.load(connection, table), brief=True)
        return () if stored is None else tuple(column.public() for column in stored.columns)

    def read_sqlite(self, at: Callable[[sqlite3.Connection], T], *, brief: bool = False) -> T:
        """Return what a look at the database gives.

        Parameters
        ----------
        at
            Called with a connection; again where a fork in another thread closed that.
        brief
            Use a connection that is left open for the next look.

        Returns
        -------
        object
            What `at` returned.
        """
        while True:
            with (
                suppress(InterruptedReadError),  # a fork in another thread: look again
                self.connections.looking() if brief else self.connections.borrowed() as connection,
            ):
                return at(connection)

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Make sure that a table has a column for each field; see `Engine.add_columns`."""
        self.forget(table)  # others may have dropped it, and no insert is here to notice
        return tuple(column.name for column in self.ensure_columns(table, fields))

    def ensure_columns(self, table: str, fields: Sequence[Field]) -> tuple[StoredColumn, ...]:
        """Return the stored columns for the fields, after adding and widening them.

        Parameters
        ----------
        table
            Name of the table, made when missing.
        fields
            What is to be written.

        Returns
        -------
        tuple of StoredColumn
            One for each field.

        Raises
        ------
        ReadOnlyError
            The engine may change nothing.
        StorageError
            The columns could not be added.
        """
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Adding columns")
        with self.lock:
            columns = widening.find_columns(self._schemas.get(table), fields)
            if columns is not None:
                return columns
            try:
                with self.connections.transaction() as connection:
                    self._prepare(connection)
                    widening.widen_table(connection, table, fields)
                    stored = schema.load(connection, table)
            except sqlite3.Error as error:
                raise translated(error, self.location, "Adding columns to") from error
            assert stored is not None  # noqa: S101 - `widen_table` made it
            self._schemas[table] = stored
            columns = widening.find_columns(stored, fields)
            if columns is None:  # what was registered is not what is there now
                damage = DamagedError("xetrack_columns")
                raise translated(damage, self.location, "Adding columns to")
            return columns

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make what every file of ours has, unless it was found there in the same schema."""
        before = schema.version(connection)
        if before != self._prepared:
            schema.prepare_file(connection, self.location)
            # A change may yet be undone, and its number be given to another one.
            self._prepared = before if schema.version(connection) == before else None

    def forget(self, table: str) -> None:
        """Forget what a table looked like; see `RowWriter.forget`."""
        self._schemas.pop(table, None)

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert; see `Engine.inserter`."""
        return SQLiteInserter(self, table, fields)

    @contextmanager
    def transaction(self, timeout: float | None = None) -> Iterator[None]:
        """Make a block one transaction, begun in `timeout` seconds; see `Engine.transaction`."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Writing to")
        with self.lock:
            try:
                with self.connections.transaction(timeout):
                    yield
            except sqlite3.Error as error:
                raise translated(error, self.location, "Writing to") from error
            self.checkpoints.stored(0)

    def _schema(self, connection: sqlite3.Connection, table: str) -> TableSchema:
        stored = schema.load(connection, table)
        if stored is None:
            raise TableNotFoundError(table, self.location, schema.table_names(connection))
        return stored

    def read(self, table: str, query: Query) -> Selection:
        """Read cells, from one moment of the database; see `Engine.read`."""
        return LazySelection(self.connections, lambda handle: self._schema(handle, table), query)

    def read_numbered(self, table: str, after: int = 0) -> NumberedRows:
        """Read the rows with a higher number, from one moment; see `NumbersRows.read_numbered`."""
        return select_numbered(self.connections, self._schema, table, after)

    def read_series(self, table: str, query: SeriesQuery) -> Iterator[Bucket]:
        """Compute buckets by SQL; see `ReadsSeries.read_series`."""
        from xetrack.builtin.sqlite.reading import series  # noqa: PLC0415 - few draw charts

        return series.read(self, self.read_sqlite, self._schema, self._known_runs, table, query)

    def read_spans(self, table: str) -> dict[str, RunSpan] | None:
        """Read the rows of each run as a range; see `ReadsSpans.read_spans`."""
        from xetrack.builtin.sqlite.reading import series  # noqa: PLC0415 - as above

        return series.read_spans(self, self.read_sqlite, self._schema, self._known_runs, table)

    @property
    def _known_runs(self) -> dict[str, Any] | None:
        """What is remembered for who asks for tokens, as asking keeps a connection open."""
        return None if self._tokens is None or self.connections.in_memory else self._tokens.known

    def change_token(self, table: str) -> str:  # noqa: ARG002 - all tables share one
        """Return SQLite's version of the file's data; see `Engine.change_token`."""
        from xetrack.builtin.sqlite.connections import change_tokens  # noqa: PLC0415 - as above

        with self.lock:
            self._tokens = self._tokens or change_tokens.ChangeTokens(self.connections)
            return self._tokens.token()

    def table_states(self, tables: Sequence[str] | None = None) -> dict[str, TableState]:
        """Return how far the rows of tables go; see `NumbersRows.table_states`."""
        if not self.connections.exists():
            return {}
        with self.lock:
            if self.connections.transactions.around():
                return read_states(self.connections.writer, tables)
            return self.read_sqlite(lambda handle: read_states(handle, tables), brief=True)

    def discard(self, table: str, last: int, *, wait: bool = True) -> None:
        """Delete the rows up to a number; see `NumbersRows.discard`."""
        with (
            self._locked(wait=wait) as timeout,
            self._changing("Deleting from", timeout) as connection,
        ):
            row_numbers.discard(connection, self._schema(connection, table), last)

    @contextmanager
    def _locked(self, *, wait: bool) -> Iterator[float | None]:
        """Hold the lock, and give the timeout for other processes."""
        if not self.lock.acquire(blocking=wait):
            raise DatabaseBusyError(self.location, 0.0)
        try:
            yield None if wait else 0.0
        finally:
            self.lock.release()

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions; see `Engine.count`."""
        if not self.connections.exists():
            return 0
        return self.read_sqlite(lambda connection: select.count(connection, table, where))

    @contextmanager
    def _changing(self, doing: str, timeout: float | None = None) -> Iterator[sqlite3.Connection]:
        """Lend the writer inside a transaction, on a file with all it needs."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)
        try:
            with self.connections.transaction(timeout) as connection:
                self._prepare(connection)
                yield connection
            forks.locked(self.lock, lambda: self.checkpoints.stored(0))
        except REFUSALS as error:
            raise translated(error, self.location, doing) from error

    @contextmanager
    def write_sqlite(self, *, wait: bool = True) -> Iterator[sqlite3.Connection]:
        """Lend the writer inside a transaction; see `SharesSQLite.write_sqlite`."""
        with self._locked(wait=wait) as timeout, self.transaction(timeout):
            connection = self.connections.writer
            self._prepare(connection)
            before = _pages(connection)
            yield connection
            # A page is what a row is to a checkpoint, and it begins when all is stored.
            self.checkpoints.stored(_pages(connection) - before)

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells, and their notes with them; see `Engine.update`."""
        with self._changing("Updating") as connection:
            return updates.update(connection, self._schema(connection, table), values, where)

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows, and their notes with them; see `Engine.delete`."""
        with self._changing("Deleting from") as connection:
            return updates.delete(connection, self._schema(connection, table), where)

    def drop(self, table: str) -> None:
        """Remove a table; what its columns meant stays known (see `schema.TableSchema`)."""
        if not self.connections.exists():
            return
        with self.lock, self._changing("Dropping") as connection:
            if table not in schema.table_names(connection):
                return
            if table == DEFAULT_TABLE:
                schema.drop_view(connection)
            connection.execute(f"DROP TABLE {quoted(table)}")
            connection.execute('DELETE FROM xetrack_cells WHERE "table" = ?', (table,))
            self.forget(table)

    def close(self) -> None:
        """Close every connection of this engine."""
        with self.lock:
            try:
                self.files.look()
            finally:
                self.close_connections()

    def close_connections(self, *, drain: bool = True) -> None:
        """Close every connection, whatever is at the path; see `Owner.close_connections`."""
        with self.lock, self.checkpoints.closing():
            self.files.closed()
            self.cursor = None
            self.connections.close(drain=drain)
            self.forget_schemas()

    def backup(self, path: str) -> None:
        """Write all that is stored at one moment into a new file; see `BacksUp.backup`."""
        with self.connections.borrowed() as connection:
            backup.write(connection, self.location, path)

    def before_fork(self) -> None:
        """Close what is open on a file; a database in memory is the child's own copy."""
        if not self.connections.in_memory:
            self.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """A connection for the user's own statements."""
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
        return readonly_sql.run(self, self.connections, query, parameters, limit, timeout)
