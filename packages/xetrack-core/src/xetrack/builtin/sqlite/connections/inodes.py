"""Which files a database has, and which ones are at their paths now."""

from __future__ import annotations

import itertools
import os
from typing import NamedTuple

Inode = tuple[int, int] | None


class Files(NamedTuple):
    """Device and number of the files of a database; None where there is none."""

    database: Inode
    log: Inode
    memory: Inode


def inode_of(path: str) -> Inode:
    """Return device and number of a file; None where there is none.

    Parameters
    ----------
    path
        Its path.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - `Path.stat` takes twice as long
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino


def file_names(path: str) -> tuple[str, str, str]:
    """Name a database, its log and its index, which SQLite puts beside what a link leads to.

    Parameters
    ----------
    path
        The path of the database.
    """
    real = os.path.realpath(path)
    return path, f"{real}-wal", f"{real}-shm"


def free_name(path: str) -> str:
    """Return a path where nothing is: this one, or with a number at its end.

    Parameters
    ----------
    path
        The path.
    """
    numbers = itertools.count(2)
    free = path
    while os.path.lexists(free):
        free = f"{path}-{next(numbers)}"
    return free
