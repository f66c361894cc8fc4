"""The database in memory to which a DuckDB file is attached."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xetrack_duckdb.driver_errors import literal
from xetrack_duckdb.files import siblings
from xetrack_duckdb.files.connecting import connect
from xetrack_duckdb.files.lending import is_open

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from xetrack_duckdb.files.work_folder import WorkFolder


class MemoryDatabase:
    """A database in memory, whose statements reach no file but one.

    Whether it is closed is asked of DuckDB, as an interrupt may come between its closing and any
    note that it was.

    Parameters
    ----------
    path
        The file.
    folder
        The one folder besides into which statements may write; a forked child has one of its own.
    """

    def __init__(self, path: str, folder: WorkFolder) -> None:
        self._path = path
        self._folder = folder
        self._connection: DuckDBPyConnection | None = None
        self.reaches_all_files = False
        """Whether statements may read and write other files; it counts when it is opened."""

    @property
    def connection(self) -> DuckDBPyConnection | None:
        """What it is reached by; None if it is closed."""
        connection = self._connection
        return connection if connection is not None and is_open(connection) else None

    def open(self) -> DuckDBPyConnection:
        """Open it, if it is closed, and return what it is reached by."""
        connection = self.connection
        if connection is None:
            connection = connect()
            if not self.reaches_all_files:
                paths = ", ".join(literal(self._path + ending) for ending in siblings.DUCKDBS)
                connection.execute(f"SET allowed_paths = [{paths}]")
                folder = literal(self._folder.path + os.sep)
                connection.execute(f"SET allowed_directories = [{folder}]")
                connection.execute("SET enable_external_access = false")
            self._connection = connection
        return connection

    def close(self) -> None:
        """Close it, and whatever is attached to it; again, it does nothing."""
        if self._connection is not None:
            self._connection.close()
