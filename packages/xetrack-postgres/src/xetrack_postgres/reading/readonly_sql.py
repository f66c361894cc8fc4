"""SQL from a user, on a connection that can read this database and do nothing else.

The statement runs alone in a read-only transaction, which no SQL makes another one once it has
begun. It may call the functions of `allowed_functions` only, as others run a text as SQL, reach
files or other sessions; and a role with more rights than a reader's needs a database where nobody
else can have left code (see `reachable_objects`). A deadline is the server's ``statement_timeout``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors as pg

from xetrack.errors import QueryError
from xetrack.interfaces.engines.sql import SQLResult, plain_parameters
from xetrack.interfaces.engines.sql_names import name_columns, restore_names
from xetrack.model.names import quoted
from xetrack_postgres.connections.connection import open_connection
from xetrack_postgres.driver_errors import (
    StaleError,
    error_message,
    is_busy,
    is_gone,
    to_xetrack_error,
)
from xetrack_postgres.reading.reachable_objects import find_refusal, is_privileged
from xetrack_postgres.reading.tokens import (
    expand_names,
    has_clear_placeholders,
    is_single_statement,
    mentioned_names,
    tokens,
)
from xetrack_postgres.tables.storage import encode_parameter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack_postgres.connections.pool import ConnectionPool

_SELECTS = frozenset({"select", "with", "values", "table"})
_TELLS = frozenset({"explain", "show"})
"""Words with which a statement that reads begins; only those of the first can be cut short."""

_TO_LOCK = """
SELECT oid::regclass::text FROM pg_class WHERE relname = ANY(%s::text[])
    AND relkind IN ('r', 'p', 'v') AND oid >= 16384 AND has_schema_privilege(relnamespace, 'USAGE')
    AND has_table_privilege(oid, 'SELECT') ORDER BY relkind <> 'v', oid
