"""What DuckDB's errors mean to a user."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import duckdb

from xetrack.errors import DatabaseBusyError, NotADatabaseError, StorageError

if TYPE_CHECKING:
    from xetrack.errors import XetrackError

# The driver raises bare RuntimeErrors too, for text that is no UTF-8 for one.
REFUSALS = (duckdb.Error, RuntimeError, ValueError, TypeError, OverflowError)
"""What the driver raises for what it does not take."""

_PID = re.compile(r"\(PID (\d+)\)")
_HERE = "Unique file handle conflict"
_ELSEWHERE = "Could not set lock on file"
_NO_DATABASE = ("not a valid DuckDB database", "Serialization", "newer", "corrupt", "checksum")


def is_held(error: Exception) -> bool:
    """Tell whether somebody else has the file open, so that waiting helps."""
    return any(part in str(error) for part in (_HERE, _ELSEWHERE))


def holder(error: Exception) -> int | None:
    """Return the number of the process that has the file open, as far as DuckDB says it."""
    if _HERE in str(error):
        return os.getpid()
    found = _PID.search(str(error))
    return int(found[1]) if found else None


def is_conflict(error: Exception) -> bool:
    """Tell whether another transaction of this process was in the way."""
    return isinstance(error, duckdb.TransactionException)


def translated(error: Exception, location: str, doing: str, seconds: float = 0) -> XetrackError:
    """Return the error to raise in place of DuckDB's."""
    text = str(error).partition("\n")[0]
    if is_held(error):
        return DatabaseBusyError(location, seconds, holder(error))
    if is_conflict(error):
        return DatabaseBusyError(location, seconds, os.getpid())
    if doing == "Opening" and any(part in text for part in _NO_DATABASE):
        return NotADatabaseError(location, text)
    return StorageError(location, doing, text)
