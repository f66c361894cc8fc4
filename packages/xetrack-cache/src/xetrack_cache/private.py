"""Files and folders that only this user may look into, whatever the umask."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_folder(path: Path, *names: str) -> Path:
    """Make a folder and those beneath it that are named; return the last.

    What lies above the first is made as the user's own folders are.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    for name in names:
        path /= name
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def opener(path: str, flags: int) -> int:
    """Open a file for `open`, so that nobody else can read what is made."""
    return os.open(path, flags, 0o600)
