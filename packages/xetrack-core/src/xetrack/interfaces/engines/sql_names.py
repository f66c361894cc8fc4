"""Keys as they were logged, in statements of SQL, where only columns have names.

For engines that run SQL: each reads its own dialect into tokens, of which this module looks at the
identifiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.errors import QueryError
from xetrack.model.names import DEFAULT_TABLE, EVENTS_VIEW, fold, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    from xetrack.interfaces.engine import Engine

    Token: TypeAlias = tuple[str, str]
    """What a token is, ``"quoted"`` for a quoted identifier, ``"word"`` for another, ``"space"``
    for what lies between; and its text."""

_CLOSING = {'"': '"', "`": "`", "[": "]"}


def unquoted(text: str) -> str:
    """Return the name that a quoted identifier stands for.

    Parameters
    ----------
    text
        The identifier with the marks around it, such as ``"a b"``; two marks within it are one.
    """
    closing = _CLOSING[text[0]]
    return text[1:-1].replace(closing * 2, closing)


def mentioned_tables(parts: Iterable[Token], tables: Iterable[str]) -> list[str]:
    """Return the tables whose names are identifiers of a statement.

    Parameters
    ----------
    parts
        The tokens of the statement.
    tables
        All tables of the database.
    """
    names = {
        fold(text if group == "word" else unquoted(text))
        for group, text in parts
        if group in {"word", "quoted"}
    }
    if EVENTS_VIEW in names:
        names.add(DEFAULT_TABLE)
    return [table for table in tables if fold(table) in names]


def name_columns(query: str, parts: Sequence[Token], engine: Engine) -> tuple[str, dict[str, str]]:
    """Replace quoted keys in a statement by the columns that hold them.

    A name that a column of the mentioned tables has, letter by letter, is that column.

    Parameters
    ----------
    query
        The statement, for the error.
    parts
        Its tokens, which join to it.
    engine
        Has the tables.

    Returns
    -------
    tuple
        The statement with columns for keys; and the keys that it gives to columns of its answer
        with ``AS``, by what they were replaced by. `restore_names` takes them.

    Raises
    ------
    QueryError
        Two of the tables hold a key in columns of different names.
    """
    names = {unquoted(text) for group, text in parts if group == "quoted"}
    tables = engine.tables() if names else []
    names.difference_update(tables)
    columns = [
        column
        for table in (mentioned_tables(parts, tables) if names else ())
        for column in engine.columns(table)
    ]
    by_key: dict[str, set[str]] = {}
    for column in columns:
        if column.key is not None and column.key in names:
            by_key.setdefault(column.key, set()).add(column.name)
    for name in {column.name for column in columns}:
        by_key.pop(name, None)
    for key, several in by_key.items():
        if len(several) > 1:
            reason = f"{key!r} is the column {' or '.join(sorted(several))}, by the table"
            raise QueryError(query, reason, "Type the names of the columns.")
    column_by_key = {key: column for key, (column,) in by_key.items()}
    return _replaced(parts, column_by_key) if column_by_key else (query, {})


def _replaced(parts: Sequence[Token], columns: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    texts: list[str] = []
    aliases: dict[str, str] = {}
    before = ""
    for group, text in parts:
        column = columns.get(unquoted(text)) if group == "quoted" else None
        if column is not None and before == "as":
            aliases[column] = unquoted(text)
        texts.append(text if column is None else quoted(column))
        if group != "space":
            before = text.lower()
    return "".join(texts), aliases


def restore_names(names: Iterable[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of an answer's columns as the statement gave them.

    Parameters
    ----------
    names
        Those that the database returned.
    aliases
        From `name_columns`.
    """
    return tuple(aliases.get(name, name) for name in names)
