"""Lock files: one for each key, locked by whoever computes its result.

The lock belongs to an open file, so the system releases it at the moment in which
its owner dies, however that happens; there is no time to wait for and no clock to agree with.
Linux carries it over NFS as well. The file is removed by the owner while it still has the lock, so
whoever waited looks whether what it locked is still there by its name.

An open file is an object that closes itself when nobody has it any more, so that an interrupt at
any moment costs at most a wait until it is gone.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakSet

from xetrack.process.file_access import (
    lock_descriptor,
    open_flags,
    remove_closed,
    unlock_descriptor,
)
from xetrack_cache.folder_cache.private_files import make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = open_flags("O_NOFOLLOW", "O_CLOEXEC")

_open: WeakSet[io.FileIO] = WeakSet()


def _opener(path: str, _: int) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)


def lock_file(path: Path, *, wait: bool) -> io.FileIO | None:
    """Lock a file, which is made with its folder.

    Parameters
    ----------
    path
        The file.
    wait
        Wait while another thread or process has the lock.

    Returns
    -------
    FileIO or None
        The open file; None when others have the lock.

    Raises
    ------
    OSError
        It cannot be made or locked.
    """
    while True:
        make_private_folder(path.parent.parent, path.parent.name)
        file = io.FileIO(path, "r+", opener=_opener)
        try:
            _open.add(file)
            if not lock_descriptor(file.fileno(), wait=wait):
                file.close()
                return None
            if _is_at(path, file):
                return file
        except BaseException:
            file.close()
            raise
        file.close()  # its owner removed it meanwhile


def _is_at(path: Path, file: io.FileIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except (FileNotFoundError, NotADirectoryError):
        return False


def unlock_file(path: Path, file: io.FileIO) -> None:
    """Remove and unlock a file.

    **Interrupts**: what an interrupt left undone, a second call does.

    Parameters
    ----------
    path
        The file.
    file
        What `lock_file` returned.
    """
    if file.closed:  # in a forked child, which never had the lock, or the second time
        return
    with suppress(OSError):
        if _is_at(path, file):
            path.unlink()
    with suppress(OSError):
        unlock_descriptor(file.fileno())  # for copies of the file in children, too
    file.close()
    remove_closed(path)


def _forget() -> None:
    """Close what a forked child inherited: it would hold the lock of a parent that died."""
    for file in list(_open):
        with suppress(OSError):
            file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
