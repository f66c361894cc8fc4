"""Engines that break a promise about a backend that is away."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tests.testing.broken_writing import Storing
from tests.testing.catalogue import caught_by
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.errors import XetrackError

AWAY = ("@pytest.fixture\n    def outage(self, location): return lambda: displaced(location)",)
"""How the backend of a part in a file or folder goes away."""


@caught_by("test_each_method_raises_typed_errors_while_the_backend_is_away")
class LeaksWhatTheSystemSays(SQLiteEngine):
    """Looks at its file by itself."""

    body = AWAY

    def count(self, table, where=()):
        with Path(self.location).open("rb"):
            return super().count(table, where)


@caught_by("test_rows_are_stored_once_though_the_backend_was_away")
class SaysStored(Storing):
    """Takes no notice of what went wrong."""

    body = AWAY

    def stored(self, inserter, rows):
        with suppress(XetrackError):
            inserter.inner.write(rows)


@caught_by("test_a_tracker_returns_results_while_the_backend_is_away")
class StoresLate(Storing):
    """Says that a row is not stored, and stores it with the next one all the same."""

    body = AWAY
    late = ()

    def stored(self, inserter, rows):
        try:
            inserter.inner.write([*self.late, *rows])
        except XetrackError:
            self.late = rows
            raise
        self.late = ()
