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
    NotADatabaseError,
    ReadOnlyError,
    TableNotFoundError,
)
from xetrack.interfaces.capabilities import BacksUp
from xetrack.interfaces.engine import Engine, Selection, Settings
from xetrack.interfaces.sql import RunsSQL
from xetrack.interfaces.sqlite_files import SharesSQLite
from xetrack.process import forks
from xetrack_duckdb import updates
from xetrack_duckdb.file_magic import is_duckdb
from xetrack_duckdb.files import file_copy, siblings
from xetrack_duckdb.files.creation import make_folder
from xetrack_duckdb.files.database_file import CONFIG, file_at
from xetrack_duckdb.files.lending import working
from xetrack_duckdb.files.siblings import warn_of_rows
from xetrack_duckdb.reading import readonly_sql, select
from xetrack_duckdb.reading.selection import Answer
from xetrack_duckdb.retries import retried
from xetrack_duckdb.row_log.flush import transaction
from xetrack_duckdb.row_log.flush_schedule import Folds
from xetrack_duckdb.row_log.inserter import LogInserter
from xetrack_duckdb.row_log.log import ENDING, RowLog, check_stranded
from xetrack_duckdb.tables import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column, Field, Inserter
    from xetrack.interfaces.query import Condition, Query
    from xetrack.interfaces.sql import SQLResult
    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import Table

T = TypeVar("T")

MEMORY = ":memory:"

_PATIENCE = 1.0
"""Seconds that closing waits for others; the rows are safe in the log."""


