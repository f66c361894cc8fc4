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

import contextlib
import os
import sqlite3
import sys
from collections import deque
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from xetrack.errors import NestedWriteError, XetrackError, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from xetrack.builtin.sqlite.connections import Connections
    from xetrack.builtin.sqlite.engine import SQLiteEngine
    from xetrack.builtin.sqlite.handles import Handle

_members: WeakValueDictionary[int, Transactions] = WeakValueDictionary()
"""Those of all engines of this process."""

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

    def __init__(self, connections: Connections, engine: SQLiteEngine) -> None:
        self._connections = connections
        self._engine = engine
        self._block: FrameType | None = None
        """The frame whose block has the transaction; perhaps of a call that was interrupted."""
        self._waiting: deque[Callable[[], object]] = deque()
        """What calls within the block are to store when it is over."""
        self._file = os.path.realpath(connections.path)
        _members[next(_numbers)] = self

    def has_block(self) -> bool:
        """Return True if this thread is in a block that began a transaction, or is about to."""
        frame = None if self._block is None else sys._getframe()  # noqa: SLF001 - documented
        while frame is not None:
            if frame is self._block:
                return True
            frame = frame.f_back
        return False

    def _is_open(self) -> bool:
        writer = self._connections.open_writer
        return writer is not None and _has_transaction(writer) and self.has_block()

    def around(self) -> Transactions | None:
        """Return those with an open transaction on the file that a block of this thread has."""
        if self._is_open():
            return self
        if self._connections.in_memory:
            return None
        for reference in _members.valuerefs():
            other = reference()
            if other is not None and other._file == self._file and other._is_open():  # noqa: SLF001
                return other
        return None

    @contextmanager
    def begun(self, timeout: float | None = None) -> Iterator[Handle]:
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
        writer = self._connections.writer
        if _has_transaction(writer):  # in memory there is one connection, and the user began it
            yield from self._savepoint(writer)
            return
        outer = self._block
        # In this order: whoever is called at one of these lines finds either that no transaction
        # is open, or whose it is.
        self._block = _block()
        self._engine.cursor = None
        try:
            self._connections.patiently(lambda: writer.execute("BEGIN IMMEDIATE"), timeout)
            yield writer
            self._connections.patiently(lambda: writer.execute("COMMIT"))
        except BaseException as error:
            self._roll_back(writer)
            if isinstance(error, sqlite3.Error):
                writer.raise_interrupt(error)
            raise
        finally:
            self._block = outer
            self.recover()

    def _savepoint(self, writer: Handle) -> Iterator[Handle]:
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

    def _roll_back(self, writer: Handle) -> None:
        with suppress(sqlite3.Error):  # an interrupt at the commit is raised when that is done
            writer.execute("ROLLBACK")
        self._engine.forget_schemas()

    def wait(self, work: Callable[[], object]) -> None:
        """Have some work done when the transaction around it is over, or now if there is none."""
        around = self.around() or self
        around._waiting.append(work)  # noqa: SLF001 - ours
        if not around._is_open():  # noqa: SLF001 - ours
            around.recover()

    def recover(self) -> None:
        """Undo what an interrupted call left open, and do what waits; called with the lock held."""
        if self._block is not None and not self.has_block():
            writer = self._connections.open_writer
            if writer is not None and _has_transaction(writer):
                self._roll_back(writer)
            self._engine.forget_schemas()
            self._block = None
        while self._waiting:
            work = self._waiting.popleft()
            try:
                work()
            except XetrackError as error:
                warn(f"What was logged while another call stored rows is not stored: {error}")

    def end(self) -> None:
        """Undo what is open, whoever began it, and do what waits; before connections close.

        A block of this thread that goes on afterwards fails, as its connection is closed.
        """
        block, self._block = self._block, None
        writer = self._connections.open_writer
        if block is not None and writer is not None and _has_transaction(writer):
            self._roll_back(writer)
        try:
            self.recover()
        finally:
            self._block = block


def _has_transaction(writer: sqlite3.Connection) -> bool:
    try:
        return writer.in_transaction
    except sqlite3.ProgrammingError:  # it is closed
        return False


def _block() -> FrameType:
    """Return the frame of the ``with`` statement that is just beginning a transaction.

    Between it and here are only context managers, each called by `contextlib`.
    """
    frame = sys._getframe(1)  # noqa: SLF001 - documented, and there is no other way to it
    while (caller := frame.f_back) is not None and _is_contextlib(caller):
        while caller.f_back is not None and _is_contextlib(caller):
            caller = caller.f_back
        frame = caller
    return frame


def _is_contextlib(frame: FrameType) -> bool:
    return frame.f_code.co_filename == contextlib.__file__
