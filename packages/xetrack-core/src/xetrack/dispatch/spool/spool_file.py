"""A file of rows that wait for a sink; one process at a time has it.

It begins with a line of fixed length, which holds the position up to which rows were acknowledged.
Each further line is one row, as JSON from which every value comes back exactly. A line without an
end was never accepted.

Its owner holds a lock, which the system releases when the process is killed. Then another process
may take the file over.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from xetrack.errors import report
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind
from xetrack.process.file_access import (
    CAN_MOVE_OPEN,
    lock_descriptor,
    open_flags,
    read_at,
    remove_closed,
    write_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from xetrack.model.kinds import Value

SUFFIX = ".rows"
"""What the name of a complete file ends in."""

_MAGIC = b"xetrack-spool 1 "
_DIGITS = 20
START = len(_MAGIC) + _DIGITS + 1
"""The position of the first row."""

_CHUNK = 2**16
"""Bytes that are read at once."""

_REUSE = 2**20
"""Bytes from which on a file that was delivered is emptied."""

_open_files: WeakSet[SpoolFile] = WeakSet()


def _close_inherited() -> None:
    """Close the files of the parent in a forked child, or their locks would outlive the parent."""
    for file in list(_open_files):
        file.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_inherited)


class SpoolFile:
    """A file of rows, open and locked; see the module.

    **Thread safety.** One thread at a time appends, another one reads and acknowledges.

    Parameters
    ----------
    path
        The file.
    file
        Its number, open for reading and writing, and locked.
    """

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file: int | None = file
        self._lock = threading.Lock()
        self._position = START
        self._end = os.fstat(file).st_size
        _open_files.add(self)

    @property
    def size(self) -> int:
        """The number of bytes that wait."""
        return self._end - self._position

    @classmethod
    def create(cls, folder: Path, name: str) -> SpoolFile:
        """Make a file, which nobody else can lock first.

        Parameters
        ----------
        folder
            Where; it is made when it is missing, for this user only.
        name
            Its name, without the suffix.

        Raises
        ------
        OSError
            It cannot be made.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{name}{SUFFIX}"
        temporary = folder / f"{name}.new" if CAN_MOVE_OPEN else path
        file = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | open_flags(), 0o600)
        try:
            # At its own name, a look of another process may have it for a moment.
            lock_descriptor(file, wait=not CAN_MOVE_OPEN)
            _write(file, _header(START), 0)
            if CAN_MOVE_OPEN:
                temporary.rename(path)
            return cls(path, file)
        except BaseException:
            os.close(file)
            temporary.unlink(missing_ok=True)
            raise

    @classmethod
    def adopt(cls, path: Path) -> SpoolFile | None:
        """Take over a file that no process has.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        SpoolFile or None
            None where a process has it, where it is gone, and where it is no such file.
        """
        try:
            file = os.open(path, os.O_RDWR | open_flags("O_NOFOLLOW"))
        except OSError:
            return None
        adopted = None
        try:
            if lock_descriptor(file) and os.path.samestat(os.fstat(file), path.stat()):
                header = read_at(file, START, 0)
                digits = header[len(_MAGIC) : -1]
                if header.startswith(_MAGIC) and len(header) == START and digits.isdigit():
                    adopted = cls(path, file)
                    adopted._end = _end_of_lines(file, adopted._end)
                    # Beyond the end where a process was killed while it emptied the file.
                    adopted._position = max(START, min(int(digits), adopted._end))
        except OSError:
            adopted = None
        finally:
            if adopted is None:
                os.close(file)
        return adopted

    def append(self, row: Mapping[str, Value], level: str, limit: int) -> None:
        """Append a row, which then survives a kill of this process.

        Parameters
        ----------
        row
            Cells by column.
        level
            The level of the row.
        limit
            The largest number of bytes that may wait.

        Raises
        ------
        OSError
            It cannot be written, or there is no room for it; the file is as before.
        """
        line = f"{TO_TEXT[Kind.JSON]([level, dict(row)])}\n".encode()
        with self._lock:
            if self._file is None:
                raise OSError("the file of rows that wait is closed")
            if self.size + len(line) > limit:
                raise OSError(f"{limit:,} bytes of rows wait for it, and no more may")
            _write(self._file, line, self._end)
            self._end += len(line)

    def rows(self) -> Iterator[tuple[dict[str, Value] | None, str, int]]:
        """Yield the rows that wait, each with its level and the position behind it.

        A line that holds no row has None in its place, and gives a warning.
        """
        position, rest = self._position, b""
        while True:
            chunk = self._read(position + len(rest), _CHUNK)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                position += len(line) + 1
                row, level = _row_of(line)
                if row is None:
                    report(f"A line of {str(self.path)!r} holds no row; it was passed over.")
                yield row, level, position
            if not chunk:
                return

    def acknowledge(self, position: int) -> None:
        """Note that all rows up to a position were delivered.

        Parameters
        ----------
        position
            Where the last row that was delivered ends, in bytes from the beginning of the file.
        """
        with self._lock:
            if self._file is None:
                return
            self._position = position
            if position == self._end and position > _REUSE:
                # In this order: rows that come later must never lie before what is acknowledged.
                os.ftruncate(self._file, START)
                self._position = self._end = START
            _write(self._file, _header(self._position), 0)

    def is_done(self) -> bool:
        """Return True if no row waits, or the file was closed."""
        return self._file is None or not self.size

    def count(self) -> int:
        """Return the number of rows that wait."""
        count, position = 0, self._position
        while chunk := self._read(position, _CHUNK):
            count, position = count + chunk.count(b"\n"), position + len(chunk)
        return count

    def close(self) -> None:
        """Close the file, and remove it if no row waits in it."""
        with self._lock:
            if self._file is not None:
                is_done = not self.size
                if is_done and CAN_MOVE_OPEN:
                    self.path.unlink(missing_ok=True)
                file, self._file = self._file, None
                os.close(file)
                if is_done:
                    remove_closed(self.path)

    def forget(self) -> None:
        """Close the copy of the file that a forked child has; the parent still has the lock."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)

    def _read(self, position: int, size: int) -> bytes:
        with self._lock:
            size = min(size, self._end - position)
            return b"" if self._file is None or size <= 0 else read_at(self._file, size, position)


def _header(position: int) -> bytes:
    return b"%s%0*d\n" % (_MAGIC, _DIGITS, position)


def _write(file: int, data: bytes, position: int) -> None:
    written = 0
    try:
        while written < len(data):  # more than once only on a disk that is nearly full
            written += write_at(file, data[written:], position + written)
    except OSError:
        if position:
            with suppress(OSError):
                os.ftruncate(file, position)
        raise


def _end_of_lines(file: int, end: int) -> int:
    """Return the position behind the last whole line; what follows was never accepted."""
    while end > START:
        begin = max(START, end - _CHUNK)
        newline = read_at(file, end - begin, begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return START


def _row_of(line: bytes) -> tuple[dict[str, Value] | None, str]:
    try:
        record: Any = FROM_TEXT[Kind.JSON](line.decode())
        level, row = record
    except (ValueError, TypeError):
        return None, ""
    return (row, level) if isinstance(row, dict) and isinstance(level, str) else (None, "")
