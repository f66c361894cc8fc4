"""The files beside a DuckDB file, which are ours alone and must not lead elsewhere."""

from __future__ import annotations

import os
import stat
import warnings
from pathlib import Path

from xetrack.errors import NotADatabaseError, XetrackWarning
from xetrack_duckdb.files.lock_file import ENDING as LOCK

ROWS = ".rows"
"""What the name of the row log has beyond that of the database."""

NEW = ".new"
"""What the name of a database has more while it is made."""

DUCKDBS = ("", ".wal", ".wal.checkpoint", ".wal.recovery", NEW, f"{NEW}.wal")
"""What DuckDB opens, as endings of the database's name."""

_BESIDE = (*DUCKDBS[1:], ROWS, f"{ROWS}-wal", f"{ROWS}-shm", f"{ROWS}-journal", LOCK)


def refuse_links(database: str) -> None:
    """Refuse a database with a link beside it, through which other files would be written.

    Parameters
    ----------
    database
        The path of the database itself, with links resolved.

    Raises
    ------
    NotADatabaseError
        A file beside it is a link, has a second name, or is none.
    """
    for ending in _BESIDE:
        path = database + ending
        try:
            status = os.lstat(path)
        except (OSError, ValueError):
            continue
        # One that is being made has two names for a moment, and none while it is removed.
        if stat.S_ISREG(status.st_mode) and (status.st_nlink <= 1 or ending == NEW):
            continue
        kind = "a link" if stat.S_ISLNK(status.st_mode) else "no plain file"
        if stat.S_ISREG(status.st_mode):
            kind = f"a file of {status.st_nlink} names"
        reason = (
            f"{path!r} beside it is {kind}, so that writing to the database could change another "
            f"file. Put a copy in its place, or move it away"
        )
        raise NotADatabaseError(database, reason)


def warn_unread_rows(location: str) -> None:
    """Warn that rows in the log of another user's database are not read.

    Parameters
    ----------
    location
        The path of the database.
    """
    warnings.warn(
        f"Rows wait in the row log of {location!r}, which another user made; they are not read, as "
        "reading changes no file of others. They come when a Tracker of that user reads or ends.",
        XetrackWarning,
        stacklevel=2,
    )


def is_own_file(path: str) -> bool:
    """Return True if this user made a file; False if it cannot be told.

    Parameters
    ----------
    path
        The path of a file.
    """
    try:
        return not hasattr(os, "geteuid") or os.stat(path).st_uid == os.geteuid()  # noqa: PTH116
    except (OSError, ValueError):
        return False


def is_same_file(path: str, other_path: str) -> bool:
    """Return True if two paths lead to one file; False if that cannot be told.

    Parameters
    ----------
    path, other_path
        The paths; either may lead nowhere.
    """
    try:
        return Path(path).samefile(other_path)
    except OSError:
        return False
