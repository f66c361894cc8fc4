"""SQL from a user, on a connection that can read this database and do nothing else.

The session is read-only, and a superuser's goes on as ``pg_read_all_data``, so that functions that
reach files or other sessions are refused by the server. What could take either back, and what runs
a text as SQL, is refused by name. A deadline is the server's ``statement_timeout``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors as pg

from xetrack.errors import QueryError
from xetrack.interfaces.engine import SQLResult
from xetrack.names import quoted
from xetrack_postgres.failures import is_busy, is_gone, said, translated
from xetrack_postgres.handles import connected
from xetrack_postgres.tokens import called, for_reading, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack_postgres.connections import Connections

_SELECTS = frozenset({"select", "with", "values", "table"})
_TELLS = frozenset({"explain", "show"})
"""Words with which a statement that reads begins; only those of the first can be cut short."""

_REFUSED = tuple(
    "set_config query_to_xml cursor_to_xml dblink lo_ pg_read_ pg_ls_ pg_stat_file pg_advisory "
    'pg_try_advisory pg_terminate_ pg_cancel_ pg_logical_ pg_notify u&"'.split()
)
"""How the names of functions begin that are refused. The last one writes names by code points."""

_LESS = "Ask for less, or allow more seconds with timeout=..."

_REFUSALS = (psycopg.Error, ValueError, TypeError, OverflowError, LookupError)
"""What the driver raises for a statement or parameters that it does not take."""


def run(
    connections: Connections,
    query: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
    timeout: float | None,
) -> SQLResult:
    """Run one statement, as `xetrack.interfaces.engine.RunsSQL.sql` says."""
    first = _first_word(query)
    if first not in _SELECTS | _TELLS or any(name.startswith(_REFUSED) for name in called(query)):
        raise _only_reading(query)
    address = connections.address
    connection = connections.patiently(lambda: _opened(connections, timeout), "Opening")
    try:
        return _answer(connection, for_reading(query, address.schema), parameters, limit)
    except _REFUSALS as error:
        if is_gone(error) or is_busy(error):  # no fault of the statement
            raise translated(error, address, "Reading") from error
        if isinstance(error, pg.QueryCanceled) and timeout is not None:
            reason = f"it took longer than {timeout:g} seconds"
            raise QueryError(query, reason, _LESS) from error
        if isinstance(error, pg.ReadOnlySqlTransaction | pg.InsufficientPrivilege):
            raise _only_reading(query) from error
        raise QueryError(query, said(error, address)) from error
    finally:
        connection.close()


def _opened(connections: Connections, timeout: float | None) -> psycopg.Connection[Any]:
    settings = {
        "search_path": quoted(connections.address.schema),
        "default_transaction_read_only": "on",
        "statement_timeout": str(max(1, round((timeout or 0) * 1_000)) if timeout else 0),
    }
    connection = connected(connections.address, **settings)
    sql = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    (is_superuser,) = connection.execute(sql).fetchone() or (False,)
    if is_superuser:
        connection.execute("SET ROLE pg_read_all_data")
    return connection


def _answer(
    connection: psycopg.Connection[Any],
    sql: str,
    parameters: Sequence[Any] | Mapping[str, Any],
    limit: int | None,
) -> SQLResult:
    values = parameters or None  # without parameters a per cent sign is one
    if _first_word(sql) in _TELLS:
        # Prepared, as that takes one statement only.
        cursor = connection.execute(sql, values, prepare=True)
        return _cut(cursor, cursor.fetchall(), limit)
    with connection.transaction(), connection.cursor("xetrack_sql") as declared:
        declared.execute(sql.rstrip().rstrip(";"), values)
        rows = declared.fetchall() if limit is None else declared.fetchmany(limit + 1)
        return _cut(declared, rows, limit)


def _cut(
    cursor: psycopg.Cursor[Any] | psycopg.ServerCursor[Any],
    rows: list[tuple[Any, ...]],
    limit: int | None,
) -> SQLResult:
    names = tuple(column.name for column in cursor.description or ())
    return SQLResult(names, rows[:limit], limit is not None and len(rows) > limit)


def _first_word(sql: str) -> str:
    told = (text.lower() for group, text in tokens(sql) if group != "space" and text != "(")
    return next(told, "")


def _only_reading(query: str) -> QueryError:
    return QueryError(query, "only reading is allowed here", "Begin it with SELECT or WITH.")
