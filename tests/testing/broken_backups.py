"""Engines that break a promise about backups."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import DatabaseNotFoundError
from xetrack.interfaces.engine import Settings
from xetrack_testing.rows import log


@caught_by("test_a_backup_has_all_rows_and_tables")
class LeavesATableOut(SQLiteEngine):
    """Copies the first table only."""

    def backup(self, path):
        super().backup(path)
        with closing(sqlite3.connect(path)) as copy:
            for table in self.tables()[1:]:
                copy.execute(f"DROP TABLE {table}")


@caught_by("test_a_backup_is_of_one_moment")
class OneTableAfterTheOther(SQLiteEngine):
    """Copies the last table as it is a moment later."""

    def backup(self, path):
        super().backup(path)
        engine = SQLiteEngine(path, Settings())
        log(engine, {"n": engine.count("second")}, table=self.tables()[-1])
        engine.close()


@caught_by("test_nothing_cannot_be_backed_up")
class CopiesNothing(SQLiteEngine):
    """Makes an empty file of a database that is not there."""

    def backup(self, path):
        with suppress(DatabaseNotFoundError):
            super().backup(path)
        Path(path).touch()
