"""When the row log is flushed: in a thread when it is long, else when the program is quiet.

A moment after the last row, and at the end of the program, the DuckDB file alone has every row (see
`xetrack.process.idle`), also where a tracker was never closed, or is long forgotten.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol
from weakref import ref

from xetrack.errors import XetrackError
from xetrack.process import idle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.engine import Settings
    from xetrack_duckdb.files.database_file import DatabaseFile
    from xetrack_duckdb.files.lending import BorrowedConnection

BIG = 100_000
"""Rows after which the log is flushed in a thread."""


class FlushedEngine(Protocol):
    """The engine, as the schedule of its flushes knows it."""

    file: DatabaseFile
    settings: Settings
    lock: threading.RLock

    def __init__(self, location: str, settings: Settings) -> None:
        """Open the file."""

    def flush(self, patience: float) -> object:
        """Bring the log to DuckDB, unless others keep the file busy for longer.

        Parameters
        ----------
        patience
            Seconds to wait for others who have the file.

        Returns
        -------
        object
            True if the log is empty then.
        """

    def flush_and_checkpoint(self, patience: float) -> bool:
        """Bring all rows into the one DuckDB file; return True if it is complete by itself.

        Parameters
        ----------
        patience
            Seconds to wait for others who have the file.
        """

    def close(self) -> None:
        """Give back the file."""


class FlushSchedule:
    """Decides when the rows that one engine logs are flushed.

    **Thread safety.** `count_rows` is called with the engine's lock held.
    """

    def __init__(self, engine: FlushedEngine) -> None:
        self._engine = ref(engine)
        self._idle = _IdleFlush(self, engine)
        self._thread: threading.Thread | None = None
        self._watched = False
        """Whether `_idle` waits to flush rows that were logged."""
        self.borrowed: BorrowedConnection | None = None
        """The connection of a transaction of the engine, which is open on the log."""
        self.due = 0
        """Rows until `_start` is called; the first row after a rest calls it."""

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction of the engine is open on the log."""
        return self.borrowed is not None and not self.borrowed.is_ended

    def count_rows(self, rows: int) -> None:
        """Count rows that were logged, and start a flush when many of them wait.

        Parameters
        ----------
        rows
            How many rows were logged.
        """
        self.due -= rows
        if self.due <= 0 and not self.is_in_transaction:
            self._start()

    def _start(self) -> None:
        few = not self._watched and self.due > -BIG
        if not self._watched:
            idle.schedule(self._idle)
            self._watched = True
        self.due = BIG
        if not few and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(
                target=self._flush_in_background, name="xetrack-flush", daemon=True
            )
            # No thread can be had when the system has none left, or Python is ending.
            with suppress(RuntimeError):
                self._thread.start()

    def _flush_in_background(self) -> None:
        # Whatever goes wrong here costs no row: the log stays, and the next reader tries again.
        engine = self._engine()
        with suppress(XetrackError):
            if engine is not None:
                engine.flush(0)

    def reset(self) -> bool:
        """Start counting anew with the next row; return False where somebody logs just now."""
        engine = self._engine()
        if engine is None or not engine.lock.acquire(blocking=False):
            return engine is None
        try:
            if self.is_in_transaction or (self._thread is not None and self._thread.is_alive()):
                return False
            self.forget()
            return True
        finally:
            engine.lock.release()

    def forget(self) -> None:
        """Forget that rows were logged."""
        self._watched = False
        self.due = 0

    @contextmanager
    def closing(self) -> Iterator[bool]:
        """Lend whether rows wait, and leave them to a later moment if the block fails.

        Yields
        ------
        bool
            True if rows wait to be flushed.
        """
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            thread.join()
        self.forget()
        waited = idle.cancel(self._idle)
        try:
            yield waited
        except BaseException:
            if waited:
                idle.schedule(self._idle)
            raise

    def schedule(self) -> None:
        """Have the log flushed when the program is quiet, though no row comes."""
        idle.schedule(self._idle)


class _IdleFlush(idle.IdleTask):
    """Flushes what was logged, when nothing is logged any longer."""

    def __init__(self, owner: FlushSchedule, engine: FlushedEngine) -> None:
        super().__init__()
        self._owner = ref(owner)
        self._engine = ref(engine)
        # The engine may be forgotten by then, though its rows are not.
        self._engine_class = type(engine)
        self._location = engine.file.path
        self._settings = engine.settings

    def state(self) -> object:
        """Return how many rows came, as far as that is counted."""
        owner = self._owner()
        return None if owner is None else owner.due

    def work(self, patience: float) -> bool:
        """Bring all rows into the one DuckDB file; return True if it is complete by itself."""
        engine = self._engine()
        if engine is not None:
            return engine.flush_and_checkpoint(patience)
        engine = self._engine_class(self._location, self._settings)
        try:
            return engine.flush_and_checkpoint(patience)
        finally:
            engine.close()

    def forget(self) -> None:
        """Reset the schedule, so that the next row watches again."""
        super().forget()
        owner = self._owner()
        if owner is not None:
            owner.forget()
