"""Patience with other transactions of this process, which DuckDB refuses to wait for."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING, TypeVar

from xetrack.errors import DatabaseBusyError, NestedReadError
from xetrack_duckdb.driver_errors import is_conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack_duckdb.files.database_file import File

T = TypeVar("T")


def retried(attempt: Callable[[], T], file: File, location: str, timeout: float) -> T:
    """Repeat what is in conflict with another transaction, until a deadline.

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
            if file.is_folding_here:
                raise NestedReadError(location) from cause
            if time.monotonic() >= deadline:
                raise DatabaseBusyError(location, timeout, os.getpid()) from cause
        time.sleep(random.SystemRandom().uniform(1e-3, 1e-2))
