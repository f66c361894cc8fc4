"""Connections that are lent for one piece of work, and waiting for those that others have."""

from __future__ import annotations

import random
import threading
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import duckdb

from xetrack.errors import InterruptedReadError, XetrackError
from xetrack_duckdb.driver_errors import REFUSALS, is_conflict, is_held, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection


T = TypeVar("T")


def patiently(attempt: Callable[[], T], location: str, timeout: float, doing: str) -> T:
    """Repeat what fails because others have the file or the table, until a deadline."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return attempt()
        except XetrackError:
            raise
        except REFUSALS as error:
            waits = is_held(error) or is_conflict(error)
            if not waits or time.monotonic() >= deadline:
                raise translated(error, location, doing, timeout) from error
        time.sleep(random.SystemRandom().uniform(1e-3, 1e-2))


class Resting(Protocol):
    """The file, as a connection that is lent knows it."""

    def rest(self) -> None:
        """Give the file back, if nobody here uses it."""


class Lent:
    """A connection of its own for one piece of work, which a fork in another thread may end."""

    def __init__(self, file: Resting) -> None:
        self.connection: Any = None
        self.busy = threading.RLock()
        """Held while a statement runs that another thread may want to end."""
        self.ended = False
        """Whether `end` was asked for; statements fail from then on."""
        self.is_closed = False
        self.thread = threading.get_ident()
        self.forgotten = weakref.finalize(self, _rest, weakref.ref(file))
        """What is left to do when an interrupt keeps it from being given back."""
        self.forgotten.atexit = False

    def end(self) -> None:
        """Close the connection, whatever another thread does with it."""
        self.ended = True
        while not self.busy.acquire(timeout=0.01):
            self.connection.interrupt()
        try:
            if self.connection is not None:
                self.connection.close()
            self.is_closed = True
        finally:
            self.busy.release()


def is_open(connection: DuckDBPyConnection) -> bool:
    """Tell whether a connection is not closed, whatever it is in the midst of."""
    try:
        connection.cursor().close()
    except duckdb.Error:
        return False
    return True


def _rest(reference: weakref.ref[Resting]) -> None:
    file = reference()
    if file is not None:
        file.rest()


@contextmanager
def working(lent: Lent, location: str, doing: str) -> Iterator[None]:
    """Use a connection that was lent, and raise errors that users know."""
    try:
        with lent.busy:
            yield
    except XetrackError:  # some are ValueErrors, as are the driver's
        raise
    except REFUSALS as error:
        if lent.ended:
            raise InterruptedReadError(location) from error
        raise translated(error, location, doing) from error
