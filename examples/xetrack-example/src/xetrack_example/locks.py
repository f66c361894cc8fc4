"""Lock files: one for each key, locked as long as somebody computes its result.

The lock belongs to the open file (``flock``): threads exclude each other too, and the system
releases it in the moment in which its owner dies. A forked child has a copy of the open file, with
which it would hold the lock of a parent that died; so it closes that copy at once.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from xetrack.process.forks import gate

if TYPE_CHECKING:
    from pathlib import Path

_open: set[int] = set()


def lock_file(path: Path, *, wait: bool) -> int | None:
    """Lock a file, which is made; return None when others have it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gate():  # no fork comes before the file is known to be closed after it
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        _open.add(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _close(file)
        return None
    except BaseException:
        _close(file)
        raise
    return file


def unlock_file(file: int) -> None:
    """Unlock a file; a forked child has closed it already."""
    if file in _open:
        fcntl.flock(file, fcntl.LOCK_UN)
        _close(file)


def _close(file: int) -> None:
    _open.discard(file)
    os.close(file)


def _forget() -> None:
    for file in list(_open):
        _close(file)


os.register_at_fork(after_in_child=_forget)
