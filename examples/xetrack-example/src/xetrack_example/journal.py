"""The journal: a text file that many processes append events to, each a line of JSON.

The first line says what the file is. A line counts when it ends: what a killed process left
unfinished is cut off by the next that writes. So an event is there wholly or not at all, and what
was appended survives the end of the process that did it.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import DatabaseBusyError, NotADatabaseError, StorageError, XetrackError
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack.interfaces.engine import Settings

HEAD = b'{"xetrack journal": 1}\n'

# xetrack says every plain value in strict JSON, and reads it again as it was.
dumps, loads = TO_TEXT[Kind.JSON], FROM_TEXT[Kind.JSON]


class Journal:
    """One file. Its methods are called with the lock of the engine held.

    ``flock`` belongs to an open file, so threads with engines of their own exclude each other too,
    and closing another handle of the same file releases nothing.
    """

    def __init__(self, location: str, settings: Settings) -> None:
        self.path = Path(location)
        self._location = location
        self._settings = settings
        self._file: int | None = None
        self._read = 0
        self.together: list[Any] | None = None
        """Events that will be one line; None outside of `as_one`."""

    @staticmethod
    def begins(location: str) -> bool:
        """Tell whether a journal lies there; never raises."""
        try:
            with open(location, "rb") as file:  # noqa: PTH123 - Path refuses some texts
                return file.read(len(HEAD)) == HEAD
        except (OSError, ValueError):
            return False

    def exists(self) -> bool:
        """Tell whether there is a file to read."""
        try:
            return self.path.stat().st_size > 0
        except (OSError, ValueError):
            return False

    def news(self) -> list[Any]:
        """Return the events that came since the last call; without a lock, as lines are whole."""
        if self._file is None and not self.exists():
            return []
        with self._errors("Reading"):
            return self._news(self._open(os.O_RDONLY if self._settings.read_only else os.O_RDWR))

    @contextmanager
    def writing(self) -> Iterator[list[Any]]:
        """Hold the file against all others; yields the events that came before."""
        with self._errors("Writing to"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self._open(os.O_RDWR | os.O_CREAT)
            self._lock(file)
            try:
                if os.fstat(file).st_size < len(HEAD):
                    self._begin(file)
                news = self._news(file)
                os.ftruncate(file, self._read)  # what was left unfinished
                yield news
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def append(self, event: Any) -> list[Any]:
        """Write an event, within `writing`, and return what is read of it."""
        text = dumps(event)
        if self.together is not None:
            self.together.append(event)
            return [loads(text)]
        self._append(self._open(os.O_RDWR), text.encode("utf-8") + b"\n")
        return self.news()

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """Write all events of the block as one, within `writing`; nothing, if it raises."""
        self.together = []
        try:
            yield
            events, self.together = self.together, None
            if events:
                self.append(["all", "", events])
        except BaseException:
            self.together, self._read = None, 0
            raise

    def close(self) -> None:
        """Close the file; what was read of it stays read."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def _open(self, flags: int) -> int:
        if self._file is None:
            self._file = os.open(self.path, flags | os.O_CLOEXEC, 0o666)
        return self._file

    def _begin(self, file: int) -> None:
        """Write the first line, which may have been left unfinished too."""
        if HEAD.startswith(os.pread(file, len(HEAD), 0)):
            os.ftruncate(file, 0)
            self._append(file, HEAD)

    def _news(self, file: int) -> list[Any]:
        size = os.fstat(file).st_size
        if size < self._read:
            raise OSError("it is shorter than it was")
        data = os.pread(file, size - self._read, self._read)
        if self._read == 0:
            if not (data.startswith(HEAD) or HEAD.startswith(data)):
                self.close()
                raise NotADatabaseError(self._location, "it is no journal")
            if len(data) < len(HEAD):
                return []
            data, self._read = data[len(HEAD) :], len(HEAD)
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        return [loads(line) for line in whole.decode("utf-8").split("\n")[:-1]]

    def _append(self, file: int, data: bytes) -> None:
        end = os.fstat(file).st_size
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(file, data[written:], end + written)
            if self._settings.durability == "full":
                os.fsync(file)
        except OSError:
            os.ftruncate(file, end)
            raise

    def _lock(self, file: int) -> None:
        deadline = time.monotonic() + self._settings.timeout
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise DatabaseBusyError(self._location, self._settings.timeout) from None
                time.sleep(0.001)
            else:
                return

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        try:
            yield
        except XetrackError:
            raise
        except (OSError, ValueError) as error:
            raise StorageError(self._location, doing, str(error)) from error
