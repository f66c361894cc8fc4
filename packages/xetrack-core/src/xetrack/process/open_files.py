"""Open files of this process: reading one without opening it again.

A POSIX lock belongs to a process and a file: the process loses it when any code in it closes the
file, under whatever name it was opened. So code that examines a file that may be a database reads
through a descriptor that this process has already, if there is one, and opens the file only if
there is none.

**Locking.** Hold `xetrack.process.forks.gate` meanwhile, and while a database is being opened.

The operating system is asked which files are open. So no state can be wrong after an interrupt, and
other names of a file, links and connections of the user's own count too.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SQLITE_MAGIC = b"SQLite format 3\0"
"""The first bytes of SQLite files, whose library knows only the files that it opened itself."""

_MOST = 65_536
"""The number of descriptors to try where the system does not list them."""


def _descriptors() -> Iterable[int]:
    with suppress(OSError):
        return [int(name) for name in os.listdir("/dev/fd") if name.isdecimal()]  # noqa: PTH208 - quick
    return range(_MOST) if hasattr(os, "pread") else ()


def head(path: str | os.PathLike[str], size: int = 16) -> bytes | None:
    """Return the first bytes of a file, read through a descriptor that this process has open.

    Parameters
    ----------
    path
        Any name of the file; links are followed.
    size
        The largest number of bytes to return.

    Returns
    -------
    bytes or None
        The bytes; None if this process does not have the file open for reading. Never raises.
    """
    with suppress(OSError, ValueError):
        there = os.stat(path)  # noqa: PTH116 - this way it takes bytes and texts alike
        for number in _descriptors():
            with suppress(OSError):
                if os.path.samestat(os.fstat(number), there):
                    return os.pread(number, size, 0)
    return None


def is_one_byte(path: str | os.PathLike[str]) -> bool:
    """Return True for a file of one byte, which SQLite takes for empty and would overwrite."""
    try:
        return os.stat(path).st_size == 1  # noqa: PTH116 - this way it takes bytes and texts alike
    except (OSError, ValueError):
        return False


def is_held(path: str | os.PathLike[str]) -> bool:
    """Return True if this process has a database of another kind than SQLite's open there.

    Never raises.
    """
    first = head(path, len(SQLITE_MAGIC))
    return bool(first) and first != SQLITE_MAGIC
