"""The connections that one engine or cache holds: lent, retried, made anew, and kept out of forks.

A server may restart at any moment, so whatever can be said again is said again on a new
connection, until the deadline of the settings. What cannot be said again is made so that it can:
see `inserting`.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import psycopg

from xetrack.errors import DatabaseBusyError, InterruptedReadError, StorageError, XetrackError
from xetrack.names import quoted
from xetrack_postgres.failures import (
    REFUSALS,
    ServerAwayError,
    UnreachedError,
    is_busy,
    is_gone,
    is_stale,
    said,
    translated,
)
from xetrack_postgres.handles import Handle, connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.interfaces.engine import Settings
    from xetrack_postgres.address import Address

T = TypeVar("T")

_NOT_YET = (
    *("starting up", "shutting down", "recovery mode", "not yet accepting connections"),
    *("too many clients", "connection slots"),
)
"""What a server says, without a code, that will take a connection later."""

DDL_PATIENCE = 5.0
"""Seconds to wait for a table that is in use; all who write to it wait behind whoever waits."""


_AT_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_OUTERMOST = ("BEGIN", "COMMIT", "ROLLBACK")
_NESTED = ("SAVEPOINT nested", "RELEASE nested", "ROLLBACK TO nested; RELEASE nested")
"""How a transaction begins, ends, and is undone."""


class Known(Protocol):
    """What is known of the tables in the database."""

    def reset(self) -> None:
        """Forget it, because a statement found them changed."""


class Holder(Protocol):
    """Whose connections they are: an engine, or a cache."""

    lock: threading.RLock
    settings: Settings
    is_away: bool
    """Whether a server that nobody reaches is not to be waited for."""

    @property
    def catalog(self) -> Known:
        """What it knows of its tables."""

    def locking(self, handle: Handle, table: str | None) -> str:
        """Note what is to be locked for reading a table, and return the SQL for it."""


class Connections:
    """The connections that one holder has in this process; its lock guards the writer."""

    def __init__(self, holder: Holder, address: Address) -> None:
        self.address = address
        self.settings = holder.settings
        self._holder = holder
        self._writer: Handle | None = None
        self._user: psycopg.Connection[Any] | None = None
        self._idle: Handle | None = None
        self._lent: set[Handle] = set()
        self._depth = 0
        self._owner: int | None = None

    @property
    def is_within(self) -> bool:
        """Tell whether a transaction is open; read it while holding the engine's lock."""
        return self._depth > 0

    @property
    def is_nested(self) -> bool:
        """Tell whether a transaction lies in another one."""
        return self._depth > 1

    def session(self) -> Handle:
        """Open a connection that is the caller's to close."""
        return Handle(self.address, **self._settings())

    def _settings(self) -> dict[str, str]:
        found = {
            "search_path": quoted(self.address.schema),
            "timezone": "UTC",
            # A snapshot from before a lock was waited for would not show what others made.
            "default_transaction_isolation": "read committed",
            "lock_timeout": str(max(1, round(self.settings.timeout * 1_000))),
        }
        if self.settings.durability == "full":
            found["synchronous_commit"] = "on"
        return found

    @property
    def writer(self) -> Handle:
        """The connection that stores rows; use it while holding the engine's lock."""
        if self._writer is None or not self._writer.is_usable:
            if self.is_within:  # the rows to come must not be stored without those before them
                reason = "the connection was lost, or the process forked, within a transaction"
                raise StorageError(self.address.shown, "Writing to", reason)
            self._writer = self.session()
        return self._writer

    @property
    def user(self) -> psycopg.Connection[Any]:
        """The connection for the user's own statements."""
        with self._holder.lock:
            if self._user is None or self._user.closed:
                settings = {"search_path": f"{quoted(self.address.schema)},public"}
                if self.settings.read_only:
                    settings["default_transaction_read_only"] = "on"
                self._user = self.patiently(
                    lambda: connected(self.address, **settings), "Opening", opening=True
                )
            return self._user

    def patiently(self, attempt: Callable[[], T], doing: str, *, opening: bool = False) -> T:
        """Repeat what fails because of others or of a server that is away, until the deadline.

        Parameters
        ----------
        attempt
            What to do; it may be done again after a failure of unknown outcome.
        doing
            What that is, for the errors.
        opening
            A server that nobody has reached yet is not waited for, unless it is starting.
        """
        deadline = None
        while True:
            try:
                return attempt()
            except XetrackError:
                raise
            except REFUSALS as error:
                found = translated(error, self.address, doing)
                hopeless = (opening or self._holder.is_away) and _is_nowhere(error)
                if not is_busy(error) and (hopeless or not isinstance(found, ServerAwayError)):
                    raise found from error
                now = time.monotonic()
                deadline = deadline or now + self.settings.timeout
                if now >= deadline:
                    raise self._late(error) from error
            time.sleep(random.SystemRandom().uniform(0.01, 0.1))

    def _late(self, error: BaseException) -> Exception:
        seconds, address = self.settings.timeout, self.address
        if is_busy(error):
            return DatabaseBusyError(address.shown, seconds)
        return ServerAwayError(address.shown, said(error, address), seconds)

    def look(self, at: Callable[[psycopg.Connection[Any]], T], *, opening: bool = False) -> T:
        """Return what a short look at one moment of the database gives."""
        return self.look_at(None, lambda handle: at(handle.connection), opening=opening)

    def look_at(self, table: str | None, at: Callable[[Handle], T], *, opening: bool = False) -> T:
        """Do the same with a table that nobody rewrites meanwhile."""

        def attempt() -> T:
            with self.snapshot(table) as handle:
                return at(handle)

        return self.patiently(lambda: self.again(attempt), "Reading", opening=opening)

    def glance(self, at: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Return what single statements give that only read; each sees a moment of its own."""

        def attempt() -> T:
            handle, clean = self.borrow(), False
            try:
                with self.reading(handle):
                    found = at(handle.connection)
                clean = True
                return found
            finally:
                self.give_back(handle, clean=clean)

        return self.patiently(lambda: self.again(attempt), "Reading")

    def change(self, at: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Return what a change gives that is made in one transaction, and may be made again."""

        def attempt() -> T:
            with self.transaction() as connection:
                return at(connection)

        return self.patiently(lambda: self.again(attempt), "Writing to")

    def held(self, table: str, ask: Callable[[Handle], T]) -> tuple[Handle, T]:
        """Lend a connection until `give_back`, with the answer to a question at one moment."""

        def attempt() -> tuple[Handle, T]:
            with self.snapshot(table, keep=True) as handle:
                return handle, ask(handle)

        return self.patiently(lambda: self.again(attempt), "Reading")

    def again(self, attempt: Callable[[], T]) -> T:
        """Repeat a look that others came in between of, until the deadline."""
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
                self._holder.catalog.reset()

    @contextmanager
    def snapshot(self, table: str | None = None, *, keep: bool = False) -> Iterator[Handle]:
        """Lend a connection inside a transaction that sees one moment and changes nothing.

        A table is locked before that moment: one that is rewritten after it would have no row.
        With `keep`, the connection stays lent afterwards, unless something went wrong. Within a
        transaction of the same thread it is the writer, as others would wait for what that locked.
        """
        if self._owner == threading.get_ident() and self._writer is not None:
            writer = self._writer
            with self.transaction():
                yield writer
            return
        handle = self.borrow()
        try:
            with self.reading(handle):
                # One message, as it is one wait for the server.
                lock = self._holder.locking(handle, table)
                handle.connection.execute(f"{_AT_ONE_MOMENT}{lock}")
                yield handle
                handle.connection.execute("COMMIT")
        except BaseException as error:
            with suppress(psycopg.Error):
                if isinstance(error, XetrackError):
                    handle.connection.execute("ROLLBACK")
                else:
                    handle.connection.close()
            self.give_back(handle)
            raise
        if not keep:
            self.give_back(handle)

    def borrow(self) -> Handle:
        """Lend a connection to a reader."""
        with self._holder.lock:
            handle, self._idle = self._idle, None
            if handle is None or not handle.is_usable:
                handle = self.session()
            self._lent.add(handle)
            return handle

    def give_back(self, handle: Handle, *, clean: bool = True) -> None:
        """Keep a connection that was lent for the next reader, or close it."""
        with self._holder.lock:
            if handle is self._writer:
                return
            self._lent.discard(handle)
            if clean and self._idle is None and handle.is_usable:
                self._idle = handle
            else:
                handle.end()

    @contextmanager
    def reading(self, handle: Handle) -> Iterator[None]:
        """Use a connection that was lent; a fork in another thread waits meanwhile."""
        try:
            with handle.busy:
                yield
        except psycopg.Error as error:
            if handle.ended:
                raise InterruptedReadError(self.address.shown) from error
            raise

    @contextmanager
    def fetching(self, handle: Handle) -> Iterator[None]:
        """Do the same where nothing is repeated, so that errors are a user's."""
        try:
            with self.reading(handle):
                yield
        except REFUSALS as error:
            if isinstance(error, XetrackError):
                raise
            raise translated(error, self.address, "Reading") from error

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend the writer inside a transaction: all of it is stored, or nothing.

        Within another transaction it is a savepoint: what fails takes nothing else along, and
        what succeeds is stored with all the rest.
        """
        with self._holder.lock:
            connection = self.writer.connection
            begin, end, undo = _NESTED if self.is_within else _OUTERMOST
            outermost = not self.is_within
            self._depth += 1
            try:
                connection.execute(begin)
                yield connection
                connection.execute(end)
            except BaseException as error:
                # After a failed COMMIT nobody knows what was stored; a new session will see.
                with suppress(psycopg.Error):
                    connection.execute(undo)
                if is_gone(error) or (outermost and not isinstance(error, Exception)):
                    connection.close()
                raise
            finally:
                self._depth -= 1

    @contextmanager
    def block(self, lock: Callable[[psycopg.Connection[Any]], None]) -> Iterator[None]:
        """Make all that the writer does in a block one transaction, begun with a lock.

        Whether it was stored is asked anew where the answer to the COMMIT was lost.
        """
        with self._holder.lock:
            self.patiently(lambda: self.writer.connection.execute("SELECT 1"), "Writing to")
            owner, self._owner = self._owner, threading.get_ident()
            number = None
            try:
                with self.transaction() as connection:
                    lock(connection)
                    yield
                    sql = "SELECT pg_current_xact_id_if_assigned()::text"
                    (number,) = connection.execute(sql).fetchone() or (None,)
            except psycopg.Error as error:
                self._owner = owner
                if number is None or self.is_within or not is_gone(error):
                    raise
                self.patiently(lambda: self._check_stored(number), "Writing to")
            finally:
                self._owner = owner

    def _check_stored(self, number: str) -> None:
        """Raise unless a transaction of another session was stored, once that is known."""
        sql = "SELECT pg_xact_status(%s::text::xid8)"
        (status,) = self.writer.connection.execute(sql, (number,)).fetchone() or ("",)
        if status == "in progress":
            raise psycopg.OperationalError("the transaction is still going on")
        if status != "committed":
            reason = "the connection was lost before the end of the transaction"
            raise StorageError(self.address.shown, "Writing to", reason)

    def close(self) -> None:
        """Close every connection; the next use opens anew."""
        with self._holder.lock:
            for handle in (self._writer, self._idle, *self._lent):
                if handle is not None:
                    handle.end()
            if self._user is not None:
                self._user.close()
            self._writer = self._idle = self._user = None
            self._lent.clear()


def _is_nowhere(error: BaseException) -> bool:
    """Tell whether nobody answered at all, as opposed to a server that is not ready yet."""
    text = str(error)
    return isinstance(error, UnreachedError) and not any(one in text for one in _NOT_YET)