"""
"""Locked before the statement's snapshot, with all that is below a view: a table that is rewritten
after that moment would have no row. Views come first, as for those who widen."""

_LESS = "Ask for less, or allow more seconds with timeout=..."
_TABLES = "See the tables with: xt tables DB"

_REFUSALS = (psycopg.Error, ValueError, TypeError, OverflowError, LookupError)
"""What the driver raises for a statement or parameters that it does not take."""


def run_query(
    engine: Engine,
    connections: ConnectionPool,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
    timeout: float | None,
) -> SQLResult:
    """Run one statement that reads; see `xetrack.interfaces.engines.sql.RunsSQL.sql`.

    Parameters
    ----------
    engine
        Knows the columns of its tables.
    connections
        The pool whose address and retries are used; the statement gets a connection of its own.
    query
        The statement.
    parameters
        Values for its ``%s`` or ``%(name)s``.
    limit
        How many rows to return at most.
    timeout
        Seconds after which the server ends the statement.

    Raises
    ------
    QueryError
        It is no such statement, the server refuses it, or it took too long.
    ServerAwayError
        The server could not be reached until the deadline.
    """
    if _first_word(query) not in _SELECTS | _TELLS or not is_single_statement(query):
        raise _only_reading(query)
    if parameters and not has_clear_placeholders(query):
        reason = "a placeholder has a letter, a digit or a dollar sign beside it, or % stands alone"
        raise QueryError(query, reason, "Put spaces around %s and %(name)s, and write %% for %.")

    text, aliases = name_columns(query, [*tokens(query)], engine)

    def attempt() -> SQLResult:
        return _attempt_query(connections, query, text, parameters, limit, timeout)

    result = connections.retry(lambda: connections.retry_reads(attempt), "Reading")
    return replace(result, names=restore_names(result.names, aliases))


def _attempt_query(
    connections: ConnectionPool,
    query: str,
    text: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
    timeout: float | None,
) -> SQLResult:
    address = connections.address
    try:
        connection = _open_restricted(connections, timeout)
    except pg.QueryCanceled as error:
        raise _too_late(query, timeout) from error
    try:
        return _execute(connection, query, text, address.schema, parameters, limit)
    except QueryError:
        raise
    except _REFUSALS as error:
        if is_busy(error) or isinstance(error, StaleError):  # no fault of the statement
            raise
        if is_gone(error):
            raise to_xetrack_error(error, address, "Reading") from error
        if isinstance(error, pg.QueryCanceled) and timeout is not None:
            raise _too_late(query, timeout) from error
        if isinstance(error, pg.ReadOnlySqlTransaction | pg.InsufficientPrivilege):
            raise _only_reading(query) from error
        hint = _TABLES if isinstance(error, pg.UndefinedTable) else ""
        raise QueryError(query, error_message(error, address), hint) from error
    finally:
        connection.close()


def _open_restricted(connections: ConnectionPool, timeout: float | None) -> psycopg.Connection[Any]:
    settings = {
        "search_path": quoted(connections.address.schema),
        "default_transaction_read_only": "on",
        # As `tokens` reads literals.
        "standard_conforming_strings": "on",
        "lock_timeout": str(max(1, round(connections.settings.timeout * 1_000))),
        "statement_timeout": str(max(1, round((timeout or 0) * 1_000)) if timeout else 0),
    }
    connection = open_connection(connections.address, **settings)
    try:
        if is_privileged(connection):
            try:
                connection.execute("SET ROLE pg_read_all_data")
            except pg.QueryCanceled:  # the next statement may be quick enough, with all rights
                raise
            except psycopg.Error:
                pass
    except BaseException:
        connection.close()
        raise
    return connection


def _too_late(query: str, timeout: float | None) -> QueryError:
    return QueryError(query, f"it took longer than {timeout:g} seconds", _LESS)


def _execute(
    connection: psycopg.Connection[Any],
    query: str,
    text: str,
    schema: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
) -> SQLResult:
    sql = expand_names(text, schema)
    try:
        refused = find_refusal(connection, sql, schema)
        if refused is not None:
            raise QueryError(query, *refused)
        connection.execute("BEGIN READ ONLY")
        _lock(connection, sql)
    except (pg.UndefinedTable, pg.InternalError_) as error:
        raise StaleError("a view was made anew") from error
    # Without parameters a per cent sign is one.
    values = plain_parameters(parameters, encode_parameter) or None
    if _first_word(sql) in _TELLS:
        # Prepared, as that takes one statement only.
        cursor = connection.execute(sql, values, prepare=True)
        return _cut_off(cursor, cursor.fetchall(), limit)
    with connection.cursor("xetrack_sql") as declared:
        declared.execute(sql.rstrip().rstrip(";"), values)
        rows = declared.fetchall() if limit is None else declared.fetchmany(limit + 1)
        return _cut_off(declared, rows, limit)


def _lock(connection: psycopg.Connection[Any], sql: str) -> None:
    """Keep the tables that a statement names from being rewritten, until the transaction ends."""
    locked = connection.execute(_TO_LOCK, ([*mentioned_names(sql)],)).fetchall()
    if locked:
        names = ", ".join(name for (name,) in locked)
        connection.execute(f"LOCK TABLE {names} IN ACCESS SHARE MODE")


def _cut_off(
    cursor: psycopg.Cursor[Any] | psycopg.ServerCursor[Any],
    rows: list[tuple[Any, ...]],
    limit: int | None,
) -> SQLResult:
    names = tuple(column.name for column in cursor.description or ())
    return SQLResult(names, rows[:limit], limit is not None and len(rows) > limit)


def _first_word(sql: str) -> str:
    words = (text.lower() for group, text in tokens(sql) if group != "space" and text != "(")
    return next(words, "")


def _only_reading(query: str) -> QueryError:
    return QueryError(query, "only reading is allowed here", "Begin it with SELECT or WITH.")
