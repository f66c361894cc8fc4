"""How SQLite opens a file for somebody who only reads, so that nothing is left behind.

Who opens a file in SQLite's way makes ``-wal`` and ``-shm`` beside it. Those of a reader who may
not write the database itself stay there, belong to the reader, and lock its owner out. So only
the owner of a file, and root, open it so, and others who may write it where the log is there
already. All others read

* the log that is there through the index that is there, and make none; or
* where there is no log, the file alone (SQLite's ``immutable``), without a lock. Whoever does so
  looks after each batch whether the file is still what it was.

The first of these is for those who may not write the file, and for nobody else: all connections
of a process share one index, and where that was opened to be read only, none of them can write.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from xetrack.errors import AccessDeniedError, NotADatabaseError
from xetrack.errors.escapes import shell_quoted
from xetrack.interfaces.engines.sqlite_files import has_super_journal

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICK = 0.02
"""Seconds within which two changes of a file may have the same time."""

_JOURNALS = (
    "If it came from somebody else, ask for the database without a journal. If your own program "
    "was interrupted while it wrote several databases at once, open this one in that program."
)
"""What to do about a journal that names another file."""

State = tuple[int, int, int, int, int]


class ReadMode(NamedTuple):
    """One way to open a file."""

    uri: str
    state: State | None = None
    """The file as it must stay, where no lock keeps it so."""


def uri(path: str, mode: str) -> str:
    """Return the URI by which SQLite opens a path, whatever characters it has.

    Parameters
    ----------
    path
        Path of the file.
    mode
        SQLite's ``ro``, ``rw`` or ``rwc``.

    Returns
    -------
    str
        The URI.

    Raises
    ------
    NotADatabaseError
        To open it could remove another file; see `has_super_journal`.
    """
    if has_super_journal(path):
        reason = f"its journal {path}-journal names another file, which SQLite would then remove"
        raise NotADatabaseError(path, reason, _JOURNALS)
    return f"file:{quote(os.fsencode(path))}?mode={mode}"


def read_modes(path: str) -> Iterator[ReadMode]:
    """Yield the ways to try, in turn, if SQLite cannot open the file or may not.

    Parameters
    ----------
    path
        The file of the database; links are followed.

    Raises
    ------
    NotADatabaseError
        To open it could remove another file; see `has_super_journal`.
    """
    path = os.path.realpath(path)  # beside which SQLite has the log
    # Their owner is asked first, in one look, as a log may go and come between two.
    beside = all(
        _is_own(part) or not _is_refused(part, os.W_OK) for part in (f"{path}-wal", f"{path}-shm")
    )
    writable = beside and _may(path, os.W_OK) and _may(_folder(path), os.W_OK)
    has_log = _size(f"{path}-wal") or _size(f"{path}-journal")
    if writable and (has_log or _is_own(path)):
        yield ReadMode(uri(path, "rw"))
    elif has_log:
        yield ReadMode(f"{uri(path, 'ro')}&readonly_shm=1")
    elif (state := _settled(path)) is not None:
        yield ReadMode(f"{uri(path, 'ro')}&immutable=1", state)
    else:
        yield ReadMode(uri(path, "ro"))


def has_changed(path: str, state: State | None) -> bool:
    """Return True if a file that is read without a lock is not what it was.

    Parameters
    ----------
    path
        Path of the file.
    state
        What it was; None for a file that is read under a lock.
    """
    return state is not None and _state(path) != state


def denied(location: str, doing: str) -> AccessDeniedError | None:
    """Return the error for a right that is missing.

    Parameters
    ----------
    location
        The database.
    doing
        What failed, such as ``Reading``.

    Returns
    -------
    AccessDeniedError or None
        Names the right, and how to get it; None where none is missing.
    """
    path = os.path.realpath(location)
    parts = [part for part in (f"{path}-wal", f"{path}-shm") if _exists(part)]
    log = _size(f"{path}-wal")
    if not _may(path, os.R_OK):
        reason = f"you may not read {path!r}, which belongs to {_owner(path)}"
        hint = f"Type: sudo chmod a+r {shell_quoted(path)}"
        return AccessDeniedError(location, doing, reason, hint)
    if doing == "Reading":
        if not log or not _may(f"{path}-wal", os.R_OK) or _exists(f"{path}-shm"):
            return _unreadable(location, doing, parts)
        reason = f"its log {path}-wal holds rows, and here nobody may make the index {path}-shm"
        hint = "Copy both files to a folder that you may write, and read them there."
        return AccessDeniedError(location, doing, reason, hint)
    others = [part for part in parts if _is_refused(part, os.W_OK)]
    if others and _may(path, os.W_OK):
        names = " ".join(map(shell_quoted, others))
        reason = f"{names} belongs to {_owner(others[0])}, and you may not write it"
        hint = f"Type, when nobody has the database open: rm {names}"
        if log:
            hint = f"It holds rows, so do not remove it. Type: sudo chown $USER {names}"
        return AccessDeniedError(location, doing, reason, hint)
    for place in (path, _folder(path)):
        if _exists(place) and not _may(place, os.W_OK):
            reason = f"you may not write {place!r}, which belongs to {_owner(place)}"
            hint = f"Type: sudo chmod u+w {shell_quoted(place)}, or log into another file."
            return AccessDeniedError(location, doing, reason, hint)
    return None


def _unreadable(location: str, doing: str, parts: list[str]) -> AccessDeniedError | None:
    for part in parts:
        if _is_refused(part, os.R_OK):
            reason = f"you may not read its log {part!r}, which belongs to {_owner(part)}"
            hint = f"Type: sudo chmod a+r {shell_quoted(part)}"
            return AccessDeniedError(location, doing, reason, hint)
    return None


def _may(path: str, right: int) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.access(path, right, effective_ids=effective)


def _is_refused(path: str, right: int) -> bool:
    """Return True if a file is there and the right is missing.

    Whoever opens a database first makes the files beside it, and whoever closes it last removes
    them, at any moment: a file that is not there refuses nothing.
    """
    return _exists(path) and not _may(path, right) and _exists(path)


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - never raises


def _folder(path: str) -> str:
    return os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - as text, and never raises


def _is_own(path: str) -> bool:
    if not hasattr(os, "geteuid"):  # Windows knows no such owners
        return True
    try:
        return os.geteuid() in {0, os.stat(path).st_uid}  # noqa: PTH116
    except OSError:
        return True  # opening it will say what is wrong


def _owner(path: str) -> str:
    with suppress(OSError, KeyError, NotImplementedError):
        return Path(path).owner()
    with suppress(OSError):
        return f"user {os.stat(path).st_uid}"  # noqa: PTH116
    return "somebody else"


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0


def _state(path: str) -> State | None:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _settled(path: str) -> State | None:
    """Return the state of a file, once a change from now on must show in its time."""
    state = _state(path)
    if state is not None and abs(time.time_ns() - state[3]) < _TICK * 1e9:
        time.sleep(_TICK)
        return _state(path)
    return state
