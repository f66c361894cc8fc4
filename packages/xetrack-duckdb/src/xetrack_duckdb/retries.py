"""Retries after conflicts with other transactions of this process: DuckDB waits for none."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING, TypeVar

from xetrack.errors import DatabaseBusyError
from xetrack_duckdb.driver_errors import is_conflict
from xetrack_duckdb.errors import NestedReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack_duckdb.files.database_file import DatabaseFile

T = TypeVar("T")


def retry_conflicts(
    attempt: Callable[[], T], file: DatabaseFile, location: str, timeout: float
) -> T:
    """Repeat an attempt that is in conflict with another transaction, until a deadline.

    Parameters
    ----------
    attempt
        What to do; it leaves nothing behind when it fails.
    file
        The file that it works with.
    location
        The database as the user named it, for errors.
    timeout
        Seconds until the deadline.

    Returns
    -------
    T
        What the attempt returned.

    Raises
    ------
    NestedReadError
        The transaction is one of this very thread.
    DatabaseBusyError
        It still was by then, or somebody else has the file.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            return attempt()
        except DatabaseBusyError as error:
            cause = error.__cause__
            if not isinstance(cause, Exception) or not is_conflict(cause):
                raise
            if file.is_flushing_here:
                raise NestedReadError(location) from cause
            if time.monotonic() >= deadline:
                raise DatabaseBusyError(location, timeout, os.getpid()) from cause
        time.sleep(random.SystemRandom().uniform(1e-3, 1e-2))
