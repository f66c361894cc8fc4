"""A connection that leaves nothing open when it is closed or forgotten."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakSet, ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.builtin.sqlite.connections.read_modes import State

_RAISED = "user-defined function raised exception"
"""What the driver says of a function that raised."""


class SQLiteConnection(sqlite3.Connection):
    """A connection of the driver's, which finishes its statements before it closes.

    SQLite keeps a closed connection alive as long as a statement of it is unfinished, and with
    it the locks and files that a forked child would inherit.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.busy = threading.RLock()
        """Held while a statement runs that another thread may want to end."""
        self.ended = False
        """Whether `end` was asked for; statements fail from then on."""
        self.raised: BaseException | None = None
        """What a function that SQL called raised last."""
        self.denied = False
        """Whether the authorizer refused something."""
        self.is_left = False
        """Whether it was left to the thread that uses it, which closes it (see `watched_sql`)."""
        self.state: State | None = None
        """The file as it was, where it is read without a lock."""
        super().__init__(*args, **kwargs)
        # Last, as by this `__del__` knows that there is something to close.
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *args: Any, **kwargs: Any) -> sqlite3.Cursor:  # type: ignore[override]
        """Return a new cursor, which `close` will finish; see `sqlite3.Connection.cursor`."""
        cursor: sqlite3.Cursor = super().cursor(*args, **kwargs)
        self._cursors.add(cursor)
        return cursor

    # The driver's own short cuts make cursors without asking `cursor`.

    def execute(self, *args: Any) -> sqlite3.Cursor:
        """Run one statement on a new cursor.

        Parameters
        ----------
        *args
            The statement, and its parameters if it has any, as for `sqlite3.Cursor.execute`.

        Raises
        ------
        sqlite3.DatabaseError
            A text is no UTF-8, for which the driver raises something else.
        """
        try:
            return self.cursor().execute(*args)
        except UnicodeDecodeError as error:  # the driver cannot even say what is wrong
            raise sqlite3.DatabaseError(f"the file is damaged: {error.object!r}") from error

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        """Run one statement for many rows on a new cursor.

        Parameters
        ----------
        *args
            The statement, and the parameters of each row.
        """
        return self.cursor().executemany(*args)

    def executescript(self, *args: Any) -> sqlite3.Cursor:
        """Run statements on a new cursor.

        Parameters
        ----------
        *args
            The statements, in one text.
        """
        return self.cursor().executescript(*args)

    # SQLite cannot pass on what a function raises, and says only that it raised.

    def create_function(self, name: str, narg: int, func: Any, **options: Any) -> None:
        """Make a function that SQL can call, and store what it raises.

        Parameters
        ----------
        name
            Its name in SQL.
        narg
            How many arguments it takes.
        func
            The function.
        **options
            Those of `sqlite3.Connection.create_function`.
        """
        super().create_function(name, narg, self._keeping(func), **options)

    def set_authorizer(self, authorizer_callback: Any) -> None:
        """Set the function that is asked before each action, and store what it raises.

        Parameters
        ----------
        authorizer_callback
            As for `sqlite3.Connection.set_authorizer`; None for no function.
        """
        authorizer = authorizer_callback and self._keeping(authorizer_callback, authorizing=True)
        super().set_authorizer(authorizer)

    def _keeping(
        self, function: Callable[..., Any], *, authorizing: bool = False
    ) -> Callable[..., Any]:
        this = ref(self)  # the garbage collector does not see what SQLite refers to

        def call(*arguments: Any) -> Any:
            try:
                answer = function(*arguments)
            except BaseException as error:
                if (handle := this()) is not None:
                    handle.raised = error
                raise
            if answer == sqlite3.SQLITE_DENY and authorizing and (handle := this()) is not None:
                handle.denied = True
            return answer

        return call

    def raise_interrupt(self, error: Exception) -> None:
        """Raise the interrupt that SQLite took for an error of a function.

        Ours raise nothing of themselves but what is kept; anything else came at their first line.

        Parameters
        ----------
        error
            What a statement raised.
        """
        raised, self.raised = self.raised, None
        if raised is not None and not isinstance(raised, Exception):
            raise raised from error
        denied, self.denied = self.denied, False
        refused = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_AUTH and not denied
        if raised is None and (refused or str(error) == _RAISED):
            raise KeyboardInterrupt from error

    def finish_statements(self) -> None:
        """Close all cursors: an unfinished statement holds a moment of the database."""
        for cursor in list(self._cursors):
            cursor.close()
        self._cursors.clear()

    def close(self) -> None:
        """Close the cursors, then the connection; a second call does nothing."""
        self.finish_statements()
        super().close()

    def end(self) -> None:
        """Close the connection, whatever another thread is reading from it."""
        self.ended = True
        if self.is_left:
            return
        # A cursor must not be closed within a statement, so that is stopped first.
        while not self.busy.acquire(timeout=0.01):
            with suppress(sqlite3.ProgrammingError):  # another thread is just closing it
                self.interrupt()
        try:
            self.close()
        finally:
            self.busy.release()

    def __del__(self) -> None:
        # Nobody uses it any more, so there is nothing to wait for. Closed by hand or not, the
        # driver need not warn (ResourceWarning, from Python 3.13).
        if hasattr(self, "_cursors"):
            self.close()
