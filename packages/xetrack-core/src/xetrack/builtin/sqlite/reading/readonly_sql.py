"""SQL from a user, on a connection that can read this one database and do nothing else.

The main database of the connection is an empty one in memory; the file is attached as ``db``,
so that ``db.events`` names its view. Then an authorizer refuses everything but reading, no
further file can be attached, and `statement` stops what takes too long or too much.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
from xetrack.builtin.sqlite.driver_errors import code
from xetrack.builtin.sqlite.reading.overflow_names import name_of, with_cells
from xetrack.builtin.sqlite.reading.watched_sql import (
    MEMORY,
    STEPS,
    TooLongError,
    TooMuchError,
    WatchedStatement,
)
from xetrack.builtin.sqlite.tables import overflow
from xetrack.builtin.sqlite.tables.storage import encoded
from xetrack.builtin.sqlite.tables.tokens import (
    for_reading,
    tokens,
    with_double_quotes,
)
from xetrack.errors import QueryError
from xetrack.interfaces.engines.sql import SQLResult, plain_parameters
from xetrack.interfaces.engines.sql_names import name_columns, restore_names, unquoted
from xetrack.model.names import DEFAULT_TABLE, EVENTS_VIEW, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xetrack.builtin.sqlite.connections.pool import ConnectionPool
    from xetrack.interfaces.engine import Engine

_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
}
_REFUSED_FUNCTIONS = {"load_extension", "randomblob", "zeroblob", "fts3_tokenizer", "writefile"}
_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 1,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 2**18,
    # How long LIKE and GLOB take grows with the pattern as a power.
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
}
_SORTED = 16 * 2**20
_REFUSALS = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, TypeError)
"""What the driver raises for a statement or parameters that it does not take."""
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
    """Make ``events`` a name of the default table in a file that another program made."""
    names = {
        name.lower() for (name,) in connection.execute(f"SELECT name FROM {schema}.sqlite_schema")
    }
    if DEFAULT_TABLE in names and EVENTS_VIEW not in names:
        connection.execute(
            f"CREATE TEMP VIEW {EVENTS_VIEW} AS SELECT * FROM {schema}.{quoted(DEFAULT_TABLE)}"
        )


def _attached(uri: str) -> SQLiteConnection:
    """Open a connection that has the file attached as ``db``."""
    handle = SQLiteConnection(
        ":memory:", uri=True, isolation_level=None, timeout=0, check_same_thread=False
    )
    try:
        overflow.create_functions(handle)
        handle.execute("PRAGMA trusted_schema=OFF")
        # What is sorted and grouped stays in memory up to this size. With the usual 2 MB, a million
        # rows take half as long again, as they are merged from many pieces of a temporary file.
        handle.execute(f"PRAGMA cache_size={-_SORTED // 1024}")
        handle.execute("ATTACH ? AS db", (uri,))
        _with_events(handle, "db")
        handle.execute("PRAGMA query_only=ON")
    except BaseException:
        handle.close()
        raise
    return handle


@contextmanager
def _guarded(handle: SQLiteConnection, cell: int, columns: int) -> Iterator[None]:
    """Refuse everything but reading on a connection, and more than it should take."""
    # Connects these two; later the authorizer takes that for making a table.
    handle.execute("SELECT 1 FROM json_each('[]'), json_tree('[]')").close()
    wanted = {
        **_LIMITS,
        sqlite3.SQLITE_LIMIT_LENGTH: cell,
        sqlite3.SQLITE_LIMIT_COLUMN: columns,
    }
    limits = {limit: handle.setlimit(limit, value) for limit, value in wanted.items()}
    handle.set_authorizer(_authorize)
    try:
        yield
    finally:
        if not handle.is_left:
            handle.set_authorizer(None)
            for limit, value in limits.items():
                handle.setlimit(limit, value)


def run(
    engine: Engine,
    connections: ConnectionPool,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
    timeout: float | None,
) -> SQLResult:
    """Run one statement that only reads; see `xetrack.interfaces.engines.sql.RunsSQL.sql`.

    Parameters
    ----------
    engine
        Knows the columns of its tables.
    connections
        Those of the engine.
    query
        The statement.
    parameters
        Values for its placeholders.
    limit
        At most so many rows.
    timeout
        Seconds after which it is stopped; None for no deadline.

    Returns
    -------
    SQLResult
        Names, rows, and whether there were further rows.

    Raises
    ------
    QueryError
        The statement is wrong, is refused, or took too long or too much.
    """
    named, aliases = name_columns(query, [*tokens(query)], engine)
    with connections.borrowed(lambda: connections.to_read(_attached)) as handle:
        text = _text_to_run(handle, query, named, in_memory=connections.in_memory)

        def begin() -> sqlite3.Cursor:
            values = plain_parameters(parameters, encoded)
            return connections.retry_while_locked(lambda: handle.execute(text, values))

        most = None if limit is None else limit + 1
        deadline = None if timeout is None else monotonic() + timeout
        for cell, columns in STEPS:
            left = None if deadline is None else max(0.0, deadline - monotonic())
            statement = WatchedStatement(handle, begin, most)
            try:
                with _guarded(handle, cell, columns):
                    # The one connection in memory cannot be left behind.
                    statement.run(left, apart=not connections.in_memory)
            except TooLongError as error:
                raise QueryError(
                    query, f"it took longer than {timeout:g} seconds", _LESS
                ) from error
            except TooMuchError as error:
                reason = f"its answer takes more than {MEMORY / 2**20:.0f} MB of memory"
                raise QueryError(query, reason, _FEWER) from error
            except _REFUSALS as error:
                handle.raise_interrupt(error)
                if "too many" in str(error) and (cell, columns) != STEPS[-1]:
                    continue  # columns, for which cells must be shorter
                if handle.ended or (isinstance(error, sqlite3.Error) and code(error) in _TROUBLES):
                    raise
                raise _refusal(error, query) from error
            break
    if statement.description is None:
        raise QueryError(query, "it holds no statement", _BEGIN)
    names = restore_names(_names(statement.description, query), aliases)
    truncated = limit is not None and len(statement.rows) > limit
    return SQLResult(names, statement.rows[:limit], truncated)


def _text_to_run(handle: SQLiteConnection, query: str, named: str, *, in_memory: bool) -> str:
    """Return a statement as SQLite takes it, with the names that a connection knows."""
    database = "main" if in_memory else "db"
    text = with_cells(handle, database, query, named)
    if in_memory:
        return for_reading(text, database)
    temporary = handle.execute("SELECT lower(name) FROM temp.sqlite_schema").fetchall()
    return for_reading(text, database, {name for (name,) in temporary})


def _names(description: Sequence[Sequence[Any]], query: str) -> Iterator[str]:
    """Yield the names of an answer's columns as the user's statement has them."""
    for name, *_ in description:
        plainly = with_double_quotes(name) if "`" in name and "`" not in query else name
        yield name_of(plainly)


_BEGIN = "Begin it with SELECT or WITH."
_LESS = "Ask for less, or allow more seconds with timeout=..."
_FEWER = "Ask for fewer rows or columns, or read them with Reader.to_df."
_SHORTER = (
    "Read cells of more than 16 MB, and wide rows of cells of more than 256 kB, with Reader.to_df."
)
_TEXTS = (
    "Double quotes are for names, and texts stand in single ones: 'x'. See the names with: "
    "xt columns DB"
)
_TABLES = "See the tables with: xt tables DB"
_READING = {"select", "with", "values", "explain"}
"""The words with which a statement that reads can begin."""


def _refusal(error: Exception, query: str) -> QueryError:
    extended = getattr(error, "sqlite_errorcode", 0)
    if extended == sqlite3.SQLITE_TOOBIG:
        return QueryError(query, "a cell or the statement is too long", _SHORTER)
    words = (text.lower() for group, text in tokens(query) if group == "word")
    if extended == sqlite3.SQLITE_AUTH or next(words, "") not in _READING:
        return QueryError(query, "only reading is allowed here", _BEGIN)
    text = str(error)
    if text.startswith("no such column"):
        names = (unquoted(text) for group, text in tokens(query) if group == "quoted")
        if any(text.endswith((f" {name}", f".{name}")) for name in names):
            return QueryError(query, text, _TEXTS)
    return QueryError(query, text, _TABLES if text.startswith("no such table") else "")
