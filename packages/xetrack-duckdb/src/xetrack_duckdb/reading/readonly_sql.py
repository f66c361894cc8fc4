"""SQL from a user, on a database that can read this one file and do nothing else.

The file is attached for reading to a database of its own, whose configuration then forbids every
other file and is locked. While somebody in this process has the file open, which DuckDB lets
nobody open twice, it is a copy of the file.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from xetrack.errors import QueryError
from xetrack.interfaces.engines.sql import SQLResult, plain_parameters
from xetrack.interfaces.engines.sql_names import name_columns, restore_names
from xetrack.process import forks
from xetrack_duckdb.driver_errors import REFUSALS, error_message, literal, raise_interrupts
from xetrack_duckdb.files import connecting, siblings
from xetrack_duckdb.files.connecting import CONFIG
from xetrack_duckdb.files.file_copy import copy_database
from xetrack_duckdb.files.lending import retry_until_deadline
from xetrack_duckdb.files.lock_file import LockFile, take_lock_file
from xetrack_duckdb.reading.tokens import quote_default, tokens
from xetrack_duckdb.tables.column_types import encode_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Engine
    from xetrack_duckdb.files.database_file import DatabaseFile

_MEMORY = 2**31
"""Bytes that a query may take at most. It has no file to put more into."""


def _memory() -> int:
    """Return how many bytes a query may take on this machine: at most half of what there is."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(_MEMORY, there // 2)


LIMIT = f"{_memory() / 2**30:.1f} GB"
"""The memory of a query, for messages."""

