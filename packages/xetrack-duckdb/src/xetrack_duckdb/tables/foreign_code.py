"""Code in a database of others, which is refused before it would run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import NotADatabaseError
from xetrack.model.names import INTERNAL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CODE = f"""
SELECT 'the trigger', trigger_name FROM duckdb_triggers() WHERE database_name = 'db'
UNION ALL SELECT 'the view', view_name FROM duckdb_views()
    WHERE database_name = 'db' AND lower(view_name) LIKE '{INTERNAL}%'
LIMIT 1
"""
"""What would run code of the file's when rows are stored, or be read for a table of ours."""

_MACROS = f"""
SELECT 'the macro', any_value(function_name) FILTER (database_name = 'db') FROM duckdb_functions()
GROUP BY lower(function_name)
HAVING bool_or(database_name = 'db')
    AND (bool_or(database_name = 'system') OR lower(function_name) LIKE '{INTERNAL}%')
LIMIT 1
"""
"""What would run in the place of a function of DuckDB's, which it knows by any letter case. All are
listed but once, which takes 10 ms."""


def refuse_code(connection: DuckDBPyConnection, location: str) -> None:
    """Refuse a database that holds code which would run without being asked for.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    location
        The database as the user named it, for errors.

    Raises
    ------
    NotADatabaseError
        It has a trigger, or a view that is named like a table of ours.
    """
    _refuse(connection, location, _CODE)


def refuse_macros(connection: DuckDBPyConnection, location: str) -> None:
    """Refuse a database with a macro that is named like a function of DuckDB's, or like ours.

    It takes 10 ms, and is for connections on which such a macro would be meant.

    Parameters
    ----------
    connection
        On it the file is ``db``.
    location
        The database as the user named it, for errors.

    Raises
    ------
    NotADatabaseError
        It has one.
    """
    _refuse(connection, location, _MACROS)


def _refuse(connection: DuckDBPyConnection, location: str, query: str) -> None:
    row = connection.execute(query).fetchone()
    if row is not None:
        kind, name = row
        reason = f"{kind} {name!r} in it would run code of whoever made the file"
        hint = f"If you trust it, remove {kind} in a DuckDB shell, and open it again."
        raise NotADatabaseError(location, reason, hint)
