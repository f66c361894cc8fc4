"""Which tables of a SQLite file are ordinary ones, so that to read them runs nothing of the file's.

A file comes from anybody. A view named like a table of ours, a virtual table or a generated column
would compute what its author wrote, for as long and in as much memory as that takes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_COMPUTES = re.compile(r"\b(?:AS|GENERATED)\b", re.IGNORECASE)
"""What a definition has in it that computes cells; a name of these words counts, too."""

_COMPUTES_WHEN_WRITTEN = re.compile(r"\b(?:CHECK|DEFAULT|COLLATE|REFERENCES)\b", re.IGNORECASE)

_QUERY = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema WHERE"


def is_ordinary(kind: str, root: int, sql: str) -> bool:
    """Return True if an entry of ``sqlite_schema`` is a table that stores all it has."""
    # A virtual table has no page of its own.
    return kind == "table" and bool(root) and not _COMPUTES.search(str(sql))


def ordinary_tables(connection: sqlite3.Connection) -> set[str]:
    """Name the ordinary tables of a database."""
    found = connection.execute(f"{_QUERY} type = 'table'")
    return {name for kind, name, _, root, sql in found if is_ordinary(kind, root, sql)}


def strange(connection: sqlite3.Connection, prefix: str) -> str:
    """Describe the first thing that poses as a table with such a name, or that belongs to one.

    Empty where there are ordinary tables only, without triggers or indexes of others.
    """
    # LIKE knows no cases, as SQLite's names do not.
    like = prefix.replace("_", "!_") + "%"
    query = f"{_QUERY} (name LIKE ? ESCAPE '!' OR tbl_name LIKE ? ESCAPE '!') AND sql IS NOT NULL"
    for kind, name, _, root, sql in connection.execute(query, (like, like)).fetchall():
        if not is_ordinary(kind, root, sql) or _COMPUTES_WHEN_WRITTEN.search(sql):
            computed = " that computes" if kind == "table" else ""
            return f"its {kind} {name!r}{computed} is none of xetrack's, though it is named so"
    return ""
