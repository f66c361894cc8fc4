"""The right to compute a key: a file for each, locked by whoever computes.

The lock belongs to an open file (``flock``), so the system gives it back at the moment in which
its owner dies, however that happens; there is no time to wait for and no clock to agree with.
Linux carries it over NFS as well. The file is removed by the owner while it still has the lock, so
whoever waited looks whether what it locked is still there by its name.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from xetrack_cache.private import make_folder

if TYPE_CHECKING:
    from pathlib import Path

_open: set[int] = set()


def locked(path: Path, *, wait: bool) -> int | None:
    """Lock a file, which is made with its folder; return None when others have it.

    Raises
    ------
    OSError
        It cannot be made or locked.
    """
    while True:
        make_folder(path.parent.parent, path.parent.name)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        _open.add(file)
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(path, file):
                return file
        except BlockingIOError:
            _close(file)
            return None
        except BaseException:
            _close(file)
            raise
        _close(file)  # its owner removed it meanwhile


def _is_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def give_back(path: Path, file: int) -> None:
    """Remove and unlock a file."""
    if file not in _open:  # in a forked child, which never had the right
        return
    with suppress(OSError):
        path.unlink()
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_UN)  # for copies of the file in children, too
    _close(file)


def _close(file: int) -> None:
    _open.discard(file)
    os.close(file)


def _forget() -> None:
    """Close what a forked child inherited: it would keep the right of a parent that died."""
    for file in list(_open):
        with suppress(OSError):
            _close(file)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
