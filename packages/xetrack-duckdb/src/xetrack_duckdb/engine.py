"""The DuckDB engine: columns at DuckDB's speed, rows at SQLite's, any number of processes."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from weakref import ref

from xetrack.errors import (
    DatabaseBusyError,
    DatabaseNotFoundError,
    InterruptedReadError,
    ReadOnlyError,
    TableNotFoundError,
)
from xetrack.interfaces.engine import Selection, Settings
from xetrack.interfaces.engines.capabilities import BacksUp
from xetrack.interfaces.engines.facts import FactsInSQLite
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.process import forks
from xetrack_duckdb import updates
from xetrack_duckdb.file_magic import is_duckdb
from xetrack_duckdb.files import file_copy, siblings
from xetrack_duckdb.files.connecting import CONFIG
from xetrack_duckdb.files.creation import make_folder
from xetrack_duckdb.files.database_file import file_at
from xetrack_duckdb.files.last_closed import keep_last
from xetrack_duckdb.files.lending import use_connection
from xetrack_duckdb.files.opening import check_copy, check_location
from xetrack_duckdb.reading import readonly_sql, select
from xetrack_duckdb.reading.charts import ChartsInDuckDB
from xetrack_duckdb.reading.selection import DuckDBSelection
from xetrack_duckdb.retries import retry_conflicts
from xetrack_duckdb.row_log.flush import transaction
from xetrack_duckdb.row_log.flush_schedule import FlushSchedule
from xetrack_duckdb.row_log.inserter import LogInserter
from xetrack_duckdb.row_log.log import ENDING, RowLog
from xetrack_duckdb.tables import foreign_code, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column, Field, Inserter
    from xetrack.interfaces.engines.sql import SQLResult
    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import Table

T = TypeVar("T")

MEMORY = ":memory:"

_PATIENCE = 1.0
"""Seconds that closing waits for others; the rows are safe in the log."""


def _no_connection() -> None:
    """Return None, in place of a reference to a user's connection."""


