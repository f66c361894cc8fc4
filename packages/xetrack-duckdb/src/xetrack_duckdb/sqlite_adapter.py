"""DuckDB over a SQLite file: rows stay in SQLite, and SQL runs in DuckDB over a copy of them.

SQLite's own driver reads the rows. DuckDB's extension for SQLite would have to be downloaded, and
a second SQLite library in one process on one live file takes the locks of the first away. Rows in
memory are kept so too: a forked child can go on with SQLite's, not with DuckDB's.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from xetrack.interfaces.engine import Engine
from xetrack.interfaces.engines.capabilities import BacksUp, ReadsSeries
from xetrack.interfaces.engines.facts import FactsInSQLite
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack_duckdb.file_magic import is_sqlite
from xetrack_duckdb.reading import readonly_sql
from xetrack_duckdb.reading.selection import SQLiteSelection
from xetrack_duckdb.row_log.log import open_sqlite_engine
from xetrack_duckdb.sqlite_copy import SQLiteCopy
from xetrack_duckdb.tables import schema

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column, Field, Inserter, Selection, Settings
    from xetrack.interfaces.engines.series import Bucket, SeriesQuery
    from xetrack.interfaces.engines.sql import SQLResult
    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value

T = TypeVar("T")


class SQLiteAdapter(Engine, RunsSQL, FactsInSQLite, ReadsSeries, BacksUp):
    """Rows in SQLite, in a file or in memory, and SQL in DuckDB."""

    asset_store: ClassVar[str | None] = "sqlite"

    def __init__(self, location: str, settings: Settings) -> None:
        self._copy = SQLiteCopy(location)  # a fork brings what is older to rest first
        super().__init__(location, settings)
        self.rows: Any = open_sqlite_engine(location, settings)
        self.lock = self.rows.lock

    @classmethod
    def owns(cls, location: str) -> bool:
        """Return True for a file of SQLite; see `Engine.owns`."""
        return is_sqlite(location)

    def tables(self) -> list[str]:
        """Name the tables of rows; see `Engine.tables`."""
        names: list[str] = self.rows.tables()
        return names

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table; see `Engine.columns`."""
        columns: tuple[Column, ...] = self.rows.columns(table)
        return columns

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Add columns, and widen them; see `Engine.add_columns`."""
        names: tuple[str, ...] = self.rows.add_columns(table, fields)
        return names

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert; see `Engine.inserter`."""
        inserter: Inserter = self.rows.inserter(table, fields)
        return inserter

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes of a block one transaction; see `Engine.transaction`."""
        with self.rows.transaction():
            yield

    def is_writing(self) -> bool:
        """Return True if this thread is within another write; see `Engine.is_writing`."""
        return bool(self.rows.is_writing())

    def after_write(self, work: Callable[[], object]) -> None:
        """Run some work when that write is over; see `Engine.after_write`."""
        self.rows.after_write(work)

    def read_sqlite(self, at: Callable[[sqlite3.Connection], T], *, brief: bool = False) -> T:
        """Return what some work reads from the file of the rows; see `SharesSQLite.read_sqlite`."""
        result: T = self.rows.read_sqlite(at, brief=brief)
        return result

    @contextmanager
    def write_sqlite(self, *, wait: bool = True) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection of the rows; see `SharesSQLite.write_sqlite`."""
        with self.rows.write_sqlite(wait=wait) as connection:
            yield connection

    def read(self, table: str, query: Query) -> Selection:
        """Read cells, from one moment of the database; see `Engine.read`."""
        selection: Selection = self.rows.read(table, query)
        return SQLiteSelection(selection.columns, selection.batches)

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions; see `Engine.count`."""
        return int(self.rows.count(table, where))

    def read_series(self, table: str, query: SeriesQuery) -> Iterator[Bucket]:
        """Compute buckets, as SQLite does; see `ReadsSeries.read_series`."""
        buckets: Iterator[Bucket] = self.rows.read_series(table, query)
        return buckets

    def change_token(self, table: str) -> str:
        """Return the token of the file of the rows; see `Engine.change_token`."""
        return str(self.rows.change_token(table))

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells; see `Engine.update`."""
        return int(self.rows.update(table, values, where))

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows; see `Engine.delete`."""
        return int(self.rows.delete(table, where))

    def drop(self, table: str) -> None:
        """Remove a table; see `Engine.drop`."""
        self.rows.drop(table)

    def backup(self, path: str) -> None:
        """Write one moment into a new file, also of SQLite; see `BacksUp.backup`."""
        self.rows.backup(path)

    def close(self) -> None:
        """Close the connections; rows in memory are gone then."""
        self._copy.close()
        self.rows.close()

    def before_fork(self) -> None:
        """Do nothing: the rows and the copy close their connections by themselves."""

    @property
    def connection(self) -> DuckDBPyConnection:
        """A connection that sees the rows of this moment, and can write to no table of them."""
        return self._copy.connection(self.rows)

    def table_name(self, table: str) -> str:
        """Return how statements on `connection` name a table; see `RunsSQL.table_name`."""
        return schema.attached_name(table)

    @contextmanager
    def _guarded_connection(self) -> Iterator[DuckDBPyConnection]:
        path = self._copy.path(self.rows)
        connection = readonly_sql.open_attached(path)
        try:
            yield readonly_sql.lock_configuration(connection)
        finally:
            connection.close()

    def sql(
        self,
        query: str,
        parameters: Sequence[Any] | Mapping[str, Any] = (),
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> SQLResult:
        """Run one statement that only reads; see `RunsSQL.sql`."""
        guarded = self._guarded_connection()
        return readonly_sql.run_with_keys(self, guarded, query, parameters, limit, timeout)
