"""What SQLite's errors mean to a user."""

from __future__ import annotations

import sqlite3

from xetrack.builtin.sqlite.connections.read_modes import denied
from xetrack.errors import (
    DatabaseBusyError,
    NotADatabaseError,
    ReadOnlyError,
    RowExistsError,
    RowRefusedError,
    StorageError,
    XetrackError,
)
from xetrack.model.names import TIMESTAMP

REFUSALS = (sqlite3.Error, OverflowError)
"""What the driver raises for cells that it does not store; the latter for a text beyond 2 GB."""

_DENIED = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PROTOCOL,
}
"""Errors behind which a right of the file system may be."""

_PRIMARY = 0xFF
"""Mask that takes an extended error code to its primary one."""


class StaleError(sqlite3.OperationalError):
    """The table is no longer what a statement was made for, though SQLite would not say so."""


class MovedError(StaleError):
    """What was committed went to a file that is no longer at the path."""


class NestedError(sqlite3.ProgrammingError):
    """A row comes from a call within another one of the same thread, which stores rows, too."""


class DamagedError(sqlite3.DatabaseError):
    """A table of ours in the file holds what xetrack does not write."""

    def __init__(self, table: str) -> None:
        super().__init__(f"its table {table!r} holds what xetrack does not write: it is damaged")


class RefusedError(sqlite3.IntegrityError):
    """Rows were left out or left as they were, though SQLite would not say so."""


def code(error: Exception) -> int:
    """Return the primary error code; 0 for errors that Python's driver made itself.

    Parameters
    ----------
    error
        What the driver raised.
    """
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def checked_count(done: sqlite3.Cursor, rows: int) -> int:
    """Return how many rows a statement changed.

    Parameters
    ----------
    done
        The cursor that ran it.
    rows
        How many it must have been.

    Returns
    -------
    int
        That number.

    Raises
    ------
    RefusedError
        A trigger or a constraint of the table left some out.
    """
    if done.rowcount != rows:
        raise RefusedError
    return rows


def is_denied(error: Exception) -> bool:
    """Return True if a right of the file system may be missing.

    Parameters
    ----------
    error
        What the driver raised.
    """
    return code(error) in _DENIED


def is_busy(error: Exception) -> bool:
    """Return True if another connection was in the way, so that waiting helps.

    Parameters
    ----------
    error
        What the driver raised.
    """
    return code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_nested(error: Exception) -> bool:
    """Return True if the statement came within another one of the same thread.

    Parameters
    ----------
    error
        What the driver or a connection of ours raised.
    """
    # The driver's words where the garbage collector called while it took the values of a row.
    return isinstance(error, NestedError) or "Recursive use of cursors" in str(error)


def is_stale(error: Exception) -> bool:
    """Return True if the table is no longer what a statement was made for.

    Parameters
    ----------
    error
        What the driver or a connection of ours raised.
    """
    return isinstance(error, StaleError) or (
        code(error) == sqlite3.SQLITE_ERROR
        and any(part in str(error) for part in ("no such table", "has no column", "no such column"))
    )


def translated(error: Exception, location: str, doing: str) -> XetrackError:
    """Return the error to raise in place of SQLite's.

    Parameters
    ----------
    error
        What the driver raised.
    location
        The database.
    doing
        What failed, such as ``Writing to``.

    Returns
    -------
    XetrackError
        The error that users know.
    """
    primary = code(error)
    missing = denied(location, doing) if is_denied(error) else None
    if missing is not None or primary == sqlite3.SQLITE_READONLY:
        return missing or ReadOnlyError(location, doing)
    if isinstance(error, RefusedError):
        return RowRefusedError(location, doing)
    if primary in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}:
        return NotADatabaseError(location, "it is no SQLite database")
    if is_busy(error):
        return DatabaseBusyError(location, 0)
    # Only a later timestamp can help, so another constraint must not be taken for this one.
    if primary == sqlite3.SQLITE_CONSTRAINT and f".{TIMESTAMP}" in str(error):
        return RowExistsError(location)
    return StorageError(location, doing, str(error))
