"""The DuckDB engine: columns at DuckDB's speed, rows at SQLite's, any number of processes."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from weakref import ref

from xetrack import forks
from xetrack.errors import (
    DatabaseBusyError,
    DatabaseNotFoundError,
    InterruptedReadError,
    NotADatabaseError,
    ReadOnlyError,
    TableNotFoundError,
    XetrackError,
)
from xetrack.interfaces.engine import Engine, Inserter, RunsSQL, Selection
from xetrack.interfaces.powers import LendsSQLite
from xetrack.names import quoted
from xetrack_duckdb import batches, changing, guarded, neighbours, reading, schema
from xetrack_duckdb.answers import Answer
from xetrack_duckdb.files import CONFIG, file_at, make_folder
from xetrack_duckdb.folding import transaction
from xetrack_duckdb.lending import working
from xetrack_duckdb.looks import is_duckdb, is_sqlite
from xetrack_duckdb.neighbours import warn_of_rows
from xetrack_duckdb.rowlog import RowLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column, Condition, Field, Query, Settings, SQLResult
    from xetrack.kinds import Value
    from xetrack_duckdb.lending import Lent
    from xetrack_duckdb.schema import Table

T = TypeVar("T")

MEMORY = ":memory:"
BIG = 100_000
"""Rows after which the log is brought to DuckDB beside the caller."""

_PATIENCE = 1.0
"""Seconds that closing waits for others; the rows are safe in the log."""


class DuckDBEngine(Engine, RunsSQL, LendsSQLite):
    """Tables in a DuckDB file; over a SQLite file, and in memory, see `OverSQLite`."""

    def __new__(cls, location: str, settings: Settings) -> Self:  # noqa: ARG004 - as __init__
        """Make the engine that fits what is there."""
        if cls is DuckDBEngine and (location == MEMORY or is_sqlite(location)):
            from xetrack_duckdb.over import OverSQLite  # noqa: PLC0415 - it extends this class

            return super().__new__(OverSQLite)  # type: ignore[return-value]
        return super().__new__(cls)

    def __init__(self, location: str, settings: Settings) -> None:
        # A fork brings what is older to rest first, and the file waits for nothing younger.
        self.file = file_at(location)
        super().__init__(location, settings)
        self._check()
        self.log = RowLog(location, settings)
        self.lock = self.log.engine.lock
        self.due = BIG
        """Rows until the log is brought to DuckDB beside the caller."""
        self._written = False
        self._transaction: Lent | None = None
        """What a transaction of this engine, which is open on the log, has borrowed."""
        self._user: ref[DuckDBPyConnection] | None = None
        self._thread: threading.Thread | None = None
        if not settings.read_only and self._exists() and self.log.identity is not None:
            self._tidy(0)  # what a process that was killed left behind

    @property
    def _within(self) -> bool:
        lent = self._transaction
        return lent is not None and not lent.ended

    def _check(self) -> None:
        neighbours.refuse_links(self.file.path)
        path = Path(self.location)
        if path.is_dir():
            raise NotADatabaseError(self.location, "it is a folder")
        if not path.exists():
            if self.settings.read_only:
                raise DatabaseNotFoundError(self.location)
        elif path.stat().st_size and not self.owns(self.location):
            raise NotADatabaseError(self.location, "it is no DuckDB database")

    @classmethod
    def owns(cls, location: str) -> bool:
        """Tell whether a DuckDB file is there."""
        return location != MEMORY and is_duckdb(location)

    def _exists(self) -> bool:
        there = Path(self.location).exists()
        return there or (not self.settings.read_only and Path(self.log.path).exists())

    def _prepare(self, doing: str) -> None:
        """Make the file and its log, where they are missing."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)
        if Path(self.location).exists() and self.log.identity is not None:
            return
        make_folder(self.location)
        with (
            self.file.folding,
            self.file.lent(self.location, self.settings.timeout, "Opening") as connection,
        ):
            self.log.begin(connection)

    def _fold(self, connection: DuckDBPyConnection) -> None:
        """Bring the log to DuckDB."""
        found = schema.meta(connection, self.location)
        known = found.get("log")
        if self.log.identity is not None and not self._within and self._may_fold(known):
            forks.locked(self.file.folding, lambda: self.log.fold(connection, known))
        self.due = BIG

    def _may_fold(self, known: str | None) -> bool:
        """Tell whether a fold may change both files: a reader changes only what its user made."""
        if not self.settings.read_only:
            return True
        if all(map(neighbours.is_ours, (self.file.path, self.log.path))):
            return known is not None
        if not self.log.is_empty():
            warn_of_rows(self.location)
        return False

    @contextmanager
    def _opened(self, doing: str, timeout: float | None = None) -> Iterator[DuckDBPyConnection]:
        """Lend a connection that sees every row."""
        patience = self.settings.timeout if timeout is None else timeout
        with self.file.lent(self.location, patience, doing) as connection:
            self._fold(connection)
            yield connection

    def _look(self, at: Callable[[DuckDBPyConnection], T]) -> T:
        """Return what a short look at the database gives."""
        while True:
            with (
                suppress(InterruptedReadError),  # a fork in another thread: look again
                self._opened("Reading") as connection,
                transaction(connection),
            ):
                return at(connection)

    def _tidy(self, patience: float) -> None:
        """Bring the log to DuckDB, if it holds rows and nobody else has the file for long."""
        with suppress(DatabaseBusyError, InterruptedReadError):
            if not self.log.is_empty():
                with self._opened("Writing to", patience):
                    pass

    def tables(self) -> list[str]:
        """Name the tables of rows."""
        if not self._exists():
            return []
        if self.log.identity is not None:
            found: list[str] = self.log.engine.tables()
            return found
        return self._look(schema.table_names)

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table."""
        if not self._exists():
            return ()
        if self.log.identity is not None:
            found: tuple[Column, ...] = self.log.engine.columns(table)
            return found
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
            with working(lent, self.location, "Writing to"):
                self._fold(lent.connection)
            with self.log.engine.transaction():
                self._transaction = lent
                yield
        finally:
            self.file.give_back(lent)
        self._written = True

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

    def stored(self, rows: int) -> None:
        """Take note that rows were logged, and bring them to DuckDB when they are many."""
        self._written = True
        self.due -= rows
        if self.due <= 0 and not self._within:
            self.due = BIG
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._fold_beside, name="xetrack-fold", daemon=True
                )
                # No thread can be had when the system has none left, or Python is ending.
                with suppress(RuntimeError):
                    self._thread.start()

    def _fold_beside(self) -> None:
        # Whatever goes wrong here costs no row: the log stays, and the next reader tries again.
        with suppress(XetrackError):
            self._tidy(0)

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

        return Answer(self.file, self.location, self.settings.timeout, find, query)

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions."""
        if not self._exists():
            return 0

        def at(connection: DuckDBPyConnection) -> int:
            found = schema.load(connection, table)
            return 0 if found is None else reading.count(connection, found, where)

        return self._look(at)

    def _change(self, doing: str, change: Callable[[DuckDBPyConnection], int]) -> int:
        if self.settings.read_only:
            raise ReadOnlyError(self.location, doing)
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        with self._opened(doing) as connection, transaction(connection):
            return change(connection)

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells, and their notes with them."""
        return self._change(
            "Updating",
            lambda connection: changing.update(
                connection, self._table(connection, table), values, where
            ),
        )

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows."""
        return self._change(
            "Deleting from",
            lambda connection: changing.delete(connection, self._table(connection, table), where),
        )

    def drop(self, table: str) -> None:
        """Remove a table from the log; DuckDB's is dropped after it, at once if it is free."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Dropping")
        if self._exists() and self.log.identity is not None:
            self.log.engine.drop(table)
            with suppress(DatabaseBusyError), self._opened("Dropping", 0):
                pass

    def close(self) -> None:
        """Bring what was logged to DuckDB, if that takes no long wait, and give all back."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            thread.join()
        if self._written and self._exists():
            self._tidy(min(_PATIENCE, self.settings.timeout))
            self._written = False
        self.file.end_user(None if self._user is None else self._user())
        self._user = None
        self.log.close()

    def before_fork(self) -> None:
        """Leave it to the file and the log, which are brought to rest by themselves."""

    @property
    def connection(self) -> DuckDBPyConnection:
        """A connection for the user's own statements, which sees what is logged by now.

        As long as somebody has it, no other process can read.
        """
        if not self._exists():
            raise DatabaseNotFoundError(self.location)
        with self._opened("Opening"):
            found = None if self._user is None else self._user()
        if found is None and not self.settings.read_only:
            found = self.file.user(self.location, self.settings.timeout)
        if found is None or self.settings.read_only:
            found = guarded.apart(self.file, self.location, self.settings.timeout, CONFIG)
            schema.refuse_macros(found, self.location)
            found.execute("USE db")
        self._user = ref(found)
        return found

    def table_name(self, table: str) -> str:
        """Return how statements on `connection` name a table."""
        return f"db.{table if table.isidentifier() else quoted(table)}"

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
        with self._opened("Reading"):
            pass
        with guarded.opened(self.file, self.location, self.settings.timeout) as connection:
            return guarded.run(connection, query, parameters, limit, timeout)


