"""SQL from a user, on a connection that can read this one database and do nothing else.

The main database of the connection is an empty one in memory; the file is attached as ``db``,
so that ``db.events`` names its view. Then an authorizer refuses everything but reading, no
further file can be attached, and a deadline stops what takes too long: by an interrupt from a
thread of its own, as SQLite looks for one at every row, but at a clock only every so many steps,
each of which may be a costly function.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.connections import uri
from xetrack.builtin.sqlite.failures import code
from xetrack.builtin.sqlite.handles import Handle
from xetrack.builtin.sqlite.tokens import for_reading, tokens
from xetrack.errors import QueryError
from xetrack.interfaces.engine import SQLResult
from xetrack.names import DEFAULT_TABLE, EVENTS_VIEW, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xetrack.builtin.sqlite.connections import Connections

_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
}
_REFUSED_FUNCTIONS = {"load_extension", "randomblob", "zeroblob", "fts3_tokenizer", "writefile"}
_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 1,
    # Bytes of one cell. More is an attempt to exhaust memory, or a cell for `Reader.to_df`.
    sqlite3.SQLITE_LIMIT_LENGTH: 16 * 2**20,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 2**20,
}
_REFUSALS = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, TypeError)
"""What the driver raises for a statement or parameters that it does not take."""
_PAUSE = 0.01
"""Seconds between two interrupts once the deadline is over."""
_TROUBLES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
"""Errors that are no fault of the statement."""


def _authorize(action: int, _: str | None, second: str | None, *__: object) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    # For a function, the name is the second argument.
    if action == sqlite3.SQLITE_FUNCTION and str(second).lower() not in _REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _with_events(connection: sqlite3.Connection, schema: str) -> None:
    """Let ``events`` name the default table in a file that another program made."""
    names = {
        name.lower() for (name,) in connection.execute(f"SELECT name FROM {schema}.sqlite_schema")
    }
    if DEFAULT_TABLE in names and EVENTS_VIEW not in names:
        connection.execute(
            f"CREATE TEMP VIEW {EVENTS_VIEW} AS SELECT * FROM {schema}.{quoted(DEFAULT_TABLE)}"
        )


def _attached(connections: Connections) -> Handle:
    """Open a connection that has the file attached as ``db``."""
    handle = Handle(":memory:", uri=True, isolation_level=None, timeout=0, check_same_thread=False)
    try:
        handle.execute("PRAGMA trusted_schema=OFF")
        handle.execute("ATTACH ? AS db", (uri(connections.path, "rw"),))
        _with_events(handle, "db")
        handle.execute("PRAGMA query_only=ON")
    except BaseException:
        handle.close()
        raise
    return handle


@contextmanager
def _deadline(handle: Handle, timeout: float | None) -> Iterator[None]:
    """Interrupt what a connection does in a block after some seconds."""
    if timeout is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        pause = timeout
        # Again and again: an interrupt between two statements stops neither.
        while not over.wait(pause):
            handle.interrupt()
            pause = _PAUSE

    thread = threading.Thread(target=watch, name="xetrack-deadline", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()  # no interrupt may meet what comes next


@contextmanager
def _guarded(handle: Handle, timeout: float | None) -> Iterator[None]:
    """Refuse everything but reading on a connection, and more than it should take."""
    # Connects these two; later the authorizer takes that for making a table.
    handle.execute("SELECT 1 FROM json_each('[]'), json_tree('[]')").close()
    limits = {limit: handle.setlimit(limit, value) for limit, value in _LIMITS.items()}
    handle.set_authorizer(_authorize)
    try:
        with _deadline(handle, timeout):
            yield
    finally:
        handle.set_authorizer(None)
        for limit, value in limits.items():
            handle.setlimit(limit, value)


def run(
    connections: Connections,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
    timeout: float | None,
) -> SQLResult:
    """Run one statement, as `xetrack.interfaces.engine.RunsSQL.sql` says."""
    with connections.borrowed(lambda: _attached(connections)) as handle:
        if connections.in_memory:
            text = for_reading(query, "main")
        else:
            found = handle.execute("SELECT lower(name) FROM temp.sqlite_schema").fetchall()
            text = for_reading(query, "db", {name for (name,) in found})
        try:
            with _guarded(handle, timeout):
                cursor = connections.patiently(lambda: handle.execute(text, parameters))
                rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
                cursor.close()
        except _REFUSALS as error:
            if isinstance(error, sqlite3.Error):
                handle.raise_interrupt(error)
            if handle.ended or (isinstance(error, sqlite3.Error) and code(error) in _TROUBLES):
                raise
            raise _refusal(error, query, timeout) from error
    if cursor.description is None:
        raise QueryError(query, "it holds no statement", _BEGIN)
    names = tuple(column[0] for column in cursor.description)
    truncated = limit is not None and len(rows) > limit
    return SQLResult(names, rows[:limit], truncated)


_BEGIN = "Begin it with SELECT or WITH."
_LESS = "Ask for less, or allow more seconds with timeout=..."
_SHORTER = "Read cells of more than 16 MB with Reader.to_df."
_READING = {"select", "with", "values", "explain"}
"""The words with which a statement that reads can begin."""


def _refusal(error: Exception, query: str, timeout: float | None) -> QueryError:
    extended = getattr(error, "sqlite_errorcode", 0)
    if extended == sqlite3.SQLITE_INTERRUPT and timeout is not None:
        return QueryError(query, f"it took longer than {timeout:g} seconds", _LESS)
    if extended == sqlite3.SQLITE_TOOBIG:
        return QueryError(query, "a cell or the statement is too long", _SHORTER)
    words = (text.lower() for group, text in tokens(query) if group == "word")
    if extended == sqlite3.SQLITE_AUTH or next(words, "") not in _READING:
        return QueryError(query, "only reading is allowed here", _BEGIN)
    return QueryError(query, str(error))
