"""Open files, by their descriptors, also where the system is not POSIX.

A lock is one of ``flock``, and on Windows one byte that is locked far behind the content. Either
ends with the descriptor, so also when its process is killed.
"""

from __future__ import annotations

import os
import time
from importlib import import_module
from typing import Any

try:
    fcntl: Any = import_module("fcntl")
except ImportError:  # on Windows
    fcntl = None

CAN_MOVE_OPEN = fcntl is not None
"""Whether an open file can be renamed and removed, which Windows refuses."""

_BYTE = 2**31 - 2
"""The byte that is locked on Windows, where nobody could read a locked content; its locks reach no
further."""

_PAUSE = 0.02
"""Seconds between two tries for a lock, where the system cannot wait for one."""


def open_flags(*names: str) -> int:
    """Return flags for `os.open`, without those that this system does not know.

    Bytes are never changed on their way, as Windows would do with ends of lines.

    Parameters
    ----------
    *names
        Such as ``"O_NOFOLLOW"``.

    Returns
    -------
    int
        Their sum.

    Examples
    --------
    >>> flags = os.O_RDWR | open_flags("O_NOFOLLOW", "O_CLOEXEC")
    """
    flags = 0
    for name in (*names, "O_BINARY"):
        flags |= getattr(os, name, 0)
    return flags


def lock_descriptor(file: int, *, wait: bool = False) -> bool:
    """Lock a file for this descriptor alone.

    Parameters
    ----------
    file
        A descriptor of the file, open for writing.
    wait
        Wait while another one has the lock.

    Returns
    -------
    bool
        False where another one has it.

    Raises
    ------
    OSError
        The file system has no locks.
    """
    if fcntl is None:
        return _lock_byte(file, wait=wait)
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock_descriptor(file: int) -> None:
    """Release the lock, for all copies of the descriptor.

    Parameters
    ----------
    file
        The descriptor.
    """
    if fcntl is None:
        msvcrt: Any = import_module("msvcrt")
        os.lseek(file, _BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_UN)


def _lock_byte(file: int, *, wait: bool) -> bool:
    msvcrt: Any = import_module("msvcrt")
    while True:
        os.lseek(file, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            if not wait:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def read_at(file: int, size: int, position: int) -> bytes:
    """Read bytes from a position; see `os.pread`, which Windows does not have.

    **Thread safety.** There the position of the descriptor moves: one thread at a time may call it.

    Parameters
    ----------
    file
        A descriptor.
    size
        The largest number of bytes.
    position
        Where they begin.
    """
    if hasattr(os, "pread"):
        return os.pread(file, size, position)
    os.lseek(file, position, os.SEEK_SET)
    return os.read(file, size)


def write_at(file: int, data: bytes, position: int) -> int:
    """Write bytes to a position, and return how many were written; see `os.pwrite` and `read_at`.

    Parameters
    ----------
    file
        A descriptor.
    data
        The bytes.
    position
        Where they begin.
    """
    if hasattr(os, "pwrite"):
        return os.pwrite(file, data, position)
    os.lseek(file, position, os.SEEK_SET)
    return os.write(file, data)


def remove_closed(path: str | os.PathLike[str]) -> None:
    """Remove a file that was just closed, where open ones cannot be removed: on Windows.

    There it stays if somebody else has it open, who then removes it; elsewhere nothing is done.

    Parameters
    ----------
    path
        The file.
    """
    if not CAN_MOVE_OPEN:
        try:
            os.unlink(path)  # noqa: PTH108 - it may be bytes
        except OSError:
            return