class LogInserter(Inserter):
    """An insert into the row log."""

    def __init__(self, engine: DuckDBEngine, table: str, fields: Sequence[Field]) -> None:
        self._stored = engine.stored
        self._log = engine.log.engine
        self._table = table
        self._fields = tuple(fields)
        self._inner: Inserter = self._log.inserter(table, fields)

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column that each field got."""
        return self._inner.columns

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows, as the interface says."""
        if len(rows) >= batches.LARGE:
            self.write_columns(list(zip(*rows, strict=True)))
        else:
            self._inner.write(rows)
            self._stored(len(rows))

    def write_columns(self, columns: Sequence[Sequence[Value]]) -> None:
        """Store many rows by columns, if that can be."""
        number = len(columns[0])
        packed = batches.packed(self._fields, columns) if number >= batches.LARGE else None
        if packed is None:
            self._inner.write(list(zip(*columns, strict=True)))
        else:
            names = batches.store(self._log, self._table, self._fields, packed, number)
            if names != self.columns:  # others dropped the table and made it anew
                self._inner = self._log.inserter(self._table, self._fields)
        self._stored(number)

    def append(self, row: Sequence[Value]) -> None:
        """Store one row; the caller holds the engine's lock, which is the log's."""
        self._inner.append(row)
        self._stored(1)
