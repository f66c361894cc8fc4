"""The objects that a user's statement may reach: a statement is refused before it runs.

A function can be called by an operator, a cast, a view, a policy or a type as well as by its name,
and then with all rights of whoever logged in: a role that was set is set back by any function. So
a role that could do harm runs nothing where somebody else could have made such a thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack_postgres.reading.allowed_functions import FUNCTIONS
from xetrack_postgres.reading.tokens import called_names, mentioned_names

if TYPE_CHECKING:
    from psycopg import Connection

_CALLED = """
SELECT min(proname) FROM pg_proc WHERE proname = ANY(%s::text[])
    AND (pronamespace <> 'pg_catalog'::regnamespace OR proname <> ALL(%s::text[]))
"""

_IS_MIGHTY = """
SELECT EXISTS (
    SELECT FROM pg_roles WHERE rolname = session_user
        AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)
) OR EXISTS (
    SELECT FROM pg_roles WHERE rolname ~ '^pg_.*_server_'
        AND pg_has_role(session_user, oid, 'MEMBER')
)
"""
"""Not the current role, which a URL may set, and SQL may set back."""

_OTHERS = """
SELECT min(rolname) FROM pg_roles AS l
WHERE rolcanlogin AND rolname <> session_user AND NOT EXISTS (
    SELECT FROM pg_roles AS r WHERE rolsuper AND pg_has_role(l.oid, r.oid, 'MEMBER')
) AND EXISTS (
    SELECT FROM pg_roles AS r WHERE pg_has_role(l.oid, r.oid, 'MEMBER')
        AND (has_database_privilege(r.oid, current_database(), 'CREATE') OR EXISTS (
            SELECT FROM pg_namespace AS n WHERE nspname !~ '^(pg_|information_schema$)'
                AND has_schema_privilege(r.oid, n.oid, 'CREATE')
        ))
)
"""
"""Also who has the right as a member of a role only, which SET ROLE gives."""

_MADE = """
WITH RECURSIVE reached AS (
    SELECT oid, relnamespace, relname, relkind FROM pg_class WHERE relname = ANY(%(names)s::text[])
    UNION SELECT c.oid, c.relnamespace, c.relname, c.relkind FROM reached  -- partitions, children
        JOIN pg_inherits ON inhparent = reached.oid JOIN pg_class AS c ON c.oid = inhrelid
), planned AS (  -- what has expressions that are computed when a statement is planned
    SELECT 'pg_class'::regclass AS class, oid, oid AS of FROM reached WHERE relkind = 'p'
    UNION ALL SELECT 'pg_class'::regclass, indexrelid, indrelid FROM pg_index
    UNION ALL SELECT 'pg_constraint'::regclass, oid, conrelid FROM pg_constraint WHERE contype = 'c'
    UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxrelid FROM pg_statistic_ext
), made AS (
    SELECT oid, oprnamespace AS lies, 'the operator ' || oprname AS what FROM pg_operator
    UNION ALL SELECT oid, NULL, 'a cast to ' || format_type(casttarget, NULL) FROM pg_cast
    UNION ALL SELECT oid, typnamespace, 'the type ' || typname FROM pg_type
        WHERE typtype IN ('d', 'r', 'm') AND typname = ANY(%(names)s::text[])
    UNION ALL SELECT oid, NULL, 'the foreign table ' || relname FROM reached WHERE relkind = 'f'
    UNION ALL SELECT oid, NULL, 'the policy of ' || relname FROM reached
        WHERE EXISTS (SELECT FROM pg_policy WHERE polrelid = reached.oid)
    UNION ALL SELECT refobjid, NULL, 'an index, a constraint or statistics of ' || relname
        FROM reached JOIN planned ON planned.of = reached.oid
        JOIN pg_depend ON classid = planned.class AND objid = planned.oid
        LEFT JOIN pg_type AS t ON refclassid = 'pg_type'::regclass AND t.oid = refobjid
        WHERE refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass) OR typtype = 'd'
)
SELECT min(what) FROM made LEFT JOIN pg_namespace AS n ON n.oid = lies
WHERE made.oid >= 16384  -- below are the server's own
    AND (nspname IS NULL OR nspname = ANY(%(names)s::text[]))
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = made.oid AND deptype = 'e')
"""

_VIEWS = """
SELECT c.oid, pg_get_viewdef(c.oid) FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relkind = 'v' AND c.oid >= 16384 AND c.oid <> ALL(%(known)s::oid[])
    AND relname = ANY(%(names)s::text[]) AND nspname = ANY(%(names)s::text[])
"""

_CONNECT = (
    "Connect as a role that may only read: CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA {0} TO "
    "reader; GRANT SELECT ON ALL TABLES IN SCHEMA {0} TO reader"
)


def find_refusal(connection: Connection[Any], query: str, schema: str) -> tuple[str, str] | None:
    """Return why a statement must not run; None where it may.

    Parameters
    ----------
    connection
        On it the statement would run.
    query
        The statement.
    schema
        The schema of our tables.

    Returns
    -------
    tuple[str, str] | None
        The reason, and what to do about it.
    """
    names = [*called_names(query)]
    function = _fetch_value(connection, _CALLED, (names, [*FUNCTIONS]))
    if function is not None:
        hint = "Functions that compute are allowed; give another name to a column of this name."
        return f"the function {function} is not allowed here", hint
    if not _fetch_value(connection, _IS_MIGHTY):
        return None
    hint = _CONNECT.format(schema)
    role = _fetch_value(connection, _OTHERS)
    if role is not None:
        reason = "your role has rights that no code of others must get, such as a superuser's"
        return f"{reason}, and {role} may have made some here", hint
    names, texts = _with_views(connection, [schema, *mentioned_names(query)])
    calls = [name for text in texts for name in called_names(text)]
    function = _fetch_value(connection, _CALLED, (calls, [*FUNCTIONS]))
    what = function and f"the function {function} in a view"
    what = what or _fetch_value(connection, _MADE, {"names": names})
    if what is not None:
        return f"your role has too many rights for what may call functions: {what}", hint
    return None


def is_privileged(connection: Connection[Any]) -> bool:
    """Return True if a role can do harm outside the database, or takes the rights of others.

    Parameters
    ----------
    connection
        A connection of the role.
    """
    return bool(_fetch_value(connection, _IS_MIGHTY))


def _with_views(connection: Connection[Any], names: list[str]) -> tuple[list[str], list[str]]:
    """Return the names in a statement and in all views below it, and the texts of those."""
    texts: dict[int, str] = {}
    while views := connection.execute(_VIEWS, {"known": [*texts], "names": names}).fetchall():
        texts.update((oid, text or "") for oid, text in views)
        names = [*names, *(name for _, text in views for name in mentioned_names(text or ""))]
    return names, [*texts.values()]


def _fetch_value(connection: Connection[Any], sql: str, values: Any = None) -> Any:
    row = connection.execute(sql, values).fetchone()
    return None if row is None else row[0]