_CONFIG = {**CONFIG, "temp_directory": "", "memory_limit": f"{_memory()}B"}
_LOCK = (
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
_AGAIN = 0.02
"""Seconds between two interrupts of a statement that has taken too long."""
_SMALLER = "Ask for fewer rows or columns, or run it on tracker.conn, which has no such limit."
_NO_TABLE = "Table with name"
_TABLES = "See the tables with: xt tables DB"
_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


def lock_configuration(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    """Forbid a connection every file that is not attached, for good.

    Functions of DuckDB's come before what a file calls by their names.

    Parameters
    ----------
    connection
        A connection of a database of its own.

    Returns
    -------
    DuckDBPyConnection
        The same connection.
    """
    for statement in ("SET search_path = 'system.main,db.main'", *_LOCK):
        connection.execute(statement)
    return connection


def open_attached(path: str, config: Mapping[str, Any] | None = None) -> DuckDBPyConnection:
    """Return a database of its own that has a file attached for reading.

    Parameters
    ----------
    path
        The path of the file.
    config
        DuckDB's settings; by default those for `run_query`.
    """
    return _attach(connect(config), path)


def connect(config: Mapping[str, Any] | None = None) -> DuckDBPyConnection:
    """Return an empty database of its own, in memory.

    Parameters
    ----------
    config
        DuckDB's settings; by default those for `run_query`.
    """
    return connecting.connect(_CONFIG if config is None else config)


def _attach(connection: DuckDBPyConnection, path: str) -> DuckDBPyConnection:
    try:
        connection.execute(f"ATTACH {literal(path)} AS db (TYPE duckdb, READ_ONLY)")
    except BaseException:
        connection.close()
        raise
    return connection


def open_snapshot(
    file: DatabaseFile, location: str, timeout: float, config: Mapping[str, Any] | None = None
) -> DuckDBPyConnection:
    """Return a database of its own that has one moment of a file attached for reading.

    Until it is closed or forgotten, nobody in this process can open the file.

    Parameters
    ----------
    file
        The file.
    location
        The database as the user named it, for errors.
    timeout
        Seconds to wait for whoever has the file.
    config
        DuckDB's settings; by default those for `run_query`.

    Raises
    ------
    DatabaseBusyError
        Somebody still had it by then.
    NestedReadError
        This very thread has it.
    """

    def attach_if_free() -> DuckDBPyConnection | None:
        if file.is_in_use or file.is_attached:
            return None
        return forks.locked(forks.gate(), attach_locked)

    def attach_locked() -> DuckDBPyConnection:
        siblings.refuse_links(file.path)
        lock_file = LockFile(file.path)
        connection = connect(config)
        file.close_before_fork(
            connection, has_file=True
        )  # before it has, as a signal handler may ask meanwhile
        try:
            take_lock_file(lock_file, file.path, shared=True)
            return _attach(connection, file.path)
        except BaseException:
            connection.close()
            raise
        finally:
            # From now on DuckDB's lock alone keeps writers out: what is read lives as long as a
            # user, or the traceback of an error, keeps it, and writers must not wait for that.
            lock_file.abandon()

    def attempt() -> DuckDBPyConnection:
        connection = forks.locked(file.lock, attach_if_free)
        if connection is not None:
            return connection
        with TemporaryDirectory(prefix="copy-", dir=file.folder) as folder:
            copy = str(Path(folder, "copy.duckdb"))
            with file.lend(location, timeout, "Reading") as reading:
                copy_database(reading, copy)
            # Not before the connection is closed, which has the copy open until then.
            connection = open_attached(copy, config)
            file.close_before_fork(connection, has_file=False)
            return connection

    return retry_until_deadline(attempt, location, timeout, "Reading")


@contextmanager
def guarded_connection(
    file: DatabaseFile, location: str, timeout: float
) -> Iterator[DuckDBPyConnection]:
    """Lend a connection that only reads the file, and no other one.

    Parameters
    ----------
    file
        The file.
    location
        The database as the user named it, for errors.
    timeout
        Seconds to wait for whoever has the file.
    """
    connection = open_snapshot(file, location, timeout)
    try:
        yield lock_configuration(connection)
    finally:
        connection.close()


def _reading_statement(connection: DuckDBPyConnection, query: str, text: str) -> duckdb.Statement:
    """Return the one statement of a query, if it is one that reads."""
    statements = connection.extract_statements(quote_default(text))
    if len(statements) != 1 or statements[0].type not in _READING:
        reason = "only one statement that reads is allowed"
        raise QueryError(query, reason, "Begin it with SELECT or WITH.")
    return statements[0]


def too_late(query: str, timeout: float | None) -> QueryError:
    """Return the error of a statement that took longer than it might.

    Parameters
    ----------
    query
        The statement.
    timeout
        The seconds that it had.
    """
    return QueryError(query, f"it took longer than {timeout:g} seconds", "Ask for less.")


def run_with_keys(
    engine: Engine,
    guarded: AbstractContextManager[DuckDBPyConnection],
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
    timeout: float | None,
) -> SQLResult:
    """Run one statement, in which keys as they were logged name columns.

    Parameters
    ----------
    engine
        Knows the columns of its tables.
    guarded
        Lends a connection, as `guarded_connection` does.
    query, parameters, limit, timeout
        See `run_query`.

    Raises
    ------
    QueryError
        See `run_query`.
    """
    # Before the connection is lent, as the engine may have none meanwhile.
    text, aliases = name_columns(query, [*tokens(query)], engine)
    with guarded as connection:
        result = run_query(connection, query, parameters, limit, timeout, text=text)
    return replace(result, names=restore_names(result.names, aliases))


def run_query(
    connection: DuckDBPyConnection,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
    timeout: float | None,
    *,
    text: str | None = None,
    spent: float = 0.0,
) -> SQLResult:
    """Run one statement that reads; see `xetrack.interfaces.engines.sql.RunsSQL.sql`.

    Parameters
    ----------
    connection
        From `guarded_connection`, or locked by `lock_configuration`.
    query
        The statement.
    parameters
        Values for its ``?`` or ``$name``.
    limit
        How many rows to return at most.
    timeout
        Seconds after which the statement is ended.
    text
        What is run for it; by default itself.
    spent
        How many of these seconds are over already.

    Raises
    ------
    QueryError
        It is no such statement, DuckDB refuses it, or it took too long.
    KeyboardInterrupt
        The user ended it.
    """
    is_late = threading.Event()
    try:
        statement = _reading_statement(connection, query, query if text is None else text)
        values = plain_parameters(parameters, encode_parameter)
        remaining = None if timeout is None else max(timeout - spent, 0.0)
        with _interrupted_after(remaining, connection, is_late):
            connection.execute(statement, values or None)
            rows = connection.fetchall() if limit is None else connection.fetchmany(limit + 1)
    except QueryError:
        raise
    except duckdb.OutOfMemoryException as error:
        reason = f"it needs more memory than the {LIMIT} that a query may take"
        raise QueryError(query, reason, _SMALLER) from error
    except REFUSALS as error:
        raise_interrupts(error)
        if is_late.is_set():
            raise too_late(query, timeout) from error
        reason = error_message(error)[0]
        raise QueryError(query, reason, _TABLES if _NO_TABLE in reason else "") from error
    names = tuple(column[0] for column in connection.description or ())
    return SQLResult(names, rows[:limit], limit is not None and len(rows) > limit)


@contextmanager
def _interrupted_after(
    seconds: float | None, connection: DuckDBPyConnection, is_late: threading.Event
) -> Iterator[None]:
    """Interrupt what a block runs on a connection after some seconds, until the block ends.

    An interrupt that comes a moment before the statement begins is lost, so there are several.
    """
    if seconds is None:
        yield
        return
    has_ended = threading.Event()

    def interrupt() -> None:
        if has_ended.wait(seconds):
            return
        is_late.set()
        with suppress(duckdb.Error):  # the connection is closed
            connection.interrupt()
            while not has_ended.wait(_AGAIN):
                connection.interrupt()

    thread = threading.Thread(target=interrupt, daemon=True)
    try:
        thread.start()
        yield
    finally:
        has_ended.set()
        if thread.is_alive():
            thread.join()  # from here on, nothing that the connection runs is interrupted