class DuckDBEngine(ChartsInDuckDB, RunsSQL, FactsInSQLite, BacksUp):
    """Tables in a DuckDB file; for SQLite's files and memory there is `SQLiteAdapter`."""

    asset_store: ClassVar[str | None] = "sqlite"
    endings: ClassVar[tuple[str, ...]] = ("", ENDING)

    def __init__(self, location: str, settings: Settings) -> None:
        # A fork brings what is older to rest first, and the file waits for nothing younger.
        self.file = file_at(location)
        super().__init__(location, settings)
        check_location(location, self.file.path, read_only=settings.read_only)
        self.log = RowLog(self.file.path, location, settings)
        self.lock = self.log.engine.lock
        self.log.engine.files.renewing = self.log.close_flush_engine
        self.log.engine.files.renewed = self._renew_log
        self.flush_schedule = FlushSchedule(self)
        self._user_ref: Callable[[], DuckDBPyConnection | None] = _no_connection
        if not settings.read_only and self._exists() and self.log.identity is not None:
            self.flush(0)  # what a process that was killed left behind

    @classmethod
    def owns(cls, location: str) -> bool:
        """Return True for a DuckDB file; see `Engine.owns`."""
        return location != MEMORY and is_duckdb(location)

    def _exists(self) -> bool:
        there = Path(self.file.path).exists()
        return there or (not self.settings.read_only and Path(self.log.path).exists())

    def _create_missing(self, doing: str) -> None:
        """Make the file and its log, where they are missing."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)
        if Path(self.file.path).exists() and self.log.identity is not None:
            return
        make_folder(self.location)
        # In this order a fork ends what holds the lock of flushes, so no child finds it locked.
        try:
            with (
                self.file.lend(self.location, self.settings.timeout, "Opening") as connection,
                self.file.flush_lock,
            ):
                self.log.create(connection)
        except BaseException:
            self.file.close_user_connection(None)  # what could not be made leaves no lock file
            raise

    def _renew_log(self) -> None:
        """Begin a new log for the tables in DuckDB, because the log was removed or replaced."""
        self.log.forget()
        self._create_missing("Writing")
        with self.file.lend(self.location, self.settings.timeout, "Opening") as connection:
            self.log.check_database(schema.read_meta(connection, self.location).get("log"))

    def _flush_log(self, connection: DuckDBPyConnection) -> None:
        """Bring the log to DuckDB."""
        facts = schema.read_meta(connection, self.location)
        known = facts.get("log")
        within = self.flush_schedule.is_in_transaction
        if self.log.identity is not None and not within and self._may_flush(known):
            forks.locked(self.file.flush_lock, lambda: self.log.flush(connection, known))

    def _may_flush(self, known: str | None) -> bool:
        """Return True if a flush may change both files: a reader changes only its user's own."""
        if not self.settings.read_only:
            return True
        if all(map(siblings.is_own_file, (self.file.path, self.log.path))):
            return known is not None
        if not self.log.is_empty():
            siblings.warn_unread_rows(self.location)
        return False

    def _run(
        self,
        doing: str,
        work: Callable[[DuckDBPyConnection], T],
        timeout: float | None = None,
    ) -> T:
        """Return what some work gives on a connection that sees every row.

        It is done again while another transaction of this process is in the way.
        """
        patience = self.settings.timeout if timeout is None else timeout

        def attempt() -> T:
            with self.file.lend(self.location, patience, doing) as connection:
                self._flush_log(connection)
                return work(connection)

        return retry_conflicts(attempt, self.file, self.location, patience)

    def _read(self, at: Callable[[DuckDBPyConnection], T]) -> T:
        """Return what some short work reads, in one transaction."""

        def look(connection: DuckDBPyConnection) -> T:
            with transaction(connection):
                return at(connection)

        while True:
            with suppress(InterruptedReadError):  # a fork in another thread: look again
                return self._run("Reading", look)

    def flush(self, patience: float) -> bool:
        """Bring the log to DuckDB; see `FlushedEngine.flush`."""
        with suppress(DatabaseBusyError, InterruptedReadError):
            if not self.log.is_empty():
                self._run("Writing to", lambda _: None, patience)
            return True
        return False

    def flush_and_checkpoint(self, patience: float) -> bool:
        """Bring all rows into the one DuckDB file; see `FlushedEngine.flush_and_checkpoint`."""
        if not self._exists():
            return True
        wal = Path(self.file.path + ".wal")
        try:
            if not self.flush_schedule.reset() or not self.flush(patience):
                return False
            if wal.exists():  # it goes into the file as that is closed, but a user may keep it open
                with suppress(DatabaseBusyError, InterruptedReadError):
                    self._run(
                        "Writing to",
                        lambda connection: connection.execute("CHECKPOINT db"),
                        patience,
                    )
            return not wal.exists() or not wal.stat().st_size
        finally:
            if patience:  # the program ends, and nobody else would remove the lock file
                self.file.close_user_connection(None)

    def tables(self) -> list[str]:
        """Name the tables of rows; see `Engine.tables`."""
        if not self._exists():
            return []
        if self.log.identity is not None:
            return list(self.log.engine.tables())
        return self._read(schema.table_names)

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table; see `Engine.columns`."""
        if not self._exists():
            return ()
        if self.log.identity is not None:
            return tuple(self.log.engine.columns(table))
        stored = self._read(lambda connection: schema.load(connection, table))
        return () if stored is None else tuple(column.public() for column in stored.columns)

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Add columns to the log, and widen them; see `Engine.add_columns`."""
        self._create_missing("Adding columns")
        return tuple(self.log.engine.add_columns(table, fields))

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert into the log; see `Engine.inserter`."""
        self._create_missing("Writing")
        return LogInserter(self, table, fields)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold one transaction of the log, of which reads see nothing; see `Engine.transaction`."""
        self._create_missing("Writing")
        # The file first, and for all of it: whoever has the file may wait for the log.
        borrowed = self.file.borrow(self.location, self.settings.timeout)
        try:

            def flush() -> None:
                with use_connection(borrowed, self.location, "Writing to"):
                    self._flush_log(borrowed.connection)

            retry_conflicts(flush, self.file, self.location, self.settings.timeout)
            with self.log.engine.transaction():
                self.flush_schedule.borrowed = borrowed
                yield
        finally:
            self.file.return_connection(borrowed)
        forks.locked(self.lock, lambda: self.flush_schedule.count_rows(0))

    def is_writing(self) -> bool:
        """Return True if this thread is within another write; see `Engine.is_writing`."""
        return bool(self.log.engine.is_writing())

    def after_write(self, work: Callable[[], object]) -> None:
        """Run some work when that write is over; see `Engine.after_write`."""
        self.log.engine.after_write(work)

    def read_sqlite(self, at: Callable[[sqlite3.Connection], T], *, brief: bool = False) -> T:
        """Return what some work reads from the row log; see `SharesSQLite.read_sqlite`."""
        if self.log.identity is None:  # a file that came alone, without assets
            with closing(sqlite3.connect(MEMORY)) as nothing:
                return at(nothing)
        result: T = self.log.engine.read_sqlite(at, brief=brief)
        return result

    @contextmanager
    def write_sqlite(self, *, wait: bool = True) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection of the row log; see `SharesSQLite.write_sqlite`."""
        self._create_missing("Writing")
        with self.log.engine.write_sqlite(wait=wait) as connection:
            yield connection

    def _table(self, connection: DuckDBPyConnection, table: str) -> Table:
        loaded = schema.load(connection, table)
        if loaded is None:
            raise TableNotFoundError(table, self.location, self.tables())
        return loaded

    def read(self, table: str, query: Query) -> Selection:
        """Read cells, from one moment of the database; see `Engine.read`."""
        if not self._exists():
            raise DatabaseNotFoundError(self.location)

        def find(connection: DuckDBPyConnection) -> Table:
            self._flush_log(connection)
            connection.execute("BEGIN")
            return self._table(connection, table)

        timeout = self.settings.timeout
        answer = partial(DuckDBSelection, self.file, self.location, timeout, find, query)
        return retry_conflicts(answer, self.file, self.location, timeout)

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions; see `Engine.count`."""
        if not self._exists():
            return 0
        return self._read(lambda connection: select.count(connection, table, where))

    def _change(self, doing: str, change: Callable[[DuckDBPyConnection], int]) -> int:
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)
        if not self._exists():
            raise DatabaseNotFoundError(self.location)

        def attempt(connection: DuckDBPyConnection) -> int:
            # Rows that are brought in meanwhile would be in conflict with it.
            with self.file.flush_lock, transaction(connection):
                return change(connection)

        number = self._run(doing, attempt)
        # It lies in DuckDB's own log.
        forks.locked(self.lock, lambda: self.flush_schedule.count_rows(0))
        return number

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells, and the notes on their kinds; see `Engine.update`."""

        def change(connection: DuckDBPyConnection) -> int:
            return updates.update(connection, self._table(connection, table), values, where)

        return self._change("Updating", change)

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows; see `Engine.delete`."""
        return self._change(
            "Deleting from",
            lambda connection: updates.delete(connection, self._table(connection, table), where),
        )

    def drop(self, table: str) -> None:
        """Remove a table from the log, then DuckDB's when that is free; see `Engine.drop`."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Dropping")
        if self._exists() and self.log.identity is not None:
            self.log.engine.drop(table)
            with suppress(DatabaseBusyError):
                self._run("Dropping", lambda _: None, 0)

    def close(self) -> None:
        """Flush the log, if that takes no long wait, and close all connections."""
        try:
            with self.flush_schedule.closing() as waits:
                patience = min(_PATIENCE, self.settings.timeout)
                if waits and self._exists() and not self.flush(patience):
                    self.flush_schedule.schedule()
        finally:
            self.file.close_user_connection(self._user_ref())
            self._user_ref = _no_connection
            self.log.close()
            keep_last(self.file)

    def backup(self, path: str) -> None:
        """Write one moment into a new file, and the assets beside it; see `BacksUp.backup`."""
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        check_copy(path)
        self._run(
            "Copying",
            lambda connection: file_copy.write_copy(connection, self.file, self.log, path),
        )
        if self.log.identity is not None:
            file_copy.assign_new_identity(path, path + ENDING)
            # Rows that came after the last look at the log are in its copy.
            with closing(DuckDBEngine(path, Settings())) as copy_engine:
                copy_engine.flush(self.settings.timeout)

    def before_fork(self) -> None:
        """Do nothing: the file and the log close their connections by themselves."""

    @property
    def connection(self) -> DuckDBPyConnection:
        """The user's own connection, which sees all logged rows; see `RunsSQL.connection`.

        As long as somebody has it, no other process can read.
        """
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        connection = self._run("Opening", lambda _: self._user_ref())
        if connection is None and not self.settings.read_only:
            connection = self.file.user_connection(self.location, self.settings.timeout)
        if connection is None or self.settings.read_only:
            connection = readonly_sql.open_snapshot(
                self.file, self.location, self.settings.timeout, CONFIG
            )
            foreign_code.refuse_macros(connection, self.location)
            connection.execute("USE db")
        self._user_ref = ref(connection)
        return connection

    def table_name(self, table: str) -> str:
        """Return how statements on `connection` name a table; see `RunsSQL.table_name`."""
        return schema.attached_name(table)

    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads; see `RunsSQL.sql`."""
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        self._run("Reading", lambda _: None)
        guarded = readonly_sql.guarded_connection(self.file, self.location, self.settings.timeout)
        return readonly_sql.run_with_keys(self, guarded, query, parameters, limit, timeout)
