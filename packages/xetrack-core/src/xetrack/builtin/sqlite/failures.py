"""What SQLite's errors mean to a user."""

from __future__ import annotations

import sqlite3

from xetrack.errors import (
    DatabaseBusyError,
    NotADatabaseError,
    ReadOnlyError,
    RowExistsError,
    StorageError,
    XetrackError,
)
from xetrack.names import TIMESTAMP

REFUSALS = (sqlite3.Error, OverflowError)
"""What the driver raises for cells that it does not store; the latter for a text beyond 2 GB."""

_PRIMARY = 0xFF
"""Mask that takes an extended error code to its primary one."""


class StaleError(sqlite3.OperationalError):
    """The table is no longer what a statement was made for, though SQLite would not say so."""


class NestedError(sqlite3.ProgrammingError):
    """A row comes from a call within another one of the same thread, which stores rows, too."""


def code(error: Exception) -> int:
    """Return the primary error code; 0 for errors that Python's driver made itself."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def is_busy(error: Exception) -> bool:
    """Tell whether another connection was in the way, so that waiting helps."""
    return code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_nested(error: Exception) -> bool:
    """Return True if the statement came within another one of the same thread."""
    # The driver's words where the garbage collector called while it took the values of a row.
    return isinstance(error, NestedError) or "Recursive use of cursors" in str(error)


def is_stale(error: Exception) -> bool:
    """Tell whether the table is no longer what a statement was made for."""
    return isinstance(error, StaleError) or (
        code(error) == sqlite3.SQLITE_ERROR
        and any(part in str(error) for part in ("no such table", "has no column", "no such column"))
    )


def translated(error: Exception, location: str, doing: str) -> XetrackError:
    """Return the error to raise in place of SQLite's."""
    found = code(error)
    if found in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}:
        return NotADatabaseError(location, "it is no SQLite database")
    if found in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseBusyError(location, 0)
    if found == sqlite3.SQLITE_READONLY:
        return ReadOnlyError(location, doing)
    # Only a later timestamp can help, so another constraint must not be taken for this one.
    if found == sqlite3.SQLITE_CONSTRAINT and f".{TIMESTAMP}" in str(error):
        return RowExistsError(location)
    return StorageError(location, doing, str(error))
