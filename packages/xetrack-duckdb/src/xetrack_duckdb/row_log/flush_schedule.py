"""When the row log is brought to DuckDB: beside the caller when it is long, else when it is quiet.

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
    from xetrack_duckdb.files.database_file import File
    from xetrack_duckdb.files.lending import Lent

BIG = 100_000
"""Rows after which the log is brought to DuckDB beside the caller."""


class FlushedEngine(Protocol):
    """The engine, as the schedule of its flushes knows it."""

    file: File
    settings: Settings
    lock: threading.RLock

    def __init__(self, location: str, settings: Settings) -> None:
        """Open the file."""

    def tidy(self, patience: float) -> object:
        """Bring what waits to DuckDB, unless others keep the file busy for longer."""

    def settle(self, patience: float) -> bool:
        """Bring all to DuckDB, and have DuckDB bring it into the one file."""

    def close(self) -> None:
        """Give back the file."""


class Folds:
    """Counts the rows that one engine logs."""

    def __init__(self, engine: FlushedEngine) -> None:
        self._engine = ref(engine)
        self._idle = _Idle(self, engine)
        self._thread: threading.Thread | None = None
        self._watched = False
        """Whether rows were logged for which `_idle` waits."""
        self.lent: Lent | None = None
        """What a transaction of the engine, which is open on the log, has borrowed."""
        self.due = 0
        """Rows until `_begin` is called; the first row after a rest calls it."""

    @property
    def within(self) -> bool:
        """Whether a transaction of the engine is open on the log."""
        return self.lent is not None and not self.lent.ended

    def stored(self, rows: int) -> None:
        """Take note that rows were logged; called with the engine's lock held."""
        self.due -= rows
        if self.due <= 0 and not self.within:
            self._begin()

    def _begin(self) -> None:
        few = not self._watched and self.due > -BIG
        if not self._watched:
            idle.schedule(self._idle)
            self._watched = True
        self.due = BIG
        if not few and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._beside, name="xetrack-fold", daemon=True)
            # No thread can be had when the system has none left, or Python is ending.
            with suppress(RuntimeError):
                self._thread.start()

    def _beside(self) -> None:
        # Whatever goes wrong here costs no row: the log stays, and the next reader tries again.
        engine = self._engine()
        with suppress(XetrackError):
            if engine is not None:
                engine.tidy(0)

    def rest(self) -> bool:
        """Begin as new with the next row; False where somebody is logging just now."""
        engine = self._engine()
        if engine is None or not engine.lock.acquire(blocking=False):
            return engine is None
        try:
            if self.within or (self._thread is not None and self._thread.is_alive()):
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
        """Lend whether rows wait, and leave them to a later moment if the block fails."""
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

    def later(self) -> None:
        """Have what waits brought to DuckDB later, though no row comes."""
        idle.schedule(self._idle)


class _Idle(idle.IdleTask):
    """Brings to DuckDB what was logged, when nothing more is."""

    def __init__(self, owner: Folds, engine: FlushedEngine) -> None:
        super().__init__()
        self._owner = ref(owner)
        self._engine = ref(engine)
        # The engine may be forgotten by then, though its rows are not.
        self._anew = type(engine)
        self._location = engine.file.path
        self._settings = engine.settings

    def state(self) -> object:
        """Return how many rows came, as far as that is counted."""
        owner = self._owner()
        return None if owner is None else owner.due

    def work(self, patience: float) -> bool:
        """Bring all to DuckDB, and have DuckDB bring it into the one file."""
        engine = self._engine()
        if engine is not None:
            return engine.settle(patience)
        engine = self._anew(self._location, self._settings)
        try:
            return engine.settle(patience)
        finally:
            engine.close()

    def forget(self) -> None:
        """Have the owner ask anew."""
        super().forget()
        owner = self._owner()
        if owner is not None:
            owner.forget()
