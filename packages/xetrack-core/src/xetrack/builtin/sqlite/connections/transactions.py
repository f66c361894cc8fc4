"""Transactions of the connection that stores rows: safe from interrupts and nested calls.

Ctrl-C may come at any line, also at one that was about to end a transaction. And a signal
handler, a finalizer or a sink may log while its own thread is storing something else. So:

* Who began the transaction is remembered by its frame. As long as that frame is on the thread's
  stack, the transaction is its own, and a further block becomes a savepoint. Once it is not, the
  transaction was left behind by an interrupted call, which acknowledged nothing; the next use
  rolls it back.
* What a call within another one wants to store waits for the end of that one's transaction: it
  must neither meet statements of another in their midst, nor be undone with them. It may be a
  call of another engine on the same file, which would wait for a lock that its own thread holds.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sqlite3
import sys
import time
from collections import deque
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from threading import Condition
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from xetrack.builtin.sqlite.driver_errors import StaleError
from xetrack.errors import InterruptedWriteError, NestedWriteError, XetrackError, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
    from xetrack.builtin.sqlite.connections.protocols import Owner, WriterPool

_members: WeakValueDictionary[int, Transactions] = WeakValueDictionary()
"""Those of all engines of this process."""

_busy: set[Transactions] = set()
"""Those that have something to do, which lasts though nobody else knows them any more."""

CLOSED = "the process was forked, or the engine closed, within a transaction"
"""Why a transaction was cut."""

_ATTEMPTS = 10
"""How often what waits is tried anew while others replace the file or drop its tables."""

_numbers = count()
"""Each savepoint has a name of its own, so that an interrupted one cannot end another."""


class Transactions:
    """The transactions of one engine.

    Parameters
    ----------
    connections
        Have the connection that stores rows.
    engine
        Keeps a cursor for rows outside of transactions, and remembers schemas.
    """

    def __init__(self, connections: WriterPool, engine: Owner) -> None:
        self._connections = connections
        self._engine = engine
        self._block: FrameType | None = None
        """The frame whose block has the transaction; perhaps of a call that was interrupted."""
        self._is_users = False
        """Whether the transaction is one that a user began, in memory."""
        self._waiting: deque[list[tuple[Transactions, Callable[[], object]]]] = deque()
        """What calls within the block are to store when it is over, each by its own engine. What is
        done is an empty list, wherever it still waits."""
        self._worker: FrameType | None = None
        """The frame that stores it; perhaps of a call that was interrupted."""
        path = connections.path
        self._file = path if connections.in_memory else os.path.realpath(path)
        _members[next(_numbers)] = self

    def has_block(self) -> bool:
        """Return True if this thread is in a block that began a transaction, or is about to."""
        return self._block is not None and _is_running(self._block)

    def _has_transaction(self) -> bool:
        writer = self._connections.open_writer
        return writer is not None and _has_transaction(writer)

    def _is_open(self) -> bool:
        return self._has_transaction() and self.has_block()

    def around(self) -> Transactions | None:
        """Return those with an open transaction on the file that a block of this thread has."""
        if self._is_open():
            return self
        return next((other for other in self._others() if other._is_open()), None)  # noqa: SLF001

    @contextmanager
    def begun(self, timeout: float | None = None) -> Iterator[SQLiteConnection]:
        """Lend the writer inside a transaction: all of it is stored, or nothing.

        Within another transaction of the engine it is a savepoint: what fails takes nothing else
        along, and what succeeds is stored with all the rest. The caller holds the engine's lock.

        Parameters
        ----------
        timeout
            For the transaction's beginning, in seconds; by default that of the settings.
        """
        if self._is_open():
            yield from self._savepoint(self._connections.writer)
            return
        if self.around() is not None:  # of another engine on the file
            raise NestedWriteError(self._connections.location, "Writing to")
        self.recover()
        try:
            yield from self._outermost(timeout)
        finally:
            self.recover()

    def _outermost(
        self, timeout: float | None = None, stored: Callable[[], object] = int
    ) -> Iterator[SQLiteConnection]:
        """Lend the writer inside a transaction, and call `stored` once it is committed."""
        self._connections.files.look()
        writer = self._connections.writer
        outer = self._block
        if _has_transaction(writer):  # in memory there is one connection, and the user began it
            try:
                self._block, self._is_users = _block(), True
                yield from self._savepoint(writer)
            finally:
                self._block, self._is_users = outer, False
            stored()
            return
        ending = False
        try:
            writer = self._begin(_block(), timeout)
            yield writer
            ending = True
            self._connections.retry_while_locked(lambda: writer.execute("COMMIT"))
            self._connections.files.committed()
        except BaseException as error:
            failed = isinstance(error, sqlite3.Error) or _has_transaction(writer)
            ending = ending and not failed
            self._roll_back(writer)
            if isinstance(error, sqlite3.Error):
                writer.raise_interrupt(error)
                if writer.ended and not isinstance(error, StaleError):
                    raise InterruptedWriteError(self._connections.location, CLOSED) from error
            raise
        finally:
            if ending:  # also where an interrupt at the commit was raised when that was done
                stored()
            if not _has_transaction(writer):  # else a second interrupt met the rollback
                self._block = outer

    _alone = contextmanager(_outermost)

    def _begin(self, block: FrameType, timeout: float | None) -> SQLiteConnection:
        """Begin a transaction, and return the connection that has it."""

        def attempt() -> SQLiteConnection:
            self._block = None
            writer = self._connections.writer  # a fork may have closed the one of before
            # In this order: whoever is called at one of these lines finds either that no
            # transaction is open, or whose it is.
            self._block = block
            self._engine.cursor = None
            writer.execute("BEGIN IMMEDIATE")
            return writer

        return self._connections.retry_while_locked(attempt, timeout, self._pause)

    def _pause(self, seconds: float) -> None:
        """Wait for the file, without the engine's lock if another thread here writes to it.

        A handler within its block may log by this engine: it would wait for the lock, and we
        for the end of the block.
        """
        if any(other._has_transaction() for other in self._others()):  # noqa: SLF001 - ours
            Condition(self._engine.lock).wait(seconds)
        else:
            time.sleep(seconds)

    def _others(self) -> Iterator[Transactions]:
        """Yield those of the other engines on the file."""
        if self._connections.in_memory:
            return
        for reference in _members.valuerefs():
            other = reference()
            if other is not None and other is not self and other._file == self._file:  # noqa: SLF001
                yield other

    def _savepoint(self, writer: SQLiteConnection) -> Iterator[SQLiteConnection]:
        name = f"nested{next(_numbers)}"
        try:
            writer.execute(f"SAVEPOINT {name}")
            yield writer
            writer.execute(f"RELEASE {name}")
        except BaseException as error:
            for statement in (f"ROLLBACK TO {name}", f"RELEASE {name}"):
                with suppress(sqlite3.Error):
                    writer.execute(statement)
            self._engine.forget_schemas()
            if isinstance(error, sqlite3.Error):
                writer.raise_interrupt(error)
            raise

    def _roll_back(self, writer: SQLiteConnection) -> None:
        with suppress(sqlite3.Error):  # an interrupt at the commit is raised when that is done
            writer.execute("ROLLBACK")
        # The traceback of an interrupt keeps its frames, and these a statement in the midst of its
        # rows. It would hold the moment that it reads, and no transaction after that of others
        # could begin. In memory the user's own statements are among them, and nobody else writes.
        if not self._connections.in_memory and not _has_transaction(writer):
            self._engine.cursor = None
            with suppress(sqlite3.Error):
                writer.finish_statements()
        self._engine.forget_schemas()

    def wait(self, work: Callable[[], object]) -> None:
        """Do some work when the transaction around it has ended, or now if there is none.

        Parameters
        ----------
        work
            Takes nothing; what it returns does not count.
        """
        around = self.around() or self
        _drain_at_exit()
        _busy.add(around)
        around._waiting.append([(self, work)])  # noqa: SLF001 - ours
        if not around._is_open():  # noqa: SLF001 - ours
            around.recover()
        else:  # an interrupt may come just where that ends
            around._engine.checkpoints.schedule()  # noqa: SLF001 - ours

    def recover(self) -> None:
        """Undo what an interrupted call left open, and do what waits; called with the lock held."""
        if self._block is not None and not self.has_block():
            writer = self._connections.open_writer
            if writer is not None and _has_transaction(writer) and not self._is_users:
                self._roll_back(writer)
            self._engine.forget_schemas()
            self._block, self._is_users = None, False
        if self._worker is not None and _is_running(self._worker):
            return  # a call within what follows must not do it, too
        self._worker = sys._getframe()  # noqa: SLF001 - documented
        while self._waiting:
            item = self._waiting[0]
            if not item:
                self._waiting.popleft()
                continue
            ((owner, work),) = item
            around = self.around()
            if around is self:  # a second interrupt met the rollback: the next use ends it
                self._worker = None
                return
            if around is not None:  # it has the file, and does it at its end
                _busy.add(around)
                self._pass_on(item, around)
            elif owner is self:
                self._work(work, item.clear)
            elif owner._engine.lock.acquire(blocking=False):  # noqa: SLF001 - ours
                try:
                    owner._work(work, item.clear)  # noqa: SLF001 - ours
                finally:
                    owner._engine.lock.release()  # noqa: SLF001 - ours
            else:  # another thread uses that engine, and will do it
                self._pass_on(item, owner)
        self._worker = None
        _busy.discard(self)

    def _pass_on(
        self, item: list[tuple[Transactions, Callable[[], object]]], other: Transactions
    ) -> None:
        """Leave what waits first to others; after an interrupt in between, one of both does it."""
        other._waiting.append(item)
        self._waiting.popleft()

    def _work(self, work: Callable[[], object], done: Callable[[], object]) -> None:
        """Do some work in one transaction: it is done, or it waits for the next time."""
        failure: Exception | None = None
        for _ in range(_ATTEMPTS):
            try:
                with self._alone(stored=done):
                    work()
            except StaleError as error:  # the file was replaced: the next try finds the new one
                failure = error
                continue
            except (XetrackError, sqlite3.Error) as error:
                failure = error
            else:
                return
            break
        done()
        warn(f"What was logged while another call stored rows is not stored: {failure}")

    def end(self, *, drain: bool) -> None:
        """Undo what is open, whoever began it, and do what waits; before connections close.

        A block of this thread that goes on afterwards fails, as its connection is closed.

        Parameters
        ----------
        drain
            Whether to do what waits.
        """
        block, self._block = self._block, None
        writer = self._connections.open_writer
        if block is not None and writer is not None and _has_transaction(writer):
            self._roll_back(writer)
        try:
            if drain:
                self.recover()
        finally:
            self._block = block


@cache
def _drain_at_exit() -> None:
    """Do what waits when the process ends, as an exception may have kept it from being done."""
    atexit.register(_drain)


def _drain() -> None:
    for reference in _members.valuerefs():
        transactions = reference()
        if transactions is not None and transactions._waiting:  # noqa: SLF001 - ours
            with transactions._engine.lock:  # noqa: SLF001 - ours
                transactions.recover()


def _has_transaction(writer: sqlite3.Connection) -> bool:
    try:
        return writer.in_transaction
    except sqlite3.ProgrammingError:  # it is closed
        return False


def _is_running(frame: FrameType) -> bool:
    """Return True if a frame is on the stack of this thread."""
    running: FrameType | None = sys._getframe()  # noqa: SLF001 - documented
    while running is not None and running is not frame:
        running = running.f_back
    return running is not None


def _block() -> FrameType:
    """Return the frame of the ``with`` statement that is just beginning a transaction.

    Between it and here are only context managers, each called by `contextlib`.
    """
    frame = sys._getframe()  # noqa: SLF001 - documented, and there is no other way to it
    here = frame.f_code.co_filename
    while frame.f_code.co_filename == here and frame.f_back is not None:
        frame = frame.f_back
    while _is_contextlib(frame) and frame.f_back is not None:
        frame = frame.f_back
        if frame.f_back is not None and _is_contextlib(frame.f_back):  # a context manager, too
            frame = frame.f_back
    return frame


def _is_contextlib(frame: FrameType) -> bool:
    return frame.f_code.co_filename == contextlib.__file__
