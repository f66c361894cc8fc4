"""An engine that keeps its tables in memory: complete by itself, and the base of others.

It does all that `Engine` asks for but to make what it keeps last. An engine for a place that holds
a history (a file that is only appended to, a stream, a bucket of small objects) extends it, keeps
each change that `MemoryEngine.record` gets, and gives back the changes of others by
`MemoryEngine.refresh`. Opening costs time and memory in proportion to all that ever happened.
"""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar

from xetrack.errors import (
    ColumnNotFoundError,
    DatabaseNotFoundError,
    ReadOnlyError,
    StorageError,
    TableNotFoundError,
    warn,
)
from xetrack.interfaces.columns import OWN_COLUMNS, allocate_columns
from xetrack.interfaces.engine import Engine, Inserter, Selection
from xetrack.interfaces.memory_tables import Tables
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.names import checked_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xetrack.interfaces.engine import Column, Field, Settings
    from xetrack.interfaces.memory_tables import Change, Table
    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value

BATCH = 2_000
"""Rows in a batch of an answer."""


class MemoryInserter(Inserter):
    """Stores rows as one change, after it has made sure that their columns are there."""

    def __init__(self, engine: MemoryEngine, table: str, fields: Sequence[Field]) -> None:
        self._engine, self._table, self._fields = engine, table, tuple(fields)
        self.columns = engine.add_columns(table, fields)

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows, wholly or not at all."""
        if rows:
            self.columns = self._engine.store(self._table, self._fields, rows)


class MemoryEngine(Engine):
    """Tables in memory; they last as long as this object.

    To make them last longer, override `exists`, `refresh`, `exclusive`, `record`, `owns` and
    `close`, and `can_reread` with `rewind`. All but `owns`, `exists` and `close` are called with
    `lock` held.

    Examples
    --------
    >>> from xetrack.interfaces.engine import Settings
    >>> MemoryEngine(":memory:", Settings()).tables()
    []
    """

    known: Tables
    """The tables after all changes that were seen."""

    can_reread: ClassVar[bool] = False
    """Whether `refresh` gives everything anew after `rewind`. Where it does not, each transaction
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
                self.refresh()
        elif settings.read_only:
            raise DatabaseNotFoundError(location)

    def exists(self) -> bool:
        """Return True if there is a database at the location; never creates one."""
        return bool(self.known)

    def refresh(self) -> None:
        """Apply the changes that others have recorded since the last call, by `Tables.apply`.

        Raises
        ------
        StorageError
            What is stored cannot be read.
        """

    def exclusive(self) -> AbstractContextManager[object]:
        """Return a context that keeps all other writers out, and has applied their changes first.

        Raises
        ------
        DatabaseBusyError
            They take longer than the settings allow.
        """
        return nullcontext()

    def rewind(self) -> None:
        """Let the next `refresh` begin at the first change; called if `can_reread` says so."""

    def record(self, changes: Sequence[Change]) -> None:
        """Keep changes, all or none, so that they are there when it returns.

        It is called within `exclusive`, and applies nothing: what is recorded is applied by whoever
        calls it, and `refresh` must not give it back.

        Parameters
        ----------
        changes
            In their order; see `xetrack.interfaces.memory_tables.Change`.

        Raises
        ------
        StorageError
            They cannot be kept; none of them is.
        """

    @classmethod
    def owns(cls, location: str) -> bool:  # noqa: ARG003 - as the interface
        """Return False: nothing of this engine is stored anywhere."""
        return False

    def close(self) -> None:
        """Keep everything, as there is nothing to give back."""

    def tables(self) -> list[str]:
        """Name the tables in the order they were made."""
        with self.lock:
            self.refresh()
            return [*self.known]

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table."""
        with self.lock:
            self.refresh()
            return tuple(self.known[table].columns.values()) if table in self.known else ()

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Make sure that the table has a wide enough column for each field."""
        with self._changing("Adding columns to"):
            return self._allocate(table, fields)

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert."""
        return MemoryInserter(self, table, fields)

    def store(
        self, table: str, fields: Sequence[Field], rows: Iterable[Sequence[Value]]
    ) -> tuple[str, ...]:
        """Store rows, and return the columns they went to; `MemoryInserter` calls it."""
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
        """Record all changes of a block at its end, by one call, or none if it raises."""
        with self._changing("Writing to"):
            if self._uncommitted is not None:  # within another, at whose end all is recorded
                yield
                return
            self._uncommitted, self._before = [], Tables(self.known)
            try:
                with self._undoing():
                    yield
                    if self._uncommitted:
                        self.record(self._uncommitted)
            finally:
                self._uncommitted = self._before = None

    def is_writing(self) -> bool:
        """Return True if this thread is in the midst of a change."""
        return self._writer == get_ident()

    def after_write(self, work: Callable[[], object]) -> None:
        """Do some work when that change is over."""
        self._waiting.append(work)

    def read(self, table: str, query: Query) -> Selection:
        """Choose the rows now, and hand them out batch by batch."""
        with self.lock:
            self.refresh()
            stored = self._table(table)
            names = tuple(stored.columns) if query.columns is None else query.columns
            self._check(stored, table, names, query.where, filter(None, [query.order]))
            rows = query.apply(stored.rows.values())
            columns = tuple(stored.columns[name] for name in names)
        starts = range(0, len(rows), BATCH)
        return Selection(columns, (_cells(rows[at : at + BATCH], names) for at in starts))

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions."""
        with self.lock:
            self.refresh()
            stored = self.known.get(table)
            if stored is None:
                return 0
            self._check(stored, table, (), where)
            return len(stored.numbers(where))

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Set cells."""
        with self._changing("Updating"):
            cells = {name: plain(value) for name, value in values.items()}
            return self._change_rows("set", table, where, cells)

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Delete rows."""
        with self._changing("Deleting from"):
            return self._change_rows("delete", table, where)

    def drop(self, table: str) -> None:
        """Remove a table."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Dropping")
        if table in self.tables():  # else nothing is created
            with self._changing("Dropping"):
                if table in self.known:
                    self._make(["drop", table])

    @contextmanager
    def _changing(self, operation: str) -> Iterator[None]:
        """Hold the lock, and keep all other writers out."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, operation)
        try:
            with self.lock:
                if self.is_writing():
                    yield
                    return
                with self.exclusive():
                    self._writer = get_ident()
                    try:
                        yield
                    finally:
                        self._writer = None
        finally:
            if not self.is_writing():
                self._work_off()

    def _work_off(self) -> None:
        """Do what waited for the end of a change."""
        while self._waiting:
            try:
                self._waiting.popleft()()
            except Exception as error:  # noqa: BLE001 - it is of no concern to who writes
                warn(f"What was logged while another call stored rows is not stored: {error}")

    @contextmanager
    def _undoing(self) -> Iterator[None]:
        """Let the tables be as they were, if the block raises."""
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
        """Make a change, which lasts from now on or from the end of the transaction on."""
        with self._undoing() if self._uncommitted is None else nullcontext():
            if self._uncommitted is None:
                self.record([change])
            else:
                self._keep(change[1])
                self._uncommitted.append(change)
            self.known.apply(change)

    def _keep(self, name: str) -> None:
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
        more: Iterable[str] = (),
    ) -> None:
        for column in (*columns, *(condition.column for condition in where), *more):
            if column not in table.columns:
                raise ColumnNotFoundError(column, name, table.columns)


def _cells(rows: Sequence[Mapping[str, Value]], names: Sequence[str]) -> list[list[Any]]:
    return [[_copied(row.get(name)) for row in rows] for name in names]


def _copied(cell: Value) -> Value:
    """Return a cell that whoever gets it may change."""
    return plain(cell) if type(cell) in {list, dict} else cell
