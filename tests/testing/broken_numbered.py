"""Engines that break a promise about the numbers of rows."""

from __future__ import annotations

from dataclasses import replace

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine


@caught_by("test_numbering_has_the_signatures_of_the_interface")
class OtherNumberingParameters(SQLiteEngine):
    """Takes the number by another name."""

    def read_numbered(self, table, since=0):
        return super().read_numbered(table, since)


@caught_by("test_rows_are_read_from_a_number_on")
class ReadsTheLastAgain(SQLiteEngine):
    """Begins with the row of the number, which was read before."""

    def read_numbered(self, table, after=0):
        return super().read_numbered(table, max(0, after - 1))


@caught_by("test_a_state_says_how_far_the_rows_go")
class StatesOfAll(SQLiteEngine):
    """Says the states of all tables, whichever are asked for."""

    def table_states(self, tables=None):
        return super().table_states()


@caught_by("test_discarded_rows_are_gone_and_their_numbers_are_not")
class NumbersAgain(SQLiteEngine):
    """Deletes the last row too, so the next one gets its number."""

    def discard(self, table, last, *, wait=True):
        super().discard(table, last, wait=wait)
        with self.transaction():
            self.connections.writer.execute(f'DELETE FROM "{table}" WHERE rowid <= ?', (last,))


@caught_by("test_a_state_within_a_transaction_has_its_changes")
class StatesOfWhatIsStored(SQLiteEngine):
    """Looks past the transaction that the caller is in."""

    def table_states(self, tables=None):
        with self.connections.borrowed() as connection:
            stored = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
            highest = {
                name: connection.execute(f'SELECT max(rowid) FROM "{name}"').fetchone()[0]
                for name in stored
                if name == "default"
            }
        states = super().table_states(tables)
        return {name: replace(state, last=highest.get(name) or 0) for name, state in states.items()}


@caught_by("test_a_table_made_anew_has_another_number")
class MadeLikeBefore(SQLiteEngine):
    """Gives each table the same number, by whichever it is known."""

    def table_states(self, tables=None):
        states = super().table_states(tables)
        return {name: replace(state, made=len(name)) for name, state in states.items()}

    def read_numbered(self, table, after=0):
        return replace(super().read_numbered(table, after), made=len(table))
