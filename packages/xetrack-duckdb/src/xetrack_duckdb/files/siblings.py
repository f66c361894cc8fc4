"""The files beside a DuckDB file, which are ours alone and must not lead elsewhere."""

from __future__ import annotations

import os
import stat
import warnings

from xetrack.errors import NotADatabaseError, XetrackWarning
from xetrack_duckdb.files.lock_file import ENDING as FENCE

ROWS = ".rows"
"""What the name of the row log has beyond that of the database."""

NEW = ".new"
"""What the name of a database has more while it is made."""

DUCKDBS = ("", ".wal", ".wal.checkpoint", ".wal.recovery", NEW, f"{NEW}.wal")
"""What DuckDB opens, as endings of the database's name."""

_BESIDE = (*DUCKDBS[1:], ROWS, f"{ROWS}-wal", f"{ROWS}-shm", f"{ROWS}-journal", FENCE)


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
            found = os.lstat(path)
        except (OSError, ValueError):
            continue
        # One that is being made has two names for a moment.
        if stat.S_ISREG(found.st_mode) and (found.st_nlink == 1 or ending == NEW):
            continue
        kind = "a link" if stat.S_ISLNK(found.st_mode) else "no plain file"
        if stat.S_ISREG(found.st_mode):
            kind = f"a file of {found.st_nlink} names"
        reason = (
            f"{path!r} beside it is {kind}, so that writing to the database could change another "
            f"file. Put a copy in its place, or move it away"
        )
        raise NotADatabaseError(database, reason)


def warn_of_rows(location: str) -> None:
    """Warn that rows of another user's database are not among those that are read."""
    warnings.warn(
        f"Rows wait in the row log of {location!r}, which another user made; they are not read, as "
        "reading changes no file of others. They come when a Tracker of that user reads or ends.",
        XetrackWarning,
        stacklevel=2,
    )


def is_ours(path: str) -> bool:
    """Return True if this user made a file; False if it cannot be told."""
    try:
        return not hasattr(os, "geteuid") or os.stat(path).st_uid == os.geteuid()  # noqa: PTH116
    except (OSError, ValueError):
        return False
