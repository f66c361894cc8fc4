"""What this process has open, so that nothing in it opens and closes it once more.

A lock of POSIX belongs to a process and a file: the process loses it when anything in it closes the
file, under whatever name and whoever opened it, were it only for a look. So whoever looks into a
file that may be a database reads through a descriptor that this process has already, if there is
one, and opens the file only if there is none: both while holding `xetrack.process.forks.gate`, as
does whoever opens a database for good.

The system says what is open. Nothing is noted here that an interrupt could leave wrong, and other
names of a file, links and connections of the user's own count too.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SQLITE_MAGIC = b"SQLite format 3\0"
"""How the files of SQLite begin, whose library looks only at what it opened itself."""

_MOST = 65_536
"""Descriptors that are tried where the system does not list them."""


def _descriptors() -> Iterable[int]:
    with suppress(OSError):
        return [int(name) for name in os.listdir("/dev/fd") if name.isdecimal()]  # noqa: PTH208 - quick
    return range(_MOST) if hasattr(os, "pread") else ()


def head(path: str | os.PathLike[str], size: int = 16) -> bytes | None:
    """Return how a file begins, read through a descriptor that this process has on it.

    Parameters
    ----------
    path
        Any name of the file; links are followed.
    size
        Bytes to return at most.

    Returns
    -------
    bytes or None
        None if this process does not have the file open for reading. Never raises.
    """
    with suppress(OSError, ValueError):
        there = os.stat(path)  # noqa: PTH116 - this way it takes bytes and texts alike
        for number in _descriptors():
            with suppress(OSError):
                if os.path.samestat(os.fstat(number), there):
                    return os.pread(number, size, 0)
    return None


def is_held(path: str | os.PathLike[str]) -> bool:
    """Return True if this process has a database of another kind than SQLite's open there.

    Never raises.
    """
    first = head(path, len(SQLITE_MAGIC))
    return bool(first) and first != SQLITE_MAGIC
