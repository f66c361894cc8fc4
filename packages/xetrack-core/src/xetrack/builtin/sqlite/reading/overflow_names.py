"""Columns beyond those that SQLite has, in the statements of users (see `tables.overflow`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.builtin.sqlite.driver_errors import DamagedError
from xetrack.builtin.sqlite.tables import overflow
from xetrack.builtin.sqlite.tables.tokens import tokens
from xetrack.errors import QueryError
from xetrack.interfaces.engines.sql_names import mentioned_tables, unquoted
from xetrack.model.names import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_DOT = ("other", ".")
_NAMES = {"word", "quoted"}
_CELL = re.compile(rf"xetrack_cell\([^()]*{overflow.MORE}, '((?:[^']|'')*)'\)")


def with_cells(connection: sqlite3.Connection, database: str, query: str, text: str) -> str:
    """Return a statement that reads such columns as the cells that they are.

    Parameters
    ----------
    connection
        Open on the database; it knows the functions of `overflow`.
    database
        The name that the database has on the connection.
    query
        The statement of the user, for the error.
    text
        The statement, with columns for keys.

    Raises
    ------
    QueryError
        The statement gives the name of such a column to another one.
    """
    exists = f"SELECT 1 FROM {database}.sqlite_schema WHERE name = 'xetrack_overflow'"
    if connection.execute(exists).fetchone() is None:
        return text
    parts = [*tokens(text)]
    names = _names(connection, database, parts)
    if not names:
        return text
    result: list[tuple[str, str]] = []
    words = [(group, text) for group, text in parts if group != "space"]
    at = 0
    for group, word in parts:
        name = names.get(_folded(group, word)) if group in _NAMES else None
        if name is not None:
            if at and words[at - 1][1].lower() == "as":
                reason = f"{name!r} is a column among those in {overflow.MORE}"
                raise QueryError(query, reason, "Give what stands before AS another name.")
            if words[at + 1 : at + 2] not in ([_DOT], [("other", "(")]):
                result += _cell(result, name)
                at += 1
                continue
        result.append((group, word))
        at += group != "space"
    return "".join(word for _, word in result)


def name_of(name: str) -> str:
    """Return the name of such a column for that of an expression which reads it.

    Parameters
    ----------
    name
        The name of a column of an answer.
    """
    match = _CELL.fullmatch(name)
    return name if match is None else match[1].replace("''", "'")


def _cell(before: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    """Return an expression, with the names and dots that stand before the column taken away."""
    qualifier: list[tuple[str, str]] = []
    while before[-1:] == [_DOT] and len(before) > 1 and before[-2][0] in _NAMES:
        qualifier = [*before[-2:], *qualifier]
        del before[-2:]
    literal = "'" + name.replace("'", "''") + "'"
    end = [("word", overflow.MORE), ("other", ", "), ("literal", literal), ("other", ")")]
    return [("word", "xetrack_cell"), ("other", "("), *qualifier, *end]


def _folded(group: str, word: str) -> str:
    return fold(unquoted(word) if group == "quoted" else word)


def _names(
    connection: sqlite3.Connection, database: str, parts: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Return the names of such columns of the tables that a statement mentions, by folded name."""
    query = f'SELECT "table", "column" FROM {database}.xetrack_overflow ORDER BY position'
    columns = connection.execute(query).fetchall()
    if not all(isinstance(name, str) for row in columns for name in row):
        raise DamagedError("xetrack_overflow")
    tables = mentioned_tables(parts, {table for table, _ in columns})
    names = {fold(column): column for table, column in columns if table in tables}
    for table in tables:
        real = connection.execute("SELECT name FROM pragma_table_info(?, ?)", (table, database))
        for (name,) in real.fetchall():
            names.pop(fold(name), None)
    return names
