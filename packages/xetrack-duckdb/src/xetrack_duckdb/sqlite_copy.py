"""A copy in DuckDB of the rows of another engine, made anew when they changed.

It is a file in the system's temporary folder, which is opened for reading only: whoever would
change the copy is told so.
"""

from __future__ import annotations

import threading
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from xetrack.errors import XetrackError
from xetrack.interfaces.query import Query
from xetrack.process import forks
from xetrack_duckdb.driver_errors import REFUSALS, literal, to_xetrack_error
from xetrack_duckdb.endings import run_at_worker_exit
from xetrack_duckdb.files.connecting import CONFIG, connect
from xetrack_duckdb.reading import readonly_sql
from xetrack_duckdb.row_log import flush
from xetrack_duckdb.row_log.copying import copy_table
from xetrack_duckdb.tables import schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class SQLiteCopy:
    """The newest copy of one database, and the connections to it."""

    def __init__(self, location: str) -> None:
        self.lock = threading.RLock()
        self._location = location
        self._folder: Any = None
        self._state: object = None
        self._connection: DuckDBPyConnection | None = None
        forks.protect(self)

    def path(self, engine: Any) -> str:
        """Return the path of a copy that has all rows of this moment.

        Parameters
        ----------
        engine
            The engine of the rows, which the copy is made of when they changed.

        Raises
        ------
        StorageError
            The copy could not be written.
        """
        with self.lock:
            state = _state(engine)
            if self._folder is None or state != self._state:
                self.close()
                self._folder = TemporaryDirectory(prefix="xetrack-")
                run_at_worker_exit(self._folder, _remove, self._folder.name)
                try:
                    _copy(engine, self._file)
                except XetrackError:
                    raise
                except REFUSALS as error:
                    raise to_xetrack_error(error, self._location, "Reading") from error
                self._state = state
            return self._file

    @property
    def _file(self) -> str:
        return str(Path(self._folder.name, "copy.duckdb"))

    def connection(self, engine: Any) -> DuckDBPyConnection:
        """Return a connection to such a copy, the same one while nothing changes.

        Parameters
        ----------
        engine
            The engine of the SQLite database.
        """
        with self.lock:
            path = self.path(engine)
            if self._connection is None:
                self._connection = readonly_sql.open_attached(path, CONFIG)
                self._connection.execute("USE db")
            return self._connection

    def close(self) -> None:
        """Remove the copy; a connection that a user still has goes on with what it sees."""
        with self.lock:
            self._connection = self._state = None
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def before_fork(self) -> None:
        """Close the connection: a child can use nothing of DuckDB that its parent opened."""
        if self._connection is not None:
            self._connection.close()
        self.close()


def _remove(folder: str) -> None:
    rmtree(folder, ignore_errors=True)


def _state(engine: Any) -> object:
    """Return what differs when rows of a SQLite database changed."""
    connection = engine.connection
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return connection, version, connection.total_changes


def _copy(engine: Any, path: str) -> None:
    connection = connect()
    try:
        connection.execute(f"ATTACH {literal(path)} AS db")
        schema.prepare(connection)
        for table in engine.tables():
            with flush.transaction(connection):
                copy_table(connection, table, engine.read(table, Query()))
    finally:
        connection.close()
