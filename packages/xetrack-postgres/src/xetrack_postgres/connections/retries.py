"""Retries: what a server that restarts, or that was busy with others, is asked again.

A server may restart at any moment, so whatever can be said again is said again on a new
connection, until a deadline. What cannot be said again is made so that it can: see `inserter`.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import psycopg

from xetrack.errors import DatabaseBusyError, InterruptedReadError, XetrackError
from xetrack_postgres.driver_errors import (
    REFUSALS,
    ServerAwayError,
    UnreachedError,
    error_message,
    is_busy,
    is_stale,
    to_xetrack_error,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from xetrack.interfaces.engine import Settings
    from xetrack_postgres.address import Address
    from xetrack_postgres.connections.connection import ServerConnection

T = TypeVar("T")

NESTED_PATIENCE = 0.5
"""Seconds that a call within a call waits for locks."""

_NOT_YET = (
    *("starting up", "shutting down", "recovery mode", "not yet accepting connections"),
    *("too many clients", "connection slots"),
)
"""What a server says, without a code, that will take a connection later."""


class ResettableCatalog(Protocol):
    """What an owner knows of the tables in the database."""

    def reset(self) -> None:
        """Forget it, because a statement found them changed."""


class PoolOwner(Protocol):
    """The owner of a pool: an engine, or a cache."""

    lock: threading.RLock
    settings: Settings
    is_away: bool
    """Whether a server that nobody reaches is not to be waited for."""

    @property
    def catalog(self) -> ResettableCatalog:
        """What it knows of its tables."""

    def lock_sql(self, handle: ServerConnection, table: str | None) -> str:
        """Return SQL that locks a table for reading, and set `handle.locked` to what it locks.

        Parameters
        ----------
        handle
            The connection on which it is used.
        table
            The name of the table; None for no lock.
        """

    def before_transaction(self) -> None:
        """Prepare for a transaction."""

    def after_transaction(self) -> None:
        """Do the work that waited for the end of a transaction."""


class RetryPolicy:
    """Repeats what one owner asks of its server, until a deadline."""

    def __init__(
        self, owner: PoolOwner, address: Address, settings: Settings | None = None
    ) -> None:
        self.address = address
        self.settings = settings or owner.settings
        self._owner = owner

    def retry(self, attempt: Callable[[], T], doing: str, *, opening: bool = False) -> T:
        """Repeat what fails because of others or of a server that is away, until the deadline.

        Parameters
        ----------
        attempt
            What to do; it may be done again after a failure of unknown outcome.
        doing
            What that is, for the errors: a participle, such as "Reading".
        opening
            A server that nobody has reached yet is not waited for, unless it is starting.

        Returns
        -------
        T
            What the attempt returned.

        Raises
        ------
        DatabaseBusyError
            Others were in the way until the deadline.
        ServerAwayError
            The server could not be reached until the deadline.
        StorageError
            The server refused.
        """
        deadline = None
        while True:
            try:
                return attempt()
            except XetrackError:
                raise
            except REFUSALS as error:
                translated = to_xetrack_error(error, self.address, doing)
                hopeless = (opening or self._owner.is_away) and _is_unanswered(error)
                if not is_busy(error) and (hopeless or not isinstance(translated, ServerAwayError)):
                    raise translated from error
                now = time.monotonic()
                deadline = deadline or now + self.settings.timeout
                if now >= deadline:
                    raise self._late(error) from error
            time.sleep(random.SystemRandom().uniform(0.01, 0.1))

    def _late(self, error: BaseException) -> Exception:
        seconds, address = self.settings.timeout, self.address
        if is_busy(error):
            return DatabaseBusyError(address.shown, seconds)
        return ServerAwayError(address.shown, error_message(error, address), seconds)

    def retry_reads(self, attempt: Callable[[], T]) -> T:
        """Repeat a read that a fork or a changed table came in between of, until the deadline.

        Parameters
        ----------
        attempt
            Reads once; raises an error that a retry may mend.

        Returns
        -------
        T
            What the last attempt returned.
        """
        deadline = time.monotonic() + self.settings.timeout
        while True:
            try:
                return attempt()
            except InterruptedReadError:  # a fork in another thread
                if time.monotonic() >= deadline:
                    raise
            except psycopg.Error as error:
                if not is_stale(error) or time.monotonic() >= deadline:
                    raise
                self._owner.catalog.reset()


def with_short_timeout(settings: Settings) -> Settings:
    """Return settings for a nested call, which may wait in vain for locks of the outer one.

    Parameters
    ----------
    settings
        The settings of the outer engine.
    """
    return replace(settings, timeout=min(settings.timeout, NESTED_PATIENCE))


def _is_unanswered(error: BaseException) -> bool:
    """Return True if nobody answered at all, as opposed to a server that is not ready yet."""
    text = str(error)
    return isinstance(error, UnreachedError) and not any(message in text for message in _NOT_YET)
