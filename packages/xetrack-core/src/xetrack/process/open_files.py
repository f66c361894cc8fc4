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

from xetrack.process.forks import gate, locked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import FileIO

SQLITE_MAGIC = b"SQLite format 3\0"
"""The first bytes of SQLite files, whose library knows only the files that it opened itself."""

_MOST = 65_536
"""The number of descriptors to try where the system does not list them."""


def _descriptors() -> Iterable[int]:
    if not hasattr(os, "pread"):  # on Windows, where locks belong to descriptors
        return ()
    with suppress(OSError):
        return [int(name) for name in os.listdir("/dev/fd") if name.isdecimal()]  # noqa: PTH208 - quick
    return range(_MOST)


def head(path: str | os.PathLike[str], size: int = 16, position: int = 0) -> bytes | None:
    """Return bytes of a file, the first by default, read through a descriptor that is open here.

    Parameters
    ----------
    path
        Any name of the file; links are followed.
    size
        The largest number of bytes to return.
    position
        Where they begin.

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
                    return os.pread(number, size, position)
    return None


def read_chunks(path: str | os.PathLike[str], size: int = 1 << 20) -> Iterator[bytes]:
    """Yield the content of any file, without the loss of a lock that this process has on it.

    Where the file is open here already, it is read through the descriptor that is there. Where it
    is not, but somebody opens it meanwhile, the descriptor of this function stays open.

    **Locking.** The caller does not hold the gate.

    Parameters
    ----------
    path
        Any name of the file; links are followed.
    size
        Bytes of a chunk.

    Raises
    ------
    OSError
        It is not there, or cannot be read.
    """
    position = 0
    while True:
        chunk = locked(gate(), lambda: head(path, size, position))  # noqa: B023 - called at once
        if chunk is None:
            break
        if not chunk:
            return
        yield chunk
        position += len(chunk)
    file = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115 - this way it takes bytes too
    try:
        file.seek(position)
        while chunk := file.read(size):
            yield chunk
    finally:
        locked(gate(), lambda: _close(file))


_left_open: list[FileIO] = []
"""Files that were opened by others while they were read: to close them would drop the locks."""


def _close(file: FileIO) -> None:
    own, there = file.fileno(), os.fstat(file.fileno())
    for number in _descriptors():
        with suppress(OSError):
            if number != own and os.path.samestat(os.fstat(number), there):
                _left_open.append(file)
                return
    file.close()


def is_one_byte(path: str | os.PathLike[str]) -> bool:
    """Return True for a file of one byte, which SQLite takes for empty and would overwrite.

    Parameters
    ----------
    path
        A path, which need not exist.
    """
    try:
        return os.stat(path).st_size == 1  # noqa: PTH116 - this way it takes bytes and texts alike
    except (OSError, ValueError):
        return False


def is_held(path: str | os.PathLike[str]) -> bool:
    """Return True if this process has a database of another kind than SQLite's open there.

    Never raises.

    Parameters
    ----------
    path
        A path, which need not exist.
    """
    first = head(path, len(SQLITE_MAGIC))
    return bool(first) and first != SQLITE_MAGIC
