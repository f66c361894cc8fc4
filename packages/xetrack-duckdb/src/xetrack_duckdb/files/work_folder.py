"""The folder that the connections to one database file may write to."""

from __future__ import annotations

import os
import secrets
import weakref
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir

from xetrack_duckdb.endings import run_at_worker_exit


class WorkFolder:
    """A folder in the system's temporary folder, one in each process that asks for it.

    It is removed with this object. Where the system has no temporary folder, it is made beside the
    file.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._path = ""
        self._process: int | None = None
        """The process whose folder that is; a forked child has one of its own."""

    @property
    def path(self) -> str:
        """The path of the folder, which need not exist yet."""
        if self._process != os.getpid():
            self._path, self._process = _random_path(self._file), os.getpid()
        return self._path

    def make(self) -> str:
        """Make the folder when it is first asked for, and return its path."""
        path = self.path
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)  # noqa: PTH102 - never makes a parent
            weakref.finalize(self, _remove, path, os.getpid())
            run_at_worker_exit(self, _remove, path, os.getpid())
        return path


def _random_path(file: str) -> str:
    try:
        parent = gettempdir()
    except OSError:  # the system has none
        parent = str(Path(file).parent)
    return os.path.realpath(f"{parent}/xetrack-{secrets.token_hex(8)}")


def _remove(path: str, process: int) -> None:
    if os.getpid() == process:  # no forked child
        rmtree(path, ignore_errors=True)
