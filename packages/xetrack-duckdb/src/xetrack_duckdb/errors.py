"""Errors that only databases of DuckDB have, beside those of `xetrack.errors`."""

from __future__ import annotations

import os

from xetrack.errors import DatabaseBusyError, StorageError, XetrackError


class NestedReadError(DatabaseBusyError):
    """The calling thread itself has the database locked against reading.

    A signal handler or a finalizer read in the midst of a statement, or while logged rows are
    transferred to DuckDB; or the thread has a read-only connection, `Reader.conn`.
    """

    def __init__(self, location: str) -> None:
        reason = "this very thread has it open for other work, for whose end it cannot wait"
        XetrackError.__init__(
            self,
            f"Reading {location!r} failed: {reason}. Log at any time in a signal handler or a "
            "finalizer, but read after the statement; close what Reader.conn gave, or ask it.",
        )
        self.location = location
        self.doing = "Reading"
        self.reason = reason
        self.seconds = 0.0
        self.pid = os.getpid()


class StrandedRowsError(StorageError):
    """Rows may lie beside a link to a database, where no program looks for them."""

    def __init__(self, location: str, beside: str, hint: str) -> None:
        super().__init__(location, "Opening", f"{beside!r} may hold rows of it")
        self.text = (
            f"{location!r} is a link, and beside it lies {beside!r}, which may hold rows that were "
            f"logged through it: nobody looks for them there. Nothing was changed. {hint}"
        )
        self.beside = beside
