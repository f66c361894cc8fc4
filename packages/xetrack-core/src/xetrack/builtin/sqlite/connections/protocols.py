"""What the parts of an engine know of each other, so that none imports what is built upon it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import sqlite3
    import threading
    from collections.abc import Callable, Sequence

    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
    from xetrack.interfaces.engine import Settings
    from xetrack.model.kinds import Value

T = TypeVar("T")


class Schedule(Protocol):
    """What is to be done as soon as nothing is written for a moment."""

    def schedule(self) -> None:
        """See that it is done."""


class Owner(Protocol):
    """The engine, as its connections know it."""

    location: str
    settings: Settings
    lock: threading.RLock
    cursor: sqlite3.Cursor | None
    """The cursor that stores rows outside of transactions."""

    def forget_schemas(self) -> None:
        """Forget what tables look like, because a transaction that changed some was undone."""

    @property
    def checkpoints(self) -> Schedule:
        """What brings the file to rest."""

    def close_connections(self, *, drain: bool = True) -> None:
        """Close every connection.

        Parameters
        ----------
        drain
            Whether the rows that wait are stored before.
        """


class WatchedFiles(Protocol):
    """The identity of the open files, as connections and transactions know it."""

    def look(self) -> None:
        """Begin anew if the path leads to other files than those that are open."""

    def look_if_free(self) -> None:
        """Look, unless another thread has the engine for itself."""

    def is_same(self) -> bool:
        """Return True unless the path leads to other files than those that are open."""

    def opened(self) -> None:
        """Note which files the writer has, which was opened just now."""

    def committed(self) -> None:
        """Raise if a transaction that was just committed went to a file that is gone."""


class WriterPool(Protocol):
    """The connections of an engine, as transactions know them."""

    location: str
    in_memory: bool
    path: str
    files: WatchedFiles

    @property
    def writer(self) -> SQLiteConnection:
        """The connection that stores rows, opened if need be."""

    @property
    def open_writer(self) -> SQLiteConnection | None:
        """The connection that stores rows, if it is open."""

    def retry_while_locked(
        self,
        attempt: Callable[[], T],
        timeout: float | None = None,
        pause: Callable[[float], object] = ...,
    ) -> T:
        """Call a function again while others hold a lock; see `ConnectionPool.retry_while_locked`.

        Parameters
        ----------
        attempt
            The function.
        timeout
            Seconds until the deadline; by default those of the settings.
        pause
            Sleeps for some seconds between two calls.

        Returns
        -------
        object
            What the function returned.
        """


class Appender(Protocol):
    """An inserter, as the identity of files knows it: it can store its rows anew."""

    table: str
    columns: tuple[str, ...]

    def renew(self) -> None:
        """Prepare anew with the next row, as that may go to another file."""

    def prepared(self) -> tuple[str, ...]:
        """Prepare anew if need be, and return the columns."""

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows.

        Parameters
        ----------
        rows
            The cells of each row, in the order of its columns.
        """
