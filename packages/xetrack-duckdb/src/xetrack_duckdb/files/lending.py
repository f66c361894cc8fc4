"""Connections that are lent for one piece of work, and retries until a deadline."""

from __future__ import annotations

import random
import threading
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import duckdb

from xetrack.errors import InterruptedReadError, XetrackError
from xetrack_duckdb.driver_errors import REFUSALS, is_conflict, is_locked, to_xetrack_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection


T = TypeVar("T")


def retry_until_deadline(attempt: Callable[[], T], location: str, timeout: float, doing: str) -> T:
    """Repeat what fails because others have the file or the table, until a deadline.

    Parameters
    ----------
    attempt
        What to do; it leaves nothing behind when it fails.
    location
        The database as the user named it, for errors.
    timeout
        Seconds until the deadline.
    doing
        What is done, for errors: a participle, such as "Opening".

    Returns
    -------
    T
        What the attempt returned.

    Raises
    ------
    DatabaseBusyError
        Others still had it by then.
    StorageError
        DuckDB refused for another reason.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            return attempt()
        except XetrackError:
            raise
        except REFUSALS as error:
            waits = is_locked(error) or is_conflict(error)
            if not waits or time.monotonic() >= deadline:
                raise to_xetrack_error(error, location, doing, timeout) from error
        time.sleep(random.SystemRandom().uniform(1e-3, 1e-2))


class ReleasableFile(Protocol):
    """The file, as a borrowed connection knows it."""

    def release(self) -> None:
        """Detach the file, if nobody here uses it."""


class BorrowedConnection:
    """A connection for one piece of work, which a fork in another thread may end."""

    def __init__(self, file: ReleasableFile) -> None:
        self.connection: Any = None
        self.busy = threading.RLock()
        """Held while a statement runs that another thread may want to end."""
        self.is_ended = False
        """Whether `end` was asked for; statements fail from then on."""
        self.is_closed = False
        self.thread = threading.get_ident()
        self.finalizer = weakref.finalize(self, _release, weakref.ref(file))
        """What is left to do when an interrupt keeps it from being given back."""
        self.finalizer.atexit = False

    def end(self) -> None:
        """Close the connection, whatever another thread does with it."""
        self.is_ended = True
        while not self.busy.acquire(timeout=0.01):
            self.connection.interrupt()
        try:
            if self.connection is not None:
                self.connection.close()
            self.is_closed = True
        finally:
            self.busy.release()


def is_open(connection: DuckDBPyConnection) -> bool:
    """Return True if a connection is not closed, whatever it is in the midst of.

    Parameters
    ----------
    connection
        A connection, which another thread may be using.
    """
    try:
        connection.cursor().close()
    except duckdb.Error:
        return False
    return True


def _release(reference: weakref.ref[ReleasableFile]) -> None:
    file = reference()
    if file is not None:
        file.release()


@contextmanager
def use_connection(borrowed: BorrowedConnection, location: str, doing: str) -> Iterator[None]:
    """Use a connection that was lent, and raise errors that users know.

    Parameters
    ----------
    borrowed
        The connection; a fork that would end it waits until the block is left.
    location
        The database as the user named it, for errors.
    doing
        What is done, for errors: a participle, such as "Reading".

    Raises
    ------
    InterruptedReadError
        A fork in another thread ended it.
    StorageError
        DuckDB refused something.
    """
    try:
        with borrowed.busy:
            yield
    except XetrackError:  # some are ValueErrors, as are the driver's
        raise
    except REFUSALS as error:
        if borrowed.is_ended:
            raise InterruptedReadError(location) from error
        raise to_xetrack_error(error, location, doing) from error
