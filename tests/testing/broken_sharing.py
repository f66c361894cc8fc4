"""Engines that break a promise about sharing a database, living on, and what is durable."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import replace
from pathlib import Path
from threading import Lock

from tests.testing.broken_writing import Storing
from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import NotADatabaseError, StorageError, TableNotFoundError
from xetrack.interfaces.engine import Selection
from xetrack.model.names import OWN


@caught_by("test_a_closed_database_is_there_again")
class KindsInMemory(SQLiteEngine):
    """Keeps the kinds of columns in memory only."""

    written = False

    def ensure_columns(self, table, fields):
        self.written = True
        return super().ensure_columns(table, fields)

    def columns(self, table):
        found = super().columns(table)
        return found if self.written else tuple(replace(one, kinds=frozenset()) for one in found)


@caught_by("test_an_engine_that_was_closed_goes_on")
class ClosedForGood(SQLiteEngine):
    """Cannot be used after it was closed."""

    closed = False

    def close(self):
        super().close()
        self.closed = True

    def read(self, table, query):
        if self.closed:
            raise StorageError(self.location, "Reading", "it is closed")
        return super().read(table, query)


@caught_by("test_a_location_is_owned_once_it_has_a_row")
class OwnsByName(SQLiteEngine):
    """Goes by the name of a file."""

    @classmethod
    def owns(cls, location):
        return location.endswith(".db")


@caught_by("test_nothing_is_made_before_the_first_write")
class MakesAFile(SQLiteEngine):
    """Makes an empty file when it is opened."""

    def __init__(self, location, settings):
        if not settings.read_only:
            Path(location).touch()
        super().__init__(location, settings)


@caught_by("test_reading_only_needs_a_database")
class MakesWhatIsMissing(SQLiteEngine):
    """Makes what is to be read."""

    def __init__(self, location, settings):
        Path(location).touch()
        super().__init__(location, settings)


@caught_by("test_reading_before_the_first_row_is_a_typed_error")
class ReadsNothing(SQLiteEngine):
    """Reads no rows where there is no database."""

    def read(self, table, query):
        return super().read(table, query) if self.tables() else Selection((), iter(()))


@caught_by("test_reading_only_refuses_every_change")
class DropsNothing(SQLiteEngine):
    """Ignores a change instead of refusing it."""

    def drop(self, table):
        if not self.settings.read_only:
            super().drop(table)


@caught_by("test_what_is_no_database_is_refused_and_left_alone")
class BeginsAnew(SQLiteEngine):
    """Replaces what it cannot read."""

    def __init__(self, location, settings):
        try:
            super().__init__(location, settings)
        except NotADatabaseError:
            Path(location).unlink()
            super().__init__(location, replace(settings, read_only=False))


@caught_by("test_engines_see_each_others_rows_at_once")
class Caches(SQLiteEngine):
    """Gives the answer that it gave before."""

    answers = None

    def read(self, table, query):
        self.answers = self.answers or {}
        if (table, query) not in self.answers:
            found = super().read(table, query)
            self.answers[table, query] = found.columns, [*found.batches]
        columns, batches = self.answers[table, query]
        return Selection(columns, iter(batches))


@caught_by("test_an_insert_goes_on_while_others_widen_its_column")
class KindsAtFirst(Storing):
    """Reads cells by the kinds a column had when the engine first saw it."""

    def stored(self, inserter, rows):
        now = {one.name: one.kinds for one in self.columns(inserter.table)}
        if any(one.kinds != now.get(one.name) for one in inserter.seen):
            raise self.error("the column has another type")
        super().stored(inserter, rows)


@caught_by("test_an_insert_finds_its_table_dropped")
class NeedsItsTable(Storing):
    """Refuses an insert whose table went."""

    def stored(self, inserter, rows):
        if inserter.table not in self.tables():
            raise TableNotFoundError(inserter.table, self.location, self.tables())
        super().stored(inserter, rows)


@caught_by("test_columns_asked_for_are_there")
class RemembersColumns(SQLiteEngine):
    """Does not look again at a table that it has made."""

    def forget(self, table):
        pass


@caught_by("test_processes_that_add_columns_get_one_answer")
class ChecksThenAdds(SQLiteEngine):
    """Looks which columns are missing, and adds them later, under no lock."""

    is_first = True

    def add_columns(self, table, fields):
        missing = {one.key for one in fields} - {one.key for one in self.columns(table)}
        # Processes begin together: that each waits for another time lets one of them be first.
        patience = 0.3 * (1 + os.getpid() % 8) if self.is_first else 0.02
        late = time.monotonic() + (patience if missing - {*OWN} else 0)
        while not missing & {one.key for one in self.columns(table)} and time.monotonic() < late:
            time.sleep(0.005)
        self.is_first = False
        if missing & {one.key for one in self.columns(table)}:
            raise StorageError(self.location, "Adding columns to", "duplicate column name")
        return super().add_columns(table, fields)


@caught_by("test_processes_lose_no_row")
class ReadsThenWrites(Storing):
    """Writes the table as it was when it looked, and what others wrote meanwhile is lost."""

    def stored(self, inserter, rows):
        before = self.count(inserter.table)
        if before % 5 == 0:
            time.sleep(0.005)
        if before == self.count(inserter.table):
            super().stored(inserter, rows)


@caught_by("test_threads_may_begin_one_database")
class BeginsUnderNoLock(Storing):
    """Takes a file that another is just making for its own."""

    turns = itertools.count()
    """Each waits longer than the one before: on a busy machine, too, the first is done by then."""

    def inserter(self, table, fields):
        new = not self.connections.exists()
        time.sleep(0.05 * (1 + next(self.turns) % 8))
        if new and self.connections.exists():
            raise self.error("the file exists")
        return super().inserter(table, fields)


@caught_by("test_what_was_acknowledged_survives_a_kill")
class Buffers(Storing):
    """Returns before the rows are stored."""

    held = ()

    def stored(self, inserter, rows):
        self.held = [*self.held, (inserter, rows)]
        if len(self.held) >= 10:
            self.flush()

    def flush(self):
        held, self.held = self.held, ()
        for inserter, rows in held:
            inserter.inner.write(rows)

    def close(self):
        self.flush()
        super().close()


@caught_by("test_parent_and_children_go_on_after_a_fork")
class OfOneProcess(Storing):
    """Works in the process that made it only."""

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self.process = os.getpid()

    def stored(self, inserter, rows):
        if self.process != os.getpid():
            raise self.error("this is another process")
        super().stored(inserter, rows)


@caught_by("test_a_fork_amid_writing_threads_finds_no_lock_closed")
class LockOfItsOwn(Storing):
    """Has a lock that nobody brings to rest before a fork."""

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self.mine = Lock()

    def stored(self, inserter, rows):
        if not self.mine.acquire(timeout=0.5):
            raise self.error("the lock is never released")
        super().stored(inserter, rows)
        time.sleep(0.01)
        self.mine.release()


@caught_by("test_an_answer_is_whole_or_interrupted_by_a_fork")
class EndsEarly(SQLiteEngine):
    """Ends an answer at a fork, as if there were no more rows."""

    forks = 0

    def before_fork(self):
        self.forks += 1
        super().before_fork()

    def read(self, table, query):
        found = super().read(table, query)
        everything, before = [*found.batches], self.forks
        return Selection(found.columns, (batch for batch in everything if before == self.forks))


@caught_by("test_an_appended_row_is_there_for_others_at_once")
@caught_by("test_what_was_acknowledged_survives_a_kill")
class BuffersAppended(Storing):
    """Waits with single rows for more of them, and answers for them where it is asked itself."""

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self.held = []

    def inserter(self, table, fields):
        found = super().inserter(table, fields)
        found.append = lambda row: self.held.append((found, row))
        return found

    def flush(self):
        held, self.held = self.held, []
        for inserter, row in held:
            inserter.inner.write([row])

    def stored(self, inserter, rows):
        self.flush()
        super().stored(inserter, rows)

    def read(self, table, query):
        self.flush()
        return super().read(table, query)

    def close(self):
        self.flush()
        super().close()


@caught_by("test_full_durability_syncs_each_write")
class NeverSyncs(SQLiteEngine):
    """Takes the wish for full durability, and does nothing."""

    def __init__(self, location, settings):
        super().__init__(location, replace(settings, durability="normal"))


@caught_by("test_settings_and_errors_go_to_other_processes_and_back")
class ErrorsStayAtHome(SQLiteEngine):
    """Raises errors of its own, which are made from more than they say."""

    def read(self, table, query):
        if table not in self.tables():
            raise NoSuchTableError(table, 42)
        return super().read(table, query)


class NoSuchTableError(TableNotFoundError):
    """Is pickled as its text, of which it cannot be made."""

    def __init__(self, table, code):
        super().__init__(table, "here", [])
        self.code = code

    def __reduce__(self):
        return type(self), (str(self),)


@caught_by("test_settings_and_errors_go_to_other_processes_and_back")
class ErrorsLoseFacts(ErrorsStayAtHome):
    """Raises errors that arrive as a bare text."""

    def read(self, table, query):
        if table not in self.tables():
            raise BareTableError(table, "here", [])
        return super().read(table, query)


class BareTableError(TableNotFoundError):
    """Arrives without its facts."""

    def __reduce__(self):
        return bare, (type(self), str(self))


def bare(cls, text):
    """Make an error of a text."""
    error = cls.__new__(cls)
    error.text = text
    return error


@caught_by("test_engines_see_each_others_rows_at_once")
class RemembersCounts(SQLiteEngine):
    """Counts again when it has written itself."""

    def __init__(self, location, settings):
        super().__init__(location, settings)
        self.counts = {}

    def ensure_columns(self, table, fields):
        self.counts.clear()
        return super().ensure_columns(table, fields)

    def count(self, table, where=()):
        key = table, *where
        if key not in self.counts:
            self.counts[key] = super().count(table, where)
        return self.counts[key]
