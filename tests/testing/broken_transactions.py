"""Engines that break a promise about transactions."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.builtin.sqlite.inserter import SQLiteInserter


@caught_by("test_a_transaction_stores_all_its_writes_at_its_end")
class NeverCommits(SQLiteEngine):
    """Undoes every transaction."""

    @contextmanager
    def transaction(self):
        with suppress(InterruptedError), super().transaction():
            yield
            raise InterruptedError


@caught_by("test_a_transaction_that_raises_changes_nothing")
@caught_by("test_others_see_a_transaction_at_its_end_and_write_after_it")
class CommitsAtOnce(SQLiteEngine):
    """Stores each write of a transaction by itself."""

    def transaction(self):
        return nullcontext()


@caught_by("test_reading_only_begins_no_transaction")
class BeginsForReaders(SQLiteEngine):
    """Begins a transaction in which nothing can be written."""

    def transaction(self):
        return nullcontext() if self.settings.read_only else super().transaction()


@caught_by("test_rows_of_a_call_within_a_transaction_are_stored_when_it_is_over")
class StoresWithin(SQLiteEngine):
    """Stores what a nested call logs in the midst of the block, to be undone with it."""

    def is_writing(self):
        return False


@caught_by("test_rows_of_a_call_within_a_transaction_are_stored_when_it_is_over")
class ForgetsNested(SQLiteEngine):
    """Never does what waits for the end of a block."""

    def after_write(self, work):
        pass


@caught_by("test_an_insert_after_a_transaction_that_raised_stores_what_conditions_find")
class NotesOnce(SQLiteEngine):
    """Has inserts that note the kinds of their cells once, whether that is undone or not."""

    def inserter(self, table, fields):
        return InserterThatNotesOnce(self, table, fields)


class InserterThatNotesOnce(SQLiteInserter):
    """Thinks that whatever was noted stays so."""

    _has_noted = False

    def _note(self, *cells):
        if not self._has_noted:
            super()._note(*cells)
        self._has_noted = True
