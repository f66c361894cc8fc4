"""Files and folders that only this user may look into, whatever the umask."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_private_folder(path: Path, *names: str) -> Path:
    """Make a folder and those beneath it that are named.

    What lies above the first is made as the user's own folders are.

    Parameters
    ----------
    path
        The first folder.
    *names
        The folders below, each in the one before.

    Returns
    -------
    Path
        The last folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    for name in names:
        path /= name
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def private_opener(path: str, flags: int) -> int:
    """Open a file that only this user can read if it is made; an `opener` for `open`.

    Parameters
    ----------
    path
        The file.
    flags
        As for `os.open`.

    Returns
    -------
    int
        A file descriptor.
    """
    return os.open(path, flags, 0o600)
