"""Files that many processes append lines to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from xetrack.regular import open_regular

if TYPE_CHECKING:
    from pathlib import Path


class Lines:
    """Appends lines to a file that is made, with its folders, when the first line comes.

    Each line is one ``write`` to a file opened for appending, so lines of many processes never
    mix. A line that somebody left unfinished costs no other line: the next one begins anew. A file
    that was deleted is made again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._torn = False
        """Whether the file ends within a line."""

    def open(self) -> int:
        """Open the file, and make it when it is missing."""
        if self._file is not None and not os.fstat(self._file).st_nlink:
            self.close()
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open_regular(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            size = os.fstat(self._file).st_size
            self._torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"
        return self._file

    def append(self, line: str) -> None:
        """Append a line that ends as lines do."""
        file = self.open()
        data = b"\n" * self._torn + line.encode("utf-8", "backslashreplace")
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
