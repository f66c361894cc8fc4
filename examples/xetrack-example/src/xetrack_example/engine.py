"""The journal engine: every change is an event in one text file; all tables are in memory.

It is for small studies that should be readable in any editor and keep their whole history. Opening
costs time and memory in proportion to all that ever happened.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING

from xetrack.errors import (
    ColumnNotFoundError,
    DatabaseNotFoundError,
    ReadOnlyError,
    StorageError,
    TableNotFoundError,
)
from xetrack.interfaces.engine import Engine, Inserter, Selection
from xetrack.model.kinds import NotPlainError, plain
from xetrack_example.change import Change
from xetrack_example.journal import Journal
from xetrack_example.tables import Table, Tables, cells, chosen, selected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from xetrack.interfaces.engine import Column, Condition, Field, Query, Settings
    from xetrack.model.kinds import Value

BATCH = 2_000
"""Rows in a batch of an answer."""


class JournalInserter(Inserter):
    """Appends rows as one event, after it has made sure that their columns are there."""

    def __init__(self, engine: JournalEngine, table: str, fields: Sequence[Field]) -> None:
        self._engine, self._table, self._fields = engine, table, tuple(fields)
        self.columns = engine.add_columns(table, fields)

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows in one line of the file, so wholly or not at all."""
        if rows:
            checked = [self._checked(row) for row in rows]
            with self._engine.changing("Writing to") as change:
                # Others may have dropped the table since.
                self.columns = change.columns(self._table, self._fields)
                change.event("rows", self._table, [*self.columns], checked)

    def _checked(self, row: Sequence[Value]) -> list[Value]:
        try:
            return [plain(cell) for cell, _ in zip(row, self._fields, strict=True)]
        except (NotPlainError, ValueError) as error:
            location = self._engine.location
            raise StorageError(location, "Writing to", str(error)) from error


class JournalEngine(Engine):
    """Tables in a file that is only appended to."""

    def __init__(self, location: str, settings: Settings) -> None:
        self.journal = Journal(location, settings)
        self.known = Tables()
        self.writer: int | None = None  # the thread that has a transaction
        self.waiting: deque[Callable[[], object]] = deque()
        super().__init__(location, settings)
        if self.journal.exists():
            self._look()
        elif settings.read_only:
            raise DatabaseNotFoundError(location)

    @classmethod
    def owns(cls, location: str) -> bool:
        """Tell whether a file begins as journals do."""
        return Journal.begins(location)

    def _look(self) -> dict[str, Table]:
        """Return the tables as they are now; called with the lock held."""
        for event in self.journal.news():
            self.known.apply(event)
        return self.known.tables

    def tables(self) -> list[str]:
        """Name the tables in the order they were made."""
        with self.lock:
            return [*self._look()]

    def columns(self, table: str) -> tuple[Column, ...]:
        """Describe the columns of a table."""
        with self.lock:
            found = self._look().get(table)
            return tuple(found.columns.values()) if found else ()

    def add_columns(self, table: str, fields: Sequence[Field]) -> tuple[str, ...]:
        """Note in the journal which columns come or widen, if any do."""
        with self.changing("Adding columns to") as change:
            return change.columns(table, fields)

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare an insert."""
        return JournalInserter(self, table, fields)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write down all that the block does as one event, which is one line of the file."""
        try:
            with self.changing("Writing to"):
                self.writer = get_ident()
                try:
                    with self.journal.as_one():
                        yield
                except BaseException:
                    self.known = Tables()  # made anew of what the file says
                    raise
                finally:
                    self.writer = None
        finally:
            while self.waiting:
                self.waiting.popleft()()

    def is_writing(self) -> bool:
        """Return True within `transaction`."""
        return self.writer == get_ident()

    def after_write(self, work: Callable[[], object]) -> None:
        """Keep some work until the end of the transaction."""
        self.waiting.append(work)

    def read(self, table: str, query: Query) -> Selection:
        """Choose the rows now, and hand them out batch by batch: rows never change in place."""
        with self.lock:
            if not self.journal.exists():
                raise DatabaseNotFoundError(self.location)
            found = self.table(table)
            names = tuple(found.columns) if query.columns is None else query.columns
            wanted = [*names, *(one.column for one in query.where), *filter(None, [query.order])]
            self.check(found, table, wanted)
            rows = selected(found, query)
            columns = tuple(found.columns[name] for name in names)
        starts = range(0, len(rows), BATCH)
        return Selection(columns, (cells(rows[at : at + BATCH], names) for at in starts))

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:
        """Count the rows that fulfil all conditions."""
        with self.lock:
            found = self._look().get(table)
            if found is None:
                return 0
            self.check(found, table, [one.column for one in where])
            return len(chosen(found, where))

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:
        """Note which cells are set in which rows."""
        with self.changing("Updating") as change:
            numbers = change.chosen(table, where, values)
            if numbers:
                change.event("set", table, numbers, dict(values))
            return len(numbers)

    def delete(self, table: str, where: Sequence[Condition]) -> int:
        """Note which rows are deleted; they stay in the file."""
        with self.changing("Deleting from") as change:
            numbers = change.chosen(table, where)
            if numbers:
                change.event("delete", table, numbers)
            return len(numbers)

    def drop(self, table: str) -> None:
        """Note that a table is gone."""
        if self.settings.read_only:
            raise ReadOnlyError(self.location, "Dropping a table")
        if table in self.tables():
            with self.changing("Dropping") as change:
                if table in self.known.tables:
                    change.event("drop", table)

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        with self.lock:
            self.journal.close()

    def changing(self, doing: str) -> Change:
        """Hold the lock, and the file against other processes, while a change is made."""
        return Change(self, doing)

    def table(self, name: str) -> Table:
        """Return a table; called with the lock held."""
        tables = self._look()
        if name not in tables:
            raise TableNotFoundError(name, self.location, tables)
        return tables[name]

    @staticmethod
    def check(table: Table, name: str, wanted: Sequence[str]) -> None:
        """Raise unless a table has all of these columns."""
        for column in wanted:
            if column not in table.columns:
                raise ColumnNotFoundError(column, name, table.columns)