class DuckDBEngine(Engine, RunsSQL, SharesSQLite, BacksUp):
    """Tables in a DuckDB file; for SQLite's files and memory there is `OverSQLite`."""

    asset_store: ClassVar[str | None] = "sqlite"
    endings: ClassVar[tuple[str, ...]] = ("", ENDING)

    def __init__(self, location: str, settings: Settings) -> None:
        # A fork brings what is older to rest first, and the file waits for nothing younger.
        self.file = file_at(location)
        super().__init__(location, settings)
        self._check()
        self.log = RowLog(self.file.path, location, settings)
        self.lock = self.log.engine.lock
        self.log.engine.files.renewing = self.log.close_apart
        self.log.engine.files.renewed = self._renew_log
        self.folds = Folds(self)
        self._user: ref[DuckDBPyConnection] | None = None
        if not settings.read_only and self._exists() and self.log.identity is not None:
            self.tidy(0)  # what a process that was killed left behind

    def _check(self) -> None:
        siblings.refuse_links(self.file.path)
        path = Path(self.file.path)
        if path.is_dir():
            raise NotADatabaseError(self.location, "it is a folder")
        if not path.exists():
            if self.settings.read_only:
                raise DatabaseNotFoundError(self.location)
        elif path.stat().st_size and not self.owns(self.location):
            raise NotADatabaseError(self.location, "it is no DuckDB database")
        check_stranded(self.location, self.file.path)

    @classmethod
    def owns(cls, location: str) -> bool:
        """Tell whether a DuckDB file is there."""
        return location != MEMORY and is_duckdb(location)

    def _exists(self) -> bool:
        there = Path(self.file.path).exists()
        return there or (not self.settings.read_only and Path(self.log.path).exists())

    def _prepare(self, doing: str) -> None:
        """Make the file and its log, where they are missing."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)
        if Path(self.file.path).exists() and self.log.identity is not None:
            return
        make_folder(self.location)
        # In this order a fork ends what holds the lock of folds, so no child finds it locked.
        try:
            with (
                self.file.lent(self.location, self.settings.timeout, "Opening") as connection,
                self.file.folding,
            ):
                self.log.begin(connection)
        except BaseException:
            self.file.end_user(None)  # what could not be made leaves no fence
            raise

    def _renew_log(self) -> None:
        """Begin a new log for the tables in DuckDB, because the log was removed or replaced."""
        self.log.forget()
        self._prepare("Writing")

    def _fold(self, connection: DuckDBPyConnection) -> None:
        """Bring the log to DuckDB."""
        found = schema.meta(connection, self.location)
        known = found.get("log")
        if self.log.identity is not None and not self.folds.within and self._may_fold(known):
            forks.locked(self.file.folding, lambda: self.log.fold(connection, known))

    def _may_fold(self, known: str | None) -> bool:
        """Tell whether a fold may change both files: a reader changes only what its user made."""
        if not self.settings.read_only:
            return True
        if all(map(siblings.is_ours, (self.file.path, self.log.path))):
            return known is not None
        if not self.log.is_empty():
            warn_of_rows(self.location)
        return False

    def _work(
        self,
        doing: str,
        work: Callable[[DuckDBPyConnection], T],
        timeout: float | None = None,
    ) -> T:
        """Return what some work gives on a connection that sees every row.

        What another transaction of this process is in the way of is done again.
        """
        patience = self.settings.timeout if timeout is None else timeout

        def attempt() -> T:
            with self.file.lent(self.location, patience, doing) as connection:
                self._fold(connection)
                return work(connection)

        return retried(attempt, self.file, self.location, patience)

    def _look(self, at: Callable[[DuckDBPyConnection], T]) -> T:
        """Return what a short look at the database gives."""

        def look(connection: DuckDBPyConnection) -> T:
            with transaction(connection):
                return at(connection)

        while True:
            with suppress(InterruptedReadError):  # a fork in another thread: look again
                return self._work("Reading", look)

    def tidy(self, patience: float) -> bool:
        """Bring the log to DuckDB, if nobody else has the file for long; tell if it is empty."""
        with suppress(DatabaseBusyError, InterruptedReadError):
            if not self.log.is_empty():
                self._work("Writing to", lambda _: None, patience)
            return True
        return False

    def settle(self, patience: float) -> bool:
        """Make the DuckDB file whole by itself, as `tidy` does; tell whether it is."""
        if not self._exists():
            return True
        own = Path(self.file.path + ".wal")
        try:
            if not self.folds.rest() or not self.tidy(patience):
                return False
            if own.exists():  # it goes into the file as that is closed, but a user may keep it open
                with suppress(DatabaseBusyError, InterruptedReadError):
                    self._work("Writing to", lambda lent: lent.execute("CHECKPOINT db"), patience)
            return not own.exists() or not own.stat().st_size
        finally:
            if patience:  # the program ends, and nobody else would remove the fence
                self.file.end_user(None)

    def tables(self) -> list[str]:
        """Name the tables of rows."""
        if not self._exists():
            return []
        if self.log.identity is not None:
            return list(self.log.engine.tables())
        return self._look(schema.table_names)

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table."""
        if not self._exists():
            return ()
        if self.log.identity is not None:
            return tuple(self.log.engine.columns(table))
        stored = self._look(lambda connection: schema.load(connection, table))
        return () if stored is None else tuple(column.public() for column in stored.columns)

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Make sure that the table has a wide enough column for each field."""
        self._prepare("Adding columns")
        names: tuple[str, ...] = self.log.engine.add_columns(table, fields)
        return names

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert into the log."""
        self._prepare("Writing")
        return LogInserter(self, table, fields)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes of a block one, in the log; a read in it sees what was there before."""
        self._prepare("Writing")
        # The file first, and for all of it: whoever has the file may wait for the log.
        lent = self.file.borrow(self.location, self.settings.timeout)
        try:

            def fold() -> None:
                with working(lent, self.location, "Writing to"):
                    self._fold(lent.connection)

            retried(fold, self.file, self.location, self.settings.timeout)
            with self.log.engine.transaction():
                self.folds.lent = lent
                yield
        finally:
            self.file.give_back(lent)
        forks.locked(self.lock, lambda: self.folds.stored(0))

    def is_writing(self) -> bool:
        """Return True if this thread is in the midst of another write."""
        return bool(self.log.engine.is_writing())

    def after_write(self, work: Callable[[], object]) -> None:
        """Do some work when that write is over."""
        self.log.engine.after_write(work)

    def look(self, at: Callable[[sqlite3.Connection], T], *, brief: bool = False) -> T:
        """Return what a look at the log gives, in whose file assets are kept."""
        if self.log.identity is None:  # a file that came alone, without assets
            with closing(sqlite3.connect(MEMORY)) as nothing:
                return at(nothing)
        found: T = self.log.engine.look(at, brief=brief)
        return found

    @contextmanager
    def change(self, *, wait: bool = True) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection of the log, into which rows go first."""
        self._prepare("Writing")
        with self.log.engine.change(wait=wait) as connection:
            yield connection

    def _table(self, connection: DuckDBPyConnection, table: str) -> Table:
        found = schema.load(connection, table)
        if found is None:
            raise TableNotFoundError(table, self.location, self.tables())
        return found

    def read(self, table: str, query: Query) -> Selection:
        """Read cells, from one moment of the database."""
        if not self._exists():
            raise DatabaseNotFoundError(self.location)

        def find(connection: DuckDBPyConnection) -> Table:
            self._fold(connection)
            connection.execute("BEGIN")
            return self._table(connection, table)

        timeout = self.settings.timeout
        answer = partial(Answer, self.file, self.location, timeout, find, query)
        return retried(answer, self.file, self.location, timeout)

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions."""
        if not self._exists():
            return 0
        return self._look(lambda connection: select.count(connection, table, where))

    def _change(self, doing: str, change: Callable[[DuckDBPyConnection], int]) -> int:
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)
        if not self._exists():
            raise DatabaseNotFoundError(self.location)

        def attempt(connection: DuckDBPyConnection) -> int:
            # Rows that are brought in meanwhile would be in conflict with it.
            with self.file.folding, transaction(connection):
                return change(connection)

        number = self._work(doing, attempt)
        forks.locked(self.lock, lambda: self.folds.stored(0))  # it lies in DuckDB's own log
        return number

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells, and their notes with them."""
        return self._change(
            "Updating",
            lambda connection: updates.update(
                connection, self._table(connection, table), values, where
            ),
        )

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows."""
        return self._change(
            "Deleting from",
            lambda connection: updates.delete(connection, self._table(connection, table), where),
        )

    def drop(self, table: str) -> None:
        """Remove a table from the log; DuckDB's is dropped after it, at once if it is free."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Dropping")
        if self._exists() and self.log.identity is not None:
            self.log.engine.drop(table)
            with suppress(DatabaseBusyError):
                self._work("Dropping", lambda _: None, 0)

    def close(self) -> None:
        """Bring what was logged to DuckDB, if that takes no long wait, and give all back."""
        try:
            with self.folds.closing() as waits:
                patience = min(_PATIENCE, self.settings.timeout)
                if waits and self._exists() and not self.tidy(patience):
                    self.folds.later()
        finally:
            self.file.end_user(None if self._user is None else self._user())
            self._user = None
            self.log.close()

    def backup(self, path: str) -> None:
        """Write what is stored at one moment into a new file, and the log's assets beside it."""
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        self._work("Copying", lambda lent: file_copy.write(lent, self.file, self.log, path))
        if self.log.identity is not None:
            file_copy.set_apart(path, path + ENDING)
            # Rows that came after the last look at the log are in its copy.
            with closing(DuckDBEngine(path, Settings())) as made:
                made.tidy(self.settings.timeout)

    def before_fork(self) -> None:
        """Leave it to the file and the log, which are brought to rest by themselves."""

    @property
    def connection(self) -> DuckDBPyConnection:
        """A connection for the user's own statements, which sees what is logged by now.

        As long as somebody has it, no other process can read.
        """
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        found = self._work("Opening", lambda _: None if self._user is None else self._user())
        if found is None and not self.settings.read_only:
            found = self.file.user(self.location, self.settings.timeout)
        if found is None or self.settings.read_only:
            found = readonly_sql.apart(self.file, self.location, self.settings.timeout, CONFIG)
            schema.refuse_macros(found, self.location)
            found.execute("USE db")
        self._user = ref(found)
        return found

    def table_name(self, table: str) -> str:
        """Return how statements on `connection` name a table."""
        return schema.attached_name(table)

    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads."""
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        self._work("Reading", lambda _: None)
        with readonly_sql.opened(self.file, self.location, self.settings.timeout) as connection:
            return readonly_sql.run(connection, query, parameters, limit, timeout)
