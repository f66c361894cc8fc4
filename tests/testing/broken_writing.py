"""Engines that break a promise about writing, sharing and living on."""

from __future__ import annotations

import time
from threading import Lock

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import StorageError
from xetrack.interfaces.engine import Inserter
from xetrack.model.names import OWN


class Wrapped(Inserter):
    """An insert whose engine decides what becomes of it."""

    def __init__(self, engine, inner, table):
        self.engine, self.inner, self.table = engine, inner, table
        self.columns = inner.columns
        self.seen = engine.columns(table)

    def write(self, rows):
        self.engine.stored(self, rows)

    def append(self, row):
        self.engine.stored(self, [row])


class Storing(SQLiteEngine):
    """Decides what becomes of each batch."""

    def stored(self, inserter, rows):
        inserter.inner.write(rows)

    def inserter(self, table, fields):
        return Wrapped(self, super().inserter(table, fields), table)

    def error(self, reason):
        return StorageError(self.location, "Writing to", reason)


@caught_by("test_an_insert_names_the_column_of_each_field")
class InTheOrderOfTheTable(SQLiteEngine):
    """Names the columns of an insert as the table has them."""

    def inserter(self, table, fields):
        found = super().inserter(table, fields)
        order = [one.name for one in self.columns(table)]
        found.columns = tuple(sorted(found.columns, key=order.index))
        return found


@caught_by("test_a_batch_is_stored_wholly_or_not_at_all")
class RowByRow(Storing):
    """Stores what comes before a bad row."""

    def stored(self, inserter, rows):
        for row in rows:
            inserter.inner.write([row])


@caught_by("test_a_large_batch_is_stored_wholly_or_not_at_all")
@caught_by("test_a_large_batch_is_whole_after_a_kill")
class InParts(Storing):
    """Stores a large batch in parts, each of which is there by itself."""

    def stored(self, inserter, rows):
        for first in range(0, len(rows), 1_000):
            inserter.inner.write(rows[first : first + 1_000])
            if len(rows) > 1_000:
                time.sleep(0.01)  # as long as a server takes


@caught_by("test_a_large_batch_is_stored_wholly_or_not_at_all")
class LosesTheLastRow(Storing):
    """Fills buffers of 10,000 rows, and drops the one that is left over."""

    def stored(self, inserter, rows):
        super().stored(inserter, rows[:-1] if len(rows) >= 10_000 else rows)


@caught_by("test_a_row_without_cells_is_a_row")
class StoresCells(Storing):
    """Stores the cells that are there; a row without any leaves no trace."""

    def stored(self, inserter, rows):
        own = [inserter.columns.index(name) for name in OWN]
        full = [
            row
            for row in rows
            if any(cell is not None for at, cell in enumerate(row) if at not in own)
        ]
        super().stored(inserter, full)


@caught_by("test_rows_may_be_given_by_columns")
class BackToFront(Storing):
    """Stores rows that come by columns from the last one on."""

    def inserter(self, table, fields):
        found = super().inserter(table, fields)
        found.write_columns = lambda columns: found.write(list(zip(*columns, strict=True))[::-1])
        return found


@caught_by("test_an_empty_batch_stores_nothing")
class NeedsARow(Storing):
    """Looks at the first row to find out what a batch is."""

    def stored(self, inserter, rows):
        assert rows[0]
        super().stored(inserter, rows)


@caught_by("test_a_row_is_appended_while_the_lock_is_held")
class LocksAgain(Storing):
    """Has a lock of its own that one thread cannot take twice."""

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self.lock = Once()


class Once:
    """A lock that is not reentrant; it says so, instead of waiting for ever."""

    def __init__(self):
        self.inner = Lock()

    def acquire(self, timeout=5):
        return self.inner.acquire(timeout=0.05)

    def release(self):
        self.inner.release()

    def __enter__(self):
        if not self.acquire():
            raise RuntimeError("taken already")

    def __exit__(self, *_):
        self.release()


@caught_by("test_columns_and_rows_may_come_while_an_insert_is_kept")
class ForgetsInserts(Storing):
    """Refuses an insert from before columns were added."""

    def stored(self, inserter, rows):
        if inserter.seen != self.columns(inserter.table):
            raise self.error("the insert is out of date")
        super().stored(inserter, rows)


@caught_by("test_threads_share_an_insert")
class OneBufferForAnInsert(Storing):
    """Fills the buffer of an insert under no lock."""

    def stored(self, inserter, rows):
        inserter.rows = rows
        time.sleep(0.001)
        inserter.inner.write(inserter.rows)


@caught_by("test_threads_share_an_engine")
class OneBuffer(Storing):
    """Has one buffer for all threads."""

    def stored(self, inserter, rows):
        self.buffer = inserter.inner, rows
        time.sleep(0.001)
        inner, rows = self.buffer
        inner.write(rows)


@caught_by("test_records_of_runs_are_kept_as_rows_are")
class KeepsNoRecords(SQLiteEngine):
    """Takes the table of the records of runs, and keeps nothing in it."""

    def inserter(self, table, fields):
        inserter = super().inserter(table, fields)
        if table == "xetrack_runs":
            inserter.write = lambda rows: None
        return inserter
