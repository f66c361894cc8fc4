"""Tokens that differ once a file has changed; see `Engine.change_token`.

``PRAGMA data_version`` counts what other connections committed. So it is asked on a connection that
stays open and never writes: asking reads some bytes of the log's index, and opens no file. Its
numbers mean something on that connection only; a random text tells those of one from another's.
A checkpoint changes it too, once: SQLite reads anew what was copied.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.connections.read_modes import has_changed
from xetrack.errors import InterruptedReadError

if TYPE_CHECKING:
    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
    from xetrack.builtin.sqlite.connections.pool import ConnectionPool

Inodes = tuple[tuple[int, int] | None, ...]


class ChangeTokens:
    """Asks one file for tokens, all of whose tables share one.

    **Thread safety.** Everything is called while the engine's lock is held.

    Parameters
    ----------
    connections
        Those of the engine.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._handle: SQLiteConnection | None = None
        self._inodes: Inodes = ()
        self._log = ""
        self._name = ""
        self.known: dict[str, tuple[str, Any]] = {}
        """What was found in tables, by their names, with the token that it was found at."""

    def token(self) -> str:
        """Return the token of the file; the one of a missing file is empty."""
        while True:
            with suppress(InterruptedReadError):  # a fork in another thread: look again
                return self._token()

    def _token(self) -> str:
        connections = self._connections
        if not connections.exists():
            self.close()
            return ""
        if connections.in_memory:
            return self._in_memory()
        handle = self._handle
        if (
            handle is None
            or handle.ended
            or self._inodes != _inodes(connections.path, self._log)
            or has_changed(connections.path, handle.state)
        ):
            handle = self._open()
        with connections.reading(handle):
            (version,) = connections.retry_while_locked(
                lambda: handle.execute("PRAGMA data_version").fetchone()
            )
        return f"{self._name}:{version}"

    def _in_memory(self) -> str:
        """Return the token of the one connection that there is, which counts its own changes."""
        writer = self._connections.writer
        if writer is not self._handle:
            self._handle, self._name = writer, os.urandom(8).hex()
        (version,) = writer.execute("PRAGMA schema_version").fetchone()
        return f"{self._name}:{version}:{writer.total_changes}"

    def _open(self) -> SQLiteConnection:
        self.close()
        self._handle = handle = self._connections.borrow()
        with self._connections.reading(handle):
            handle.execute("ROLLBACK")  # it would see one moment for ever
        path = self._connections.path
        self._log = f"{os.path.realpath(path)}-wal"
        self._inodes = _inodes(path, self._log)
        self._name = os.urandom(8).hex()
        return handle

    def close(self) -> None:
        """Close the connection; the next token differs from all before."""
        handle, self._handle = self._handle, None
        if handle is not None and not self._connections.in_memory:
            self._connections.give_back(handle)


def _inodes(*paths: str) -> Inodes:
    """Return device and number of the file and of its log: another file has other tokens."""
    inodes: list[tuple[int, int] | None] = []
    for each in paths:
        try:
            status = os.stat(each)  # noqa: PTH116 - `Path.stat` takes twice as long
        except OSError:
            inodes.append(None)
        else:
            inodes.append((status.st_dev, status.st_ino))
    return tuple(inodes)
