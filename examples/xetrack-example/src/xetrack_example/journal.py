"""The journal: a text file that many processes append to, each line a JSON list of changes.

The first line says what the file is. A line counts when it ends: what a killed process left
unfinished is cut off by the next that writes. So a line is there wholly or not at all, and what
was appended survives the end of the process that did it.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import DatabaseBusyError, NotADatabaseError, StorageError, XetrackError
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xetrack.interfaces.engine import Settings

HEAD = b'{"xetrack journal": 1}\n'

# xetrack says every plain value in strict JSON, and reads it again as it was.
dumps = TO_TEXT[Kind.JSON]
loads: Callable[[str], Any] = FROM_TEXT[Kind.JSON]


class Journal:
    """A file of changes. The engine holds its lock when it calls a method.

    ``flock`` belongs to an open file, so threads with engines of their own exclude each other too,
    and closing another handle of the same file releases nothing.
    """

    def __init__(self, location: str, settings: Settings) -> None:
        self.path = Path(location)
        self._location = location
        self._settings = settings
        self._file: int | None = None
        self._position = 0
        """How much of the file was read, in bytes; 0 before the first line."""

    @staticmethod
    def is_journal(location: str) -> bool:
        """Return True if a journal lies there; never raises."""
        try:
            with open(location, "rb") as file:  # noqa: PTH123 - Path refuses some texts
                return file.read(len(HEAD)) == HEAD
        except (OSError, ValueError):
            return False

    def exists(self) -> bool:
        """Return True if there is a file to read."""
        try:
            return self.path.stat().st_size > 0
        except (OSError, ValueError):
            return False

    def read(self) -> list[list[Any]]:
        """Return the lines that came since the last call; without a lock, as lines are whole."""
        if self._file is None and not self.exists():
            return []
        with self._errors("Reading"):
            return self._read(self._open(os.O_RDONLY if self._settings.read_only else os.O_RDWR))

    def rewind(self) -> None:
        """Begin at the first line again."""
        self._position = 0

    @contextmanager
    def locked(self) -> Iterator[list[list[Any]]]:
        """Lock the file against all others; make it first where there is none.

        Yields
        ------
        list
            The lines that came since the last call.
        """
        with ExitStack() as cleanup:
            with self._errors("Writing to"):  # not around what the block raises
                self.path.parent.mkdir(parents=True, exist_ok=True)
                file = self._open(os.O_RDWR | os.O_CREAT)
                self._lock(file)
                cleanup.callback(fcntl.flock, file, fcntl.LOCK_UN)
                if os.fstat(file).st_size < len(HEAD):
                    self._begin(file)
                lines = self._read(file)
                os.ftruncate(file, self._position)  # what was left unfinished
            yield lines

    def append(self, changes: Sequence[Any]) -> None:
        """Write changes as one line, within `locked`.

        Raises
        ------
        StorageError
            Another process wrote lines that were not read.
        """
        line = dumps([*changes]).encode("utf-8") + b"\n"
        with self._errors("Writing to"):
            file = self._open(os.O_RDWR)
            if os.fstat(file).st_size != self._position:
                raise OSError("it has lines that were not read")
            self._write(file, line)
        self._position += len(line)

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
            self._write(file, HEAD)

    def _read(self, file: int) -> list[list[Any]]:
        size = os.fstat(file).st_size
        if size < self._position:
            raise OSError("it is shorter than it was")
        data = os.pread(file, size - self._position, self._position)
        if self._position == 0:
            if not (data.startswith(HEAD) or HEAD.startswith(data)):
                self.close()
                raise NotADatabaseError(self._location, "it is no journal")
            if len(data) < len(HEAD):
                return []
            data, self._position = data[len(HEAD) :], len(HEAD)
        whole = data[: data.rfind(b"\n") + 1]
        self._position += len(whole)
        return [loads(line) for line in whole.decode("utf-8").split("\n")[:-1]]

    def _write(self, file: int, data: bytes) -> None:
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
    def _errors(self, operation: str) -> Iterator[None]:
        try:
            yield
        except XetrackError:
            raise
        except (OSError, ValueError) as error:
            raise StorageError(self._location, operation, str(error)) from error
