"""An engine that keeps its tables in memory: complete by itself, and the base of others.

It implements all of `Engine` but persistence. An engine for storage that is a log (a file that is
only appended to, a stream, a bucket of small objects) extends it: `MemoryEngine.record` persists
changes, and `MemoryEngine.refresh` replays those of others. Opening costs time and memory in
proportion to the length of the log.
"""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from threading import get_ident
from typing import TYPE_CHECKING, ClassVar

from xetrack.errors import (
    ColumnNotFoundError,
    DatabaseNotFoundError,
    ReadOnlyError,
    StorageError,
    TableNotFoundError,
    warn,
)
from xetrack.interfaces.engine import Engine, Inserter, Selection
from xetrack.interfaces.engines.columns import OWN_COLUMNS, allocate_columns
from xetrack.interfaces.engines.facts import KeepsFacts
from xetrack.interfaces.engines.memory.rows import MemoryInserter, copied_cells
from xetrack.interfaces.engines.memory.tables import Tables
from xetrack.interfaces.engines.storage import storage_errors
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.names import checked_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xetrack.interfaces.engine import Column, Field, Settings
    from xetrack.interfaces.engines.memory.tables import Change, Table
    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value

BATCH = 2_000
"""Number of rows in a batch of `Selection.batches`."""


class MemoryEngine(Engine, KeepsFacts):
    """An engine with tables in memory, which live as long as this object.

    **Persistence.** To persist them, override `exists`, `refresh`, `exclusive`, `record`, `owns`
    and `close`, and `can_reread` with `rewind`.

    **Thread safety.** All of these but `owns`, `exists` and `close` are called with `lock` held.

    **Errors.** What `refresh`, `record` and `exclusive` raise becomes a `StorageError`, if it is
    none of xetrack's. After an interrupt in `refresh`, all is replayed again if `can_reread`.

    Examples
    --------
    >>> from xetrack.interfaces.engine import Settings
    >>> MemoryEngine(":memory:", Settings()).tables()
    []
    """

    known: Tables
    """The tables after all changes that were replayed or made here."""

    can_reread: ClassVar[bool] = False
    """True if `refresh` can replay all changes again after `rewind`. Otherwise each transaction
    copies the tables that it changes, to restore them if it fails."""

    def __init__(self, location: str, settings: Settings) -> None:
        self.known = Tables()
        self._uncommitted: list[Change] | None = None
        self._before: Tables | None = None
        self._writer: int | None = None
        self._waiting: deque[Callable[[], object]] = deque()
        super().__init__(location, settings)
        if self.exists():
            with self.lock:
                self._refresh()
        elif settings.read_only:
            raise DatabaseNotFoundError(self.location)

    def exists(self) -> bool:
        """Return True if there is a database at the location; never creates one."""
        return bool(self.known)

    def refresh(self) -> None:
        """Replay the changes that others have recorded since the last call, by `Tables.apply`.

        Raises
        ------
        StorageError
            The stored changes cannot be read.
        """

    def exclusive(self) -> AbstractContextManager[object]:
        """Return a context that excludes all other writers; their changes are replayed first.

        Raises
        ------
        DatabaseBusyError
            Another writer has it for longer than the settings allow.
        """
        return nullcontext()

    def rewind(self) -> None:
        """Make the next `refresh` start at the first change; called if `can_reread` is True."""

    def record(self, changes: Sequence[Change]) -> None:
        """Persist changes, all of them or none.

        **Durability.** When it returns, the changes are stored as the settings demand.

        **Order.** It is called within `exclusive`. The caller applies the changes to `known`, so
        `refresh` must not replay them.

        Parameters
        ----------
        changes
            The changes in their order; see `xetrack.interfaces.engines.memory.tables.Change`.

        Raises
        ------
        StorageError
            The changes could not be stored; none of them is.
        """

    @classmethod
    def owns(cls, location: str) -> bool:  # noqa: ARG003 - as the interface
        """Return False, as this engine stores nothing; see `Engine.owns`."""
        return False

    def close(self) -> None:
        """Do nothing, as there is no resource to release; see `Engine.close`."""

    def tables(self) -> list[str]:
        """Return the names of the tables; see `Engine.tables`."""
        with self.lock:
            self._refresh()
            return [*self.known]

    def columns(self, table: str) -> tuple[Column, ...]:
        """Return the columns of a table; see `Engine.columns`."""
        with self.lock:
            self._refresh()
            return tuple(self.known[table].columns.values()) if table in self.known else ()

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Ensure that each field has a wide enough column; see `Engine.add_columns`."""
        with self._changing("Adding columns to"):
            return self._allocate(table, fields)

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert; see `Engine.inserter`."""
        return MemoryInserter(self, table, fields)

    def store(
        self, table: str, fields: Sequence[Field], rows: Iterable[Sequence[Value]]
    ) -> tuple[str, ...]:
        """Store rows for a `MemoryInserter`, wholly or not at all.

        Parameters
        ----------
        table
            Name of the table.
        fields
            The keys and kinds of the cells in each row.
        rows
            Cells of each row, in the order of the fields.

        Returns
        -------
        tuple of str
            The column of each field.

        Raises
        ------
        StorageError
            A cell is no plain value, a row has another length, or the rows could not be recorded.
        """
        try:
            cells = [[plain(cell) for cell, _ in zip(row, fields, strict=True)] for row in rows]
        except (NotPlainError, ValueError) as error:
            raise StorageError(self.location, "Writing to", str(error)) from error
        with self._changing("Writing to"):
            columns = self._allocate(table, fields)  # others may have dropped the table since
            self._make(["rows", table, [*columns], cells])
            return columns

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Record all changes of a block at its end in one call; see `Engine.transaction`."""
        with self._changing("Writing to"):
            if self._uncommitted is not None:  # within another, at whose end all is recorded
                yield
                return
            self._uncommitted, self._before = [], Tables(self.known)
            try:
                with self._undoing():
                    yield
                    if self._uncommitted:
                        self._record(self._uncommitted)
            finally:
                self._uncommitted = self._before = None

    def is_writing(self) -> bool:
        """Return True if this thread is in the midst of a change; see `Engine.is_writing`."""
        return self._writer == get_ident()

    def after_write(self, work: Callable[[], object]) -> None:
        """Run a function when the change of this thread has ended; see `Engine.after_write`."""
        self._waiting.append(work)

    def read(self, table: str, query: Query) -> Selection:
        """Select the rows now, and return them batch by batch; see `Engine.read`."""
        with self.lock:
            self._refresh()
            stored = self._table(table)
            names = tuple(stored.columns) if query.columns is None else query.columns
            self._check(stored, table, names, query.where, filter(None, [query.order]))
            rows = query.apply(stored.rows.values())
            columns = tuple(stored.columns[name] for name in names)
        starts = range(0, len(rows), BATCH)
        return Selection(columns, (copied_cells(rows[at : at + BATCH], names) for at in starts))

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Return the number of rows that match all conditions; see `Engine.count`."""
        with self.lock:
            self._refresh()
            stored = self.known.get(table)
            if stored is None:
                return 0
            self._check(stored, table, (), where)
            return len(stored.numbers(where))

    def change_token(self, table: str) -> str:
        """Return the number of the table's latest change; see `Engine.change_token`."""
        with self.lock:
            self._refresh()
            return self.known.change_token(table)

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells of rows; see `Engine.update`."""
        with self._changing("Updating"):
            cells = {name: plain(value) for name, value in values.items()}
            return self._change_rows("set", table, where, cells)

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows; see `Engine.delete`."""
        with self._changing("Deleting from"):
            return self._change_rows("delete", table, where)

    def drop(self, table: str) -> None:
        """Remove a table; see `Engine.drop`."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Dropping")
        if table in self.tables():  # else nothing is created
            with self._changing("Dropping"):
                if table in self.known:
                    self._make(["drop", table])

    def _refresh(self) -> None:
        with self._replaying("Reading"):
            self.refresh()

    @contextmanager
    def _replaying(self, operation: str) -> Iterator[None]:
        """Make errors typed; where changes can be replayed again, begin at the first after one."""
        try:
            with storage_errors(self.location, operation):
                yield
        except BaseException:  # Ctrl-C between two changes, too
            if self.can_reread:
                self.known = Tables()
                self.rewind()
            raise

    def _record(self, changes: Sequence[Change]) -> None:
        with storage_errors(self.location, "Writing to"):
            self.record(changes)

    def fact(self, name: str) -> str | None:
        """Return the text of a fact; see `KeepsFacts.fact`."""
        with self.lock:
            self._refresh()
            return self.known.facts.get(name)

    def set_fact(self, name: str, value: str, *, replace: bool = True) -> str:
        """Store a fact as one more change; see `KeepsFacts.set_fact`."""
        with self._changing("Writing to"):
            if replace or name not in self.known.facts:
                self._make(["fact", name, value])
            return self.known.facts[name]

    @contextmanager
    def _changing(self, operation: str) -> Iterator[None]:
        """Hold the lock, and exclude all other writers."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, operation)
        try:
            with self.lock:
                if self.is_writing():
                    yield
                    return
                with ExitStack() as stack:
                    with self._replaying(operation):
                        stack.enter_context(self.exclusive())
                    self._writer = get_ident()
                    try:
                        yield
                    finally:
                        self._writer = None
        finally:
            if not self.is_writing():
                self._work_off()

    def _work_off(self) -> None:
        """Run the functions that wait for the end of a change."""
        while self._waiting:
            try:
                self._waiting.popleft()()
            except Exception as error:  # noqa: BLE001 - it is of no concern to who writes
                warn(f"What was logged while another call stored rows is not stored: {error}")

    @contextmanager
    def _undoing(self) -> Iterator[None]:
        """Restore the tables if the block raises."""
        try:
            yield
        except BaseException:
            if self.can_reread:
                self.known = Tables()
                self.rewind()
            elif self._before is not None:
                self.known = self._before
            raise

    def _make(self, change: Change) -> None:
        """Apply a change, and record it now or at the end of the transaction."""
        with self._undoing() if self._uncommitted is None else nullcontext():
            if self._uncommitted is None:
                self._record([change])
            else:
                self._copy_table(change[1])
                self._uncommitted.append(change)
            self.known.apply(change)

    def _copy_table(self, name: str) -> None:
        """Copy a table before its first change in a transaction, unless it can be read again."""
        before, table = self._before, self.known.get(name)
        if before is None or table is None or self.can_reread:
            return
        if before.get(name) is table:
            before[name] = table.copy()

    def _allocate(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        stored = self.known.get(table)
        if stored is None:
            checked_table(table, self.known)
        allocation = allocate_columns(stored.columns.values() if stored else OWN_COLUMNS, fields)
        if allocation.changed or stored is None:
            columns = [
                [column.name, column.key, [str(kind) for kind in sorted(column.kinds)]]
                for column in allocation.changed
            ]
            self._make(["columns", table, columns])
        return allocation.names

    def _change_rows(
        self, what: str, name: str, where: Sequence[Condition], *values: Mapping[str, Value]
    ) -> int:
        table = self._table(name)
        self._check(table, name, [column for cells in values for column in cells], where)
        numbers = table.numbers(where)
        if numbers:
            self._make([what, name, numbers, *values])
        return len(numbers)

    def _table(self, name: str) -> Table:
        if name in self.known:
            return self.known[name]
        if not self.exists():
            raise DatabaseNotFoundError(self.location)
        raise TableNotFoundError(name, self.location, self.known)

    @staticmethod
    def _check(
        table: Table,
        name: str,
        columns: Iterable[str],
        where: Iterable[Condition],
        further_columns: Iterable[str] = (),
    ) -> None:
        for column in (*columns, *(condition.column for condition in where), *further_columns):
            if column not in table.columns:
                raise ColumnNotFoundError(column, name, table.columns)
