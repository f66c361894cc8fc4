"""The lock file of a DuckDB file: a second lock, which nothing but its own end takes away.

DuckDB's lock on the file is one of POSIX, which this process loses when any code in it, a user's
``shutil.copy`` for one, opens and closes the file. The lock here is one of ``flock``, on a file of
our own beside the database, and belongs to the descriptor that holds it. So two processes that
use xetrack never write to one file, whatever else is done with it; other programs know DuckDB's
lock only. The file is removed when an engine is closed, not with each lock, as that takes longer
than all the rest; what a kill leaves is used and removed by the next.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

try:
    import fcntl
except ImportError:  # Windows, where locks are the file's own, and nobody else can take them
    fcntl = None  # type: ignore[assignment]

import duckdb

from xetrack.process.file_access import open_flags
from xetrack_duckdb.driver_errors import ELSEWHERE, HERE

if TYPE_CHECKING:
    from io import FileIO

_FLAGS = open_flags("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC")

ENDING = ".lock"
"""What the name of the lock file has beyond that of the database."""

_TRIES = 100
"""How often the file may be removed by others while it is taken."""


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | _FLAGS, 0o666)


class LockFile:
    """The lock file of one DuckDB file, as one holder sees it."""

    def __init__(self, database: str) -> None:
        self._path = database + ENDING
        self._file: FileIO | None = None
        self._is_taken = False
        self._shared = False

    @property
    def is_acquired(self) -> bool:
        """Whether there is something to release."""
        return self._is_taken

    def acquire(self, *, shared: bool) -> bool:
        """Take the lock; return False if another holder keeps it.

        Where the file system has no such locks, or the folder takes no new file, nothing is taken,
        and DuckDB's own lock is all there is.

        Parameters
        ----------
        shared
            Together with others who only read.
        """
        if fcntl is None:
            return True
        if shared is not self._shared:
            self.remove()
        self._shared = shared
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        for _ in range(_TRIES):
            try:
                if self._file is None or self._file.closed:  # an interrupt may have cut `_close`
                    # A reader makes no file: it keeps out only those who have one.
                    self._file = open(self._path, "rb" if shared else "ab+", 0, opener=_opener)  # noqa: SIM115
                self._is_taken = True
                fcntl.flock(self._file, how)
                if os.path.samestat(os.fstat(self._file.fileno()), os.lstat(self._path)):
                    self._sign()
                    return True
            except BlockingIOError:
                self._close()
                return False
            except FileNotFoundError:  # none there, for a reader; or removed just now
                if self._file is None:
                    return True
            except OSError:
                self._close()
                return True
            self._close()
        return True

    def holder(self) -> int | None:
        """Return the id of the process that keeps others out; None if the file does not tell it."""
        with suppress(OSError, ValueError), open(self._path, "rb", 0, opener=_opener) as file:
            return int(file.read(20))
        return None

    def release(self) -> None:
        """Release the lock; again, it does nothing. The file stays until `remove`."""
        if self._file is not None:
            with suppress(OSError, ValueError):
                fcntl.flock(self._file, fcntl.LOCK_UN)
        self._is_taken = False

    def remove(self) -> None:
        """Release the lock, and remove the file if nobody else has it locked."""
        if self._file is not None:
            with suppress(OSError, ValueError):
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(self._file.fileno()), os.lstat(self._path)):
                    os.unlink(self._path)  # noqa: PTH108
        self._close()

    def abandon(self) -> None:
        """Release the lock, and leave the file to those who made it."""
        self._close()

    def _sign(self) -> None:
        """Write the id of this process into the file, for the errors of others."""
        if not self._shared and self._file is not None:
            with suppress(OSError):
                self._file.truncate(0)
                self._file.write(b"%d" % os.getpid())

    def _close(self) -> None:
        file: Any = self._file
        if file is not None:
            file.close()
        self._file = None
        self._is_taken = False


def take_lock_file(lock_file: LockFile, path: str, *, shared: bool) -> None:
    """Take the lock file, or fail as DuckDB does where another process has the file.

    Parameters
    ----------
    lock_file
        What to take.
    path
        The path of the database, for the error.
    shared
        Together with others who only read.

    Raises
    ------
    duckdb.IOException
        Another holder has it; so the caller's retries wait for it, as for DuckDB's own lock.
    """
    if not lock_file.acquire(shared=shared):
        holder = lock_file.holder()
        where = HERE if holder == os.getpid() else ELSEWHERE
        named = "" if holder is None else f" (PID {holder})"
        raise duckdb.IOException(f"{where} {path!r}: it is in use{named}")
