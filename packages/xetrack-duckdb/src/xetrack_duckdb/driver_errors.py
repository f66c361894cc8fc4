"""What DuckDB's errors mean to a user."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import duckdb

from xetrack.errors import DatabaseBusyError, NotADatabaseError, StorageError

if TYPE_CHECKING:
    from xetrack.errors import XetrackError

# The driver raises bare RuntimeErrors too, for text that is no UTF-8 for one.
REFUSALS = (duckdb.Error, RuntimeError, ValueError, TypeError, OverflowError)
"""What the driver raises for what it does not take."""

_PID = re.compile(r"\(PID (\d+)\)")
HERE = "Unique file handle conflict"
ELSEWHERE = "Could not set lock on file"
_NO_DATABASE = ("not a valid DuckDB database", "Serialization", "newer", "corrupt", "checksum")

_INTERRUPTED = "Query interrupted"
"""What the driver makes of whatever a handler of a signal raises, of Ctrl-C for one."""

_FACTS = '{"exception_type"'
"""How the JSON begins that DuckDB makes of an error which comes from a thread of its own."""


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def raise_interrupts(error: Exception) -> None:
    """Raise KeyboardInterrupt if that is what the driver's error stands for."""
    if type(error) is RuntimeError and _INTERRUPTED in str(error):
        raise KeyboardInterrupt from error


def facts(error: Exception) -> tuple[str, int | None]:
    """Return what DuckDB says, in one line of plain words, and the system's number of it."""
    text, number = str(error), ""
    with suppress(ValueError):  # what is no JSON stays as it is
        while _FACTS in text:
            inner, _ = json.JSONDecoder().raw_decode(text, text.index(_FACTS))
            text, number = str(inner.get("exception_message", "")), str(inner.get("errno", ""))
    return text.partition("\n")[0], int(number) if number.isdecimal() else None


def is_held(error: Exception) -> bool:
    """Tell whether somebody else has the file open, so that waiting helps."""
    return any(part in str(error) for part in (HERE, ELSEWHERE))


def holder(error: Exception) -> int | None:
    """Return the number of the process that has the file open, as far as DuckDB says it."""
    if HERE in str(error):
        return os.getpid()
    found = _PID.search(str(error))
    return int(found[1]) if found else None


def is_conflict(error: Exception) -> bool:
    """Tell whether another transaction of this process was in the way."""
    return isinstance(error, duckdb.TransactionException)


def translated(error: Exception, location: str, doing: str, seconds: float = 0) -> XetrackError:
    """Return the error to raise in place of DuckDB's."""
    raise_interrupts(error)
    text, _ = facts(error)
    if is_held(error):
        return DatabaseBusyError(location, seconds, holder(error))
    if is_conflict(error):
        return DatabaseBusyError(location, seconds, os.getpid())
    if doing == "Opening" and any(part in text for part in _NO_DATABASE):
        return NotADatabaseError(location, text)
    return StorageError(location, doing, text)
