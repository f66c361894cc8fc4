"""The connection pool of one engine or cache: opened anew, and kept out of forks."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

import psycopg

from xetrack.errors import InterruptedReadError, InterruptedWriteError, XetrackError
from xetrack.model.names import quoted
from xetrack_postgres.connections.connection import (
    ServerConnection,
    open_connection,
    session_settings,
)
from xetrack_postgres.connections.retries import RetryPolicy, with_short_timeout
from xetrack_postgres.connections.uses import ConnectionUse, WriterUses
from xetrack_postgres.driver_errors import REFUSALS, is_gone, to_xetrack_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.interfaces.engine import Settings
    from xetrack_postgres.address import Address
    from xetrack_postgres.connections.retries import PoolOwner

T = TypeVar("T")

DDL_PATIENCE = 5.0
"""Seconds to wait for a table that is in use; all who write to it wait behind whoever waits."""


_AT_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_OUTERMOST = ("BEGIN", "COMMIT", "ROLLBACK")
_NESTED = ("SAVEPOINT nested", "RELEASE nested", "ROLLBACK TO nested; RELEASE nested")
"""How a transaction begins, ends, and is undone."""


class ConnectionPool(RetryPolicy, WriterUses):
    """The connections that one owner has in this process.

    **Thread safety.** Any thread may read. Whoever uses the writer holds the owner's lock.

    **Forks.** `close` comes before one; both sides then open anew.
    """

    def __init__(
        self, owner: PoolOwner, address: Address, settings: Settings | None = None
    ) -> None:
        RetryPolicy.__init__(self, owner, address, settings)
        WriterUses.__init__(self)
        self._inner: ConnectionPool | None = None
        self._writer: ServerConnection | None = None
        self._user: psycopg.Connection[Any] | None = None
        self._idle: ServerConnection | None = None
        # Weakly: one whose borrower an interrupt ended is closed when it is forgotten.
        self._borrowed: WeakSet[ServerConnection] = WeakSet()

    @property
    def is_within(self) -> bool:
        """Whether a transaction is open; read it while holding the engine's lock."""
        return bool(self._alive())

    @property
    def is_taken(self) -> bool:
        """Whether this call came while another of this thread is using the writer."""
        top = self._uses[-1] if self._uses else None
        if top is not None and not top.is_block and top.is_alive:
            return True
        # Whoever is in the middle of a statement holds the driver's lock and ours.
        is_busy = self._writer is not None and self._writer.connection.lock.locked()
        return is_busy and self._owner.lock._is_owned()  # type: ignore[attr-defined]  # noqa: SLF001

    def free(self) -> ConnectionPool:
        """Return these connections, or others for a call within a call."""
        if not self.is_taken:
            return self
        if self._inner is None:
            self._inner = ConnectionPool(
                self._owner, self.address, with_short_timeout(self.settings)
            )
        return self._inner.free()

    def _alive(self) -> list[ConnectionUse]:
        """Return the uses of the writer, after throwing away what interrupts left behind."""
        if self._uses and not all(use.is_alive for use in self._uses):
            self.undone += 1
            if self._writer is not None:
                self._writer.end()
            self._uses = [use for use in self._uses if use.is_alive]
        return self._uses

    def session(self) -> ServerConnection:
        """Open a connection that is the caller's to close."""
        return ServerConnection(self.address, **session_settings(self.address, self.settings))

    @property
    def writer(self) -> ServerConnection:
        """The connection that stores rows; use it while holding the engine's lock."""
        is_within = self.is_within
        writer = self._writer  # a handler may close the engine at any line
        if writer is None or not (writer.is_usable if is_within else writer.is_idle):
            if is_within:  # the rows to come must not be stored without those before them
                reason = "the connection was lost, or the process forked, within a transaction"
                raise InterruptedWriteError(self.address.shown, reason)
            if writer is not None:
                writer.end()
            writer = self._writer = self.session()
            writer.is_writer = True
        return writer

    @property
    def user(self) -> psycopg.Connection[Any]:
        """The connection for the user's own statements."""
        with self._owner.lock:
            user = self._user
            if user is None or user.closed:
                settings = {"search_path": f"{quoted(self.address.schema)},public"}
                if self.settings.read_only:
                    settings["default_transaction_read_only"] = "on"
                user = self._user = self.retry(
                    lambda: open_connection(self.address, **settings), "Opening", opening=True
                )
            return user

    def read(self, work: Callable[[psycopg.Connection[Any]], T], *, opening: bool = False) -> T:
        """Return what some short work reads, from one moment of the database.

        Parameters
        ----------
        work
            What to do with the connection; it is done again after a failure.
        opening
            A server that nobody has reached yet is not waited for, unless it is starting.

        Raises
        ------
        ServerAwayError
            The server could not be reached until the deadline.
        """
        return self.read_table(None, lambda handle: work(handle.connection), opening=opening)

    def read_table(
        self, table: str | None, work: Callable[[ServerConnection], T], *, opening: bool = False
    ) -> T:
        """Return what some short work reads of a table that nobody rewrites meanwhile.

        Parameters
        ----------
        table
            The name of the table; None for no lock.
        work
            What to do with the connection; it is done again after a failure.
        opening
            A server that nobody has reached yet is not waited for, unless it is starting.
        """

        def attempt() -> T:
            with self.snapshot(table) as handle:
                return work(handle)

        return self.retry(lambda: self.retry_reads(attempt), "Reading", opening=opening)

    def read_unlocked(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Return what single statements read; each sees a moment of its own.

        Parameters
        ----------
        work
            Gets a connection, and only reads by it; it may be called again.
        """

        def attempt() -> T:
            handle, clean = self.borrow(), False
            try:
                with self.reading(handle):
                    answer = work(handle.connection)
                clean = True
                return answer
            finally:
                self.return_connection(handle, clean=clean)

        return self.retry(lambda: self.retry_reads(attempt), "Reading")

    def change(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Return the result of a change that is made in one transaction, and may be made again.

        Parameters
        ----------
        work
            Gets a connection in a transaction; it is called again if the server was lost.
        """

        def attempt() -> T:
            with self.transaction() as connection:
                return work(connection)

        return self.retry(lambda: self.retry_reads(attempt), "Writing to")

    def hold(self, table: str, ask: Callable[[ServerConnection], T]) -> tuple[ServerConnection, T]:
        """Lend a connection until `return_connection`, with an answer from one moment.

        Parameters
        ----------
        table
            The name of the table, which nobody rewrites at that moment.
        ask
            What to do with the connection first; it is done again after a failure.

        Returns
        -------
        tuple[ServerConnection, T]
            The connection, and the answer.
        """

        def attempt() -> tuple[ServerConnection, T]:
            with self.snapshot(table, keep=True) as handle:
                return handle, ask(handle)

        return self.retry(lambda: self.retry_reads(attempt), "Reading")

    @contextmanager
    def snapshot(
        self, table: str | None = None, *, keep: bool = False
    ) -> Iterator[ServerConnection]:
        """Lend a connection inside a transaction that sees one moment and changes nothing.

        A table is locked before that moment: one that is rewritten after it would have no row.
        Within a transaction of the same thread it is the writer, as others would wait for what that
        locked.

        Parameters
        ----------
        table
            The name of a table to lock for reading.
        keep
            Whether the connection stays lent afterwards, unless something went wrong.

        Raises
        ------
        InterruptedReadError
            A fork in another thread ended the connection.
        """
        writer = self._writer
        if writer is not None and self._uses and self._uses[-1].is_alive and not self.is_taken:
            with self.transaction():
                yield writer
            return
        handle = self.borrow()
        try:
            with self.reading(handle):
                # One message, as it is one wait for the server.
                lock = self._owner.lock_sql(handle, table)
                handle.connection.execute(f"{_AT_ONE_MOMENT}{lock}")
                yield handle
                handle.connection.execute("COMMIT")
        except BaseException as error:
            with suppress(psycopg.Error):
                if isinstance(error, XetrackError):
                    handle.connection.execute("ROLLBACK")
                else:
                    handle.connection.close()
            self.return_connection(handle)
            raise
        if not keep:
            self.return_connection(handle)

    def borrow(self) -> ServerConnection:
        """Lend a connection to a reader."""
        with self._owner.lock:
            handle, self._idle = self._idle, None
            if handle is None or not handle.is_idle:
                handle = self.session()
            self._borrowed.add(handle)
            return handle

    def return_connection(self, handle: ServerConnection, *, clean: bool = True) -> None:
        """Keep a connection that was lent for the next reader, or close it.

        Parameters
        ----------
        handle
            The connection.
        clean
            Whether nothing is open on it any longer.
        """
        with self._owner.lock:
            if handle is self._writer:
                return
            self._borrowed.discard(handle)
            if clean and self._idle is None and handle.is_idle:
                self._idle = handle
            else:
                handle.end()

    @contextmanager
    def reading(self, handle: ServerConnection) -> Iterator[None]:
        """Use a connection that was lent; a fork in another thread waits meanwhile.

        Parameters
        ----------
        handle
            What `borrow` returned.
        """
        try:
            with handle.busy:
                yield
        except psycopg.Error as error:
            if handle.is_ended:
                raise InterruptedReadError(self.address.shown) from error
            raise

    @contextmanager
    def fetching(self, handle: ServerConnection) -> Iterator[None]:
        """Use a connection that was lent, without a retry, and raise errors that users know.

        Parameters
        ----------
        handle
            What `borrow` returned.

        Raises
        ------
        InterruptedReadError, InterruptedWriteError
            The connection was lost; and with it the block around this.
        """
        try:
            with self.reading(handle):
                yield
        except (InterruptedReadError, *REFUSALS) as error:
            is_cut = isinstance(error, InterruptedReadError) or is_gone(error)
            # Another block's writer may be lost with its rows not yet read.
            is_own = handle.is_writer and self._writer in (handle, None)
            if is_cut and is_own and self.has_block:
                raise InterruptedWriteError(self.address.shown) from error
            if isinstance(error, XetrackError):
                raise
            if is_cut:
                reason = "the connection to the server was lost"
                raise InterruptedReadError(self.address.shown, reason) from error
            raise to_xetrack_error(error, self.address, "Reading") from error

    @contextmanager
    def transaction(self, *, is_block: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """Lend the writer inside a transaction: all of it is stored, or nothing.

        Within another transaction it is a savepoint: what fails takes nothing else along, and
        what succeeds is stored with all the rest. In a block others may begin such.

        Parameters
        ----------
        is_block
            Whether it is a block of the user's, within which others may begin.
        """
        with self._owner.lock:
            connection = self.writer.connection
            outermost = not self._uses
            begin, end, undo = _OUTERMOST if outermost else _NESTED
            use = ConnectionUse(is_block=is_block)
            self._uses.append(use)
            is_settled = False
            try:
                self._owner.before_transaction()
                connection.execute(begin)
                yield connection
                connection.execute(end)
                is_settled = True
            except BaseException as error:
                self.undone += 1
                # After a failed COMMIT nobody knows what was stored; a new session will see.
                with suppress(psycopg.Error):
                    connection.execute(undo)
                if is_gone(error) or (outermost and not isinstance(error, Exception)):
                    connection.close()
                is_settled = True
                raise
            finally:
                if not is_settled:  # an interrupt cut what undoes it
                    self.undone += 1
                    connection.close()
                # Last of all: as long as it is there, an interrupt costs the connection.
                self._uses = [other for other in self._uses if other is not use]
                if outermost:
                    self._owner.after_transaction()

    def close(self) -> None:
        """Close every connection; the next use opens anew."""
        with self._owner.lock:
            if self._inner is not None:
                self._inner.close()
            for handle in (self._writer, self._idle, *self._borrowed):
                if handle is not None:
                    handle.end()
            if self._user is not None:
                self._user.close()
            self._writer = self._idle = self._user = None
            self._borrowed.clear()
