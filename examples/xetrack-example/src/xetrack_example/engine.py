"""The example engine: tables in memory, and every change of them a line of a file.

It is a skeleton to start from: put your storage in the place of the file, method by method.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from xetrack.errors import NotADatabaseError
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.storage import wait_for_lock
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xetrack.interfaces.engine import Settings
    from xetrack.interfaces.engines.memory.tables import Change

# xetrack says every plain value in strict JSON, and reads it again as it was.
dumps = TO_TEXT[Kind.JSON]
loads: Callable[[str], Any] = FROM_TEXT[Kind.JSON]
MARK = b'{"xetrack example": 1}\n'


class ExampleEngine(MemoryEngine):
    """Tables whose changes are lines of JSON; `MemoryEngine` does all but to store them."""

    can_reread = True

    def __init__(self, location: str, settings: Settings) -> None:
        self._path, self._end = Path(location), 0  # how much of the file was replayed
        self._file: IO[bytes]
        super().__init__(location, settings)

    @classmethod
    def owns(cls, location: str) -> bool:
        """Return True if a file begins with the mark."""
        try:
            with Path(location).open("rb") as file:
                return file.read(len(MARK)) == MARK
        except (OSError, ValueError):
            return False

    def exists(self) -> bool:
        """Return True if there is something to read."""
        return self._path.is_file() and self._path.stat().st_size > 0

    def refresh(self) -> None:
        """Replay the lines that others added."""
        if self.exists():
            with self._path.open("rb") as file:
                self._replay(file)

    def _replay(self, file: IO[bytes]) -> None:
        file.seek(self._end)
        for line in file:
            if not self._end and not MARK.startswith(line):
                raise NotADatabaseError(self.location, "it is no example")
            if not line.endswith(b"\n"):
                break  # a process that was killed left it unfinished
            for change in loads(line.decode()) if self._end else ():
                self.known.apply(change)
            self._end += len(line)

    def rewind(self) -> None:
        """Let the next `refresh` begin at the first line."""
        self._end = 0

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Lock the file against other writers, and replay what they added before."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab+", buffering=0) as self._file:
            lock = partial(fcntl.flock, self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            wait_for_lock(lock, self.location, self.settings.timeout)
            self._replay(self._file)
            self._file.truncate(self._end)  # of what was left unfinished
            if not self._end:
                self._append(MARK)
            yield

    def record(self, changes: Sequence[Change]) -> None:
        """Add a line; all of it is there when this returns, or nothing if it raises."""
        self._append(dumps([*changes]).encode() + b"\n")

    def _append(self, line: bytes) -> None:
        rest = line
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            if self.settings.durability == "full":
                os.fsync(self._file)
        except BaseException:
            self._file.truncate(self._end)
            raise
        self._end += len(line)
