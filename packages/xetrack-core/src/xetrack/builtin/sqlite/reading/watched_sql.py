"""One statement of a user's, in a thread that is watched for how long and how much it takes.

Between two rows SQLite can be interrupted, within a call of a function it cannot: ``instr`` of two
long texts takes an hour. So whoever asks waits for a thread, and leaves it behind when it does not
end soon after an interrupt; it ends with that call, and closes its connection then.

What a row takes is bounded by SQLite's limits on cells and columns, what all rows take by a look
at them from time to time.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection

MEMORY = 500 * 2**20
"""Bytes that the rows of an answer may take in Python."""

STEPS = ((2**24, 31), (2**22, 125), (2**18, 2_000))
"""Bytes of a cell, and columns of an answer, to try in turn: no row takes more than 500 MB."""

_TOGETHER = 2**25
"""Bytes that the rows fetched at once may take."""

_MOST = 1_000
"""Rows fetched at once."""

_PAUSE = 0.02
"""Seconds between two looks at what was fetched, and between two interrupts."""

_PATIENCE = 0.5
"""Seconds from an interrupt until a thread is left behind."""

_SAMPLE = 100
"""Rows that are looked at to tell whether all must be."""


class TooMuchError(Exception):
    """The rows take more than `MEMORY`."""


class TooLongError(Exception):
    """The statement took longer than it may."""


class WatchedStatement:
    """Runs one statement.

    Parameters
    ----------
    handle
        The connection, on which nothing else is done meanwhile.
    begin
        Runs the statement and returns its cursor.
    limit
        At most so many rows are fetched.
    """

    def __init__(
        self, handle: SQLiteConnection, begin: Callable[[], sqlite3.Cursor], limit: int | None
    ) -> None:
        self._handle = handle
        self._begin = begin
        self._limit = limit
        self._done = threading.Event()
        self._leaving = threading.Lock()
        self._over = False
        self._error: BaseException | None = None
        self.rows: list[tuple[Any, ...]] = []
        self.description: Sequence[Sequence[Any]] | None = None

    def run(self, timeout: float | None, *, apart: bool) -> None:
        """Fetch the rows.

        Parameters
        ----------
        timeout
            Seconds until the statement is stopped; None for no deadline.
        apart
            Whether the thread may be left behind with its connection.

        Raises
        ------
        TooLongError, TooMuchError, Exception
            The last is whatever the statement raised.
        """
        thread = threading.Thread(target=self._work, name="xetrack-sql", daemon=True)
        deadline = None if timeout is None else monotonic() + timeout
        try:
            thread.start()
            cause = self._watch(deadline)
        except BaseException:  # Ctrl-C
            if thread.ident is not None:  # it may have come before the thread began
                self._stop(apart=apart)
            raise
        if cause is not None:
            self._stop(apart=apart)
            raise cause
        thread.join()
        if self._error is not None:
            raise self._error

    def _watch(self, deadline: float | None) -> Exception | None:
        """Wait for the end, and return why it has to come before that."""
        pause = 0.001
        while not self._done.wait(pause):
            pause = _PAUSE
            if deadline is not None:
                left = deadline - monotonic()
                if left <= 0:
                    return TooLongError()
                pause = min(pause, left)
            if self._is_too_much():
                return TooMuchError()
        return TooMuchError() if self._error is None and self._is_too_much() else None

    def _stop(self, *, apart: bool) -> None:
        """Interrupt the statement until it ends, or is left behind."""
        until = monotonic() + _PATIENCE
        # Again and again: an interrupt between two statements stops neither.
        while not self._done.is_set():
            self._handle.interrupt()
            if self._done.wait(_PAUSE):
                return
            if apart and monotonic() > until and self._leave():
                return

    def _leave(self) -> bool:
        """Leave the connection to the thread; False if that has just ended."""
        with self._leaving:
            self._handle.is_left = not self._over
            return self._handle.is_left

    def _is_too_much(self) -> bool:
        count = len(self.rows)
        some = self.rows[:: max(1, count // _SAMPLE)]
        return bool(some) and _size(some) * count / len(some) > MEMORY and _size(self.rows) > MEMORY

    def _work(self) -> None:
        try:
            cursor = self._begin()
            self.description = cursor.description
            columns = len(cursor.description or ())
            cell = self._handle.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
            size = max(1, min(_MOST, _TOGETHER // (cell * max(1, columns))))
            while self._limit is None or len(self.rows) < self._limit:
                left = size if self._limit is None else self._limit - len(self.rows)
                rows = cursor.fetchmany(min(size, left))
                if not rows:
                    break
                self.rows += rows
            cursor.close()
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits
            self._error = error
        finally:
            self._done.set()
            with self._leaving:
                self._over = True
            if self._handle.is_left:
                self._handle.close()


def _size(rows: Sequence[tuple[Any, ...]]) -> int:
    cells = sum(map(sys.getsizeof, chain.from_iterable(rows[:])))
    return cells + len(rows) * sys.getsizeof(rows[0])
