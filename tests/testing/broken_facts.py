"""Engines that break a promise about facts."""

from __future__ import annotations

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine


@caught_by("test_facts_have_the_signatures_of_the_interface")
class OtherFactParameters(SQLiteEngine):
    """Takes the name by another name."""

    def fact(self, key):
        return super().fact(key)


@caught_by("test_a_fact_is_remembered")
class FoldsNames(SQLiteEngine):
    """Takes two names for one that differ in case."""

    def set_fact(self, name, value, *, replace=True):
        return super().set_fact(name.lower(), value, replace=replace)

    def fact(self, name):
        return super().fact(name.lower())


@caught_by("test_a_fact_may_come_first")
class FactsNeedATable(SQLiteEngine):
    """Makes a table for the rows when a fact is set."""

    def set_fact(self, name, value, *, replace=True):
        self.add_columns("default", ())
        return super().set_fact(name, value, replace=replace)


@caught_by("test_asking_for_a_fact_creates_nothing")
class AsksLoudly(SQLiteEngine):
    """Makes the file by asking."""

    def fact(self, name):
        with self.write_sqlite():
            pass
        return super().fact(name)


@caught_by("test_the_first_fact_wins_if_asked_to")
class LastFactWins(SQLiteEngine):
    """Replaces whatever is there."""

    def set_fact(self, name, value, *, replace=True):
        return super().set_fact(name, value)


@caught_by("test_reading_only_sets_no_fact")
class SetsFactsInMemory(SQLiteEngine):
    """Says of a database for reading only that it remembers."""

    def set_fact(self, name, value, *, replace=True):
        if self.settings.read_only:
            return value
        return super().set_fact(name, value, replace=replace)
