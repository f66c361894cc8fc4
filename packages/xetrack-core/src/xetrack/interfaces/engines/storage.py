"""What engines on a storage of their own need: its errors as those of xetrack, and its locks."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xetrack.errors import DatabaseBusyError, StorageError, XetrackError
from xetrack.model.locations import shown_location, shown_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAUSE = 0.001
"""Seconds between two attempts to get a lock."""


@contextmanager
def storage_errors(location: str, operation: str) -> Iterator[None]:
    """Return a context that makes a `StorageError` of whatever exception is not xetrack's own.

    Parameters
    ----------
    location
        The location of the database.
    operation
        What is being done, such as ``"Reading"``.

    Examples
    --------
    >>> with storage_errors("runs.example", "Reading"):
    ...     raise ConnectionResetError("the server hung up")
    Traceback (most recent call last):
    xetrack.errors.storage.StorageError: Reading 'runs.example' failed: the server hung up. ...
    """
    try:
        yield
    except XetrackError:
        raise
    except OSError as error:
        raise StorageError(shown_location(location), operation, shown_text(str(error))) from error
    except Exception as error:
        reason = f"{type(error).__name__}: {shown_text(str(error))}"
        raise StorageError(shown_location(location), operation, reason) from error


def wait_for_lock(lock: Callable[[], object], location: str, timeout: float) -> None:
    """Call a function until it no longer raises `BlockingIOError`.

    Parameters
    ----------
    lock
        Takes a lock without waiting, as ``fcntl.flock`` with ``LOCK_NB`` does.
    location
        The location of the database.
    timeout
        Seconds to wait.

    Raises
    ------
    DatabaseBusyError
        Another process has the lock for longer.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            lock()
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseBusyError(shown_location(location), timeout) from None
            time.sleep(_PAUSE)
        else:
            return
