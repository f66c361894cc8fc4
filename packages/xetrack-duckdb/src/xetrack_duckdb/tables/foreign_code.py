"""Code in a database of others, which is refused before it would run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import NotADatabaseError
from xetrack.model.names import DEFAULT_TABLE, EVENTS_VIEW, INTERNAL
from xetrack_duckdb.tables.cell_kinds import COLUMN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CODE = f"""
SELECT 'the trigger', trigger_name FROM duckdb_triggers() WHERE database_name = 'db'
UNION ALL SELECT 'the view', view_name FROM duckdb_views()
    WHERE database_name = 'db' AND lower(view_name) LIKE '{INTERNAL}%'
LIMIT 1
"""
"""What would run code of the file's when rows are stored, or be read for a table of ours."""

_OURS = rf'SELECT \*( EXCLUDE \("{COLUMN}"\))? FROM (db\.)?main\."{DEFAULT_TABLE}"'
"""What the view over the default table is, as DuckDB writes it."""

_MEANT = f"""
SELECT 'the macro', any_value(function_name) FILTER (database_name = 'db') FROM duckdb_functions()
GROUP BY lower(function_name)
HAVING bool_or(database_name = 'db')
    AND (bool_or(database_name = 'system') OR lower(function_name) LIKE '{INTERNAL}%')
UNION ALL SELECT kind, name FROM (
    SELECT 'the view' AS kind, view_name AS name, database_name, schema_name, sql
    FROM duckdb_views()
    UNION ALL SELECT 'the table', table_name, database_name, schema_name, '' FROM duckdb_tables()
) WHERE database_name = 'db' AND schema_name = 'main' AND (
    lower(name) IN (SELECT view_name FROM duckdb_views() WHERE database_name = 'system'
        AND schema_name != 'information_schema')
    OR kind = 'the view' AND lower(name) = '{DEFAULT_TABLE}'
    OR kind = 'the view' AND lower(name) = '{EVENTS_VIEW}'
        AND NOT regexp_full_match(sql, 'CREATE VIEW {EVENTS_VIEW} AS {_OURS};?')
)
LIMIT 1
"""
"""What would run in the place of a function, or be read in that of a view, of DuckDB's or ours. It
knows them by any letter case, and lists all its functions but once, which takes 10 ms."""


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
    _refuse(connection, location, _CODE, "would run code")


def refuse_macros(connection: DuckDBPyConnection, location: str) -> None:
    """Refuse a database where a name of DuckDB's, or one of ours, means something of the file's.

    That is a macro in the place of a function, a view or a table in that of a view of DuckDB's
    catalog, or a view in that of the default table or of `schema.make_view`. It takes 10 ms, and
    is for connections on which such a name would mean what is in the file.

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
    _refuse(connection, location, _MEANT, "has a name that xetrack or DuckDB uses, for code")


def _refuse(connection: DuckDBPyConnection, location: str, query: str, does: str) -> None:
    row = connection.execute(query).fetchone()
    if row is not None:
        kind, name = row
        reason = f"{kind} {name!r} in it {does} of whoever made the file"
        hint = f"If you trust it, remove {kind} in a DuckDB shell, and open it again."
        raise NotADatabaseError(location, reason, hint)
