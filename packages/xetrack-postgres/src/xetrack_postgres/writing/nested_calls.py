"""Calls within calls: of a handler of a signal, of ``__del__``, of a sink, in the same thread.

Such a call cannot wait for the one that it interrupted, nor use the connection that is in the
middle of a statement. So it gets an engine of its own, with connections of its own. Rows that it
cannot store, because the call below has locked their table, wait for the end of that call.
"""

from __future__ import annotations

import atexit
import functools
import weakref
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from xetrack.errors import DatabaseBusyError, OutcomeUnknownError, XetrackError, warn
from xetrack.process import idle
from xetrack_postgres.connections.retries import with_short_timeout
from xetrack_postgres.connections.uses import ConnectionUse
from xetrack_postgres.driver_errors import ServerAwayError
from xetrack_postgres.writing.inserter import PostgresInserter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg import Cursor

    from xetrack.interfaces.engine import Field, Settings
    from xetrack.model.kinds import Value
    from xetrack_postgres.connections.pool import ConnectionPool
    from xetrack_postgres.writing.protocols import RowWriter

P = ParamSpec("P")
T = TypeVar("T")


def reentrant(
    method: Callable[Concatenate[Any, P], T],
) -> Callable[Concatenate[Any, P], T]:
    """Decorate a method to run on another engine within another call of its thread.

    Parameters
    ----------
    method
        A method of an engine.

    Returns
    -------
    Callable[Concatenate[Any, P], T]
        The method, which looks first whether its thread is in another one.
    """

    @functools.wraps(method)
    def called(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return method(self.free(), *args, **kwargs)

    return called


class NestedCalls:
    """The part of an engine that serves calls within its calls."""

    url: str
    settings: Settings
    connections: ConnectionPool
    pending_rows: PendingRows
    cursor: Cursor[Any] | None
    _nested: Self | None

    def free(self) -> Self:
        """Return this engine, or another for a call within one of its calls."""
        if not self.connections.is_taken:
            return self
        return self.nested_engine()

    def nested_engine(self) -> Self:
        """Return an engine with connections of its own."""
        if self._nested is None:
            self._nested = type(self)(self.url, with_short_timeout(self.settings))  # type: ignore[call-arg]
        return self._nested.free()

    def is_writing(self) -> bool:
        """Return True if this thread is in a block of writes, which may yet be undone."""
        return self.connections.has_block

    def after_write(self, work: Callable[[], object]) -> None:
        """Run some work when that block is over.

        Parameters
        ----------
        work
            What to call, without arguments.
        """
        self.pending_rows.add(work)
        if not self.connections.has_block:
            self.after_transaction()

    def before_transaction(self) -> None:
        """Drop the cursor that stores single rows, each in a transaction of its own."""
        self.cursor = None

    def after_transaction(self) -> None:
        """Store the rows that waited for the end of a transaction."""
        if self.pending_rows:
            self.cursor = None
            self.pending_rows.store_all()


class _Leftovers(idle.IdleTask):
    """Stores pending rows, if an interrupt met just what was about to do so."""

    def __init__(self, pending: PendingRows) -> None:
        super().__init__()
        self._pending = weakref.ref(pending)

    def state(self) -> object:
        """Return how much waits."""
        pending = self._pending()
        return 0 if pending is None else pending.waiting()

    def work(self, patience: float) -> bool:
        """Store it; see `xetrack.process.idle`."""
        pending = self._pending()
        return pending is None or pending.drain(patience)


class PendingRows:
    """The rows of nested calls that wait for the end of the call below them."""

    def __init__(self, engine: RowWriter) -> None:
        self._engine = weakref.ref(engine)
        self._settling: ConnectionUse | None = None
        self._rows: list[tuple[str, Sequence[Field], list[Sequence[Value]], int]] = []
        self._works: list[Callable[[], object]] = []
        """Whatever else waits for the end of a block."""
        self._leftovers = _Leftovers(self)

    def __bool__(self) -> bool:
        return bool(self._rows or self._works)

    def add(self, work: Callable[[], object]) -> None:
        """Add work to run when the block is over, once.

        Parameters
        ----------
        work
            What to call, without arguments.
        """
        self._watch()
        self._works.append(work)

    def store(
        self, table: str, fields: Sequence[Field], rows: Sequence[Sequence[Value]], first: int
    ) -> None:
        """Store rows by another engine, or later where the call below is in the way.

        Parameters
        ----------
        table
            The name of the table.
        fields
            What is stored in each column.
        rows
            The cells of each row, in the order of the fields.
        first
            The number of the first; those of the others follow.
        """
        engine = self._engine()
        assert engine is not None  # noqa: S101 - it is the caller
        other = engine.nested_engine()
        try:
            PostgresInserter(other, table, fields).store(rows, first)
        except (DatabaseBusyError, ServerAwayError, OutcomeUnknownError):
            if other.connections.is_within:  # they belong to what that engine stores as one
                raise
            self._watch()
            self._rows.append((table, fields, [tuple(row) for row in rows], first))

    def store_all(self) -> None:
        """Store all pending rows; rows that may be stored already are there once."""
        engine = self._engine()
        if self._settling is not None and self._settling.is_alive:
            return
        self._settling = ConnectionUse(is_block=False)
        while self._rows and engine is not None:
            table, fields, rows, first = self._rows[0]
            try:
                PostgresInserter(engine, table, fields).store(rows, first, again=True)
            except (DatabaseBusyError, ServerAwayError):
                return
            except XetrackError as error:
                warn(f"A row that a nested call logged could not be stored: {error}")
            del self._rows[:1]
        while self._works:
            work = self._works.pop(0)
            try:
                work()
            except XetrackError as error:
                warn(f"What a nested call logged could not be stored: {error}")
            except BaseException:
                self._works.insert(0, work)
                raise

    def waiting(self) -> int:
        """Return how many rows and other works wait."""
        return len(self._rows) + len(self._works)

    def drain(self, patience: float) -> bool:
        """Store all pending rows, on any thread, and return True if nothing is left.

        Parameters
        ----------
        patience
            Seconds to wait for the engine's lock.
        """
        engine = self._engine()
        if engine is None:
            return True
        if not engine.lock.acquire(timeout=patience):
            return False
        try:
            if self:
                engine.cursor = None
                self.store_all()
        finally:
            engine.lock.release()
        return not self

    def _watch(self) -> None:
        """See that what is about to wait is stored, whatever becomes of the call below."""
        if not self:
            atexit.register(self._at_exit)
        idle.schedule(self._leftovers)

    def _at_exit(self) -> None:
        self.store_all()
