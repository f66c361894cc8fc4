"""Files that many processes append lines to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xetrack.errors import report
from xetrack.process.file_access import read_at
from xetrack.process.regular_files import open_regular

if TYPE_CHECKING:
    from pathlib import Path


class Lines:
    """Appends lines to a file that is made, with its folders, when the first line comes.

    Each line is one ``write`` to a file opened for appending, so lines of many processes never
    mix. A line that somebody left unfinished costs no other line: the next one begins anew. Where
    the file was removed, renamed or replaced, or a folder of it, the next line begins it anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path)  # the system takes it more quickly, for each line
        self._file: int | None = None
        self._is: tuple[int, int] | None = None
        """What tells the open file from any other."""
        self._torn = False
        """Whether the file ends within a line."""

    def open(self) -> int:
        """Open the file, and make it when it is missing."""
        if self._file is not None and not self._is_in_its_place():
            if not os.fstat(self._file).st_nlink:
                report(
                    f"The file {self._name!r} was removed while rows were logged into it. It is "
                    "begun anew: the rows logged before are not in it."
                )
            self.close()
        file = self._file
        if file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self._file = open_regular(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            status = os.fstat(file)
            self._is = status.st_dev, status.st_ino
            size = status.st_size
            self._torn = size > 0 and read_at(file, 1, size - 1) != b"\n"
        return file

    def _is_in_its_place(self) -> bool:
        try:
            status = os.stat(self._name)  # noqa: PTH116 - for each line
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:  # it may be there; at least it can be written
            return True
        return (status.st_dev, status.st_ino) == self._is

    def append(self, line: str) -> None:
        """Append a line that ends as lines do.

        Parameters
        ----------
        line
            With its line break; what UTF-8 cannot hold is escaped.
        """
        data = line.encode("utf-8", "backslashreplace")
        file = self.open()
        self._write(file, data)
        # Removed since it was looked at: the line is nowhere, unless the path still leads there,
        # as /dev/stdout may do.
        while not os.fstat(file).st_nlink and not self._is_in_its_place():
            file = self.open()
            self._write(file, data)

    def _write(self, file: int, line: bytes) -> None:
        data = b"\n" * self._torn + line
        written = 0
        try:
            while written < len(data):  # more than once only on a disk that is nearly full
                written += os.write(file, data[written:])
        finally:
            if written:
                self._torn = written < len(data)

    def close(self) -> None:
        """Close the file; another line opens it again."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

    def __del__(self) -> None:
        self.close()
