"""What DuckDB's errors mean to a user."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb

from xetrack.errors import DatabaseBusyError, NotADatabaseError, StorageError
from xetrack.model.names import quoted

if TYPE_CHECKING:
    from xetrack.errors import XetrackError

# The driver raises bare RuntimeErrors too, for text that is no UTF-8 for one.
REFUSALS = (duckdb.Error, RuntimeError, ValueError, TypeError, OverflowError)
"""What the driver raises for what it does not take."""

_VIEW = re.compile(r'View with name "(.+)" already exists!')
_PID = re.compile(r"\(PID (\d+)\)")
HERE = "Unique file handle conflict"
ELSEWHERE = "Could not set lock on file"
_NO_DATABASE = ("not a valid DuckDB database", "Serialization", "newer", "corrupt", "checksum")

_INTERRUPTED = "Query interrupted"
"""What the driver makes of whatever a handler of a signal raises, of Ctrl-C for one."""

_FACTS = '{"exception_type"'
"""How the JSON begins that DuckDB makes of an error which comes from a thread of its own."""


def literal(text: str) -> str:
    """Return a text as a literal of SQL.

    Parameters
    ----------
    text
        Any text.
    """
    return "'" + text.replace("'", "''") + "'"


def raise_interrupts(error: Exception) -> None:
    """Raise `KeyboardInterrupt` where the driver's error stands for an interrupt.

    Parameters
    ----------
    error
        What the driver raised.

    Raises
    ------
    KeyboardInterrupt
        DuckDB was interrupted by a signal.
    """
    if type(error) is RuntimeError and _INTERRUPTED in str(error):
        raise KeyboardInterrupt from error


def error_message(error: Exception) -> tuple[str, int | None]:
    """Return DuckDB's message in one line of plain words, and the system's error number.

    Parameters
    ----------
    error
        What the driver raised.

    Returns
    -------
    tuple[str, int | None]
        The message, and the ``errno`` if the system refused something.
    """
    text, number = str(error), ""
    with suppress(ValueError):  # what is no JSON stays as it is
        while _FACTS in text:
            inner, _ = json.JSONDecoder().raw_decode(text, text.index(_FACTS))
            text, number = str(inner.get("exception_message", "")), str(inner.get("errno", ""))
    return text.partition("\n")[0], int(number) if number.isdecimal() else None


def is_locked(error: Exception) -> bool:
    """Return True if somebody else has the file open, so that waiting helps.

    Parameters
    ----------
    error
        What the driver raised.
    """
    return any(part in str(error) for part in (HERE, ELSEWHERE))


def lock_holder(error: Exception) -> int | None:
    """Return the id of the process that has the file open; None if DuckDB does not name it.

    Parameters
    ----------
    error
        What the driver raised.
    """
    if HERE in str(error):
        return os.getpid()
    match = _PID.search(str(error))
    return int(match[1]) if match else None


def is_conflict(error: Exception) -> bool:
    """Return True if another transaction of this process was in the way.

    Parameters
    ----------
    error
        What the driver raised.
    """
    return isinstance(error, duckdb.TransactionException)


def to_xetrack_error(
    error: Exception, location: str, doing: str, seconds: float = 0
) -> XetrackError:
    """Return the error to raise in place of DuckDB's.

    Parameters
    ----------
    error
        What the driver raised.
    location
        The database as the user named it.
    doing
        What was done: a participle, such as "Opening".
    seconds
        How long was waited.

    Returns
    -------
    XetrackError
        A busy database, one that is none, or any other refusal of the storage.

    Raises
    ------
    KeyboardInterrupt
        The driver's error stands for one.
    """
    raise_interrupts(error)
    text, _ = error_message(error)
    if is_locked(error):
        return DatabaseBusyError(location, seconds, lock_holder(error))
    if is_conflict(error):
        return DatabaseBusyError(location, seconds, os.getpid())
    if doing == "Opening" and any(part in text for part in _NO_DATABASE):
        return NotADatabaseError(location, text)
    if view := _VIEW.search(text):
        reason = f"there is a view named {view[1]!r}, where a table of this name has to be"
        hint = f"Type in DuckDB: ALTER VIEW {quoted(view[1])} RENAME TO another_name"
        return StorageError(location, doing, reason, hint)
    return StorageError(location, doing, text)
