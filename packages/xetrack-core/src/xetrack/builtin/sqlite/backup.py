"""Backups of a SQLite file, by SQLite's own means: from one moment, while others write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.driver_errors import REFUSALS, translated
from xetrack.errors import InterruptedReadError

if TYPE_CHECKING:
    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection

PAGES = 2_000
"""Pages that are copied at a time; a fork or Ctrl-C waits for no more."""


def write(connection: SQLiteConnection, location: str, path: str) -> None:
    """Copy what a connection sees, which is one moment, into a new file.

    Parameters
    ----------
    connection
        Open on the database.
    location
        The database, for errors.
    path
        The new file.

    Raises
    ------
    InterruptedReadError
        A fork in another thread needs the connection closed.
    StorageError
        The file cannot be written.
    """

    def goes_on(*_: int) -> None:
        if connection.ended:
            raise InterruptedReadError(location)

    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            # Nobody sees the file before it is whole, so it needs no log; it is synced at the end.
            copy.execute("PRAGMA journal_mode=OFF")
            copy.execute("PRAGMA synchronous=OFF")
            connection.backup(copy, pages=PAGES, progress=goes_on, sleep=0)
    except REFUSALS as error:
        raise translated(error, path, "Writing") from error
