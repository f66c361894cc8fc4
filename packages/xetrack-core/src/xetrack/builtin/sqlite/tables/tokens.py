"""The words of an SQL text, so that it can be changed outside literals and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.sql_names import unquoted
from xetrack.model.names import quoted

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | --[^\n]*\n? | /\*.*?(?:\*/|$))
  | (?P<quoted>"[^"]*"(?:"[^"]*")* | `[^`]*`(?:`[^`]*`)* | \[[^\]]*\])
  | (?P<literal>'[^']*'(?:'[^']*')*)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<other>[:@$]\w+ | \d[\w.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(sql: str) -> Iterator[tuple[str, str]]:
    """Yield ``(group, text)`` pairs that join to the given text.

    The groups are ``space`` (with comments), ``quoted`` (an identifier), ``literal``, ``word``
    and ``other`` (a number, a named parameter or one character).

    Parameters
    ----------
    sql
        A statement, which need not be correct.
    """
    for match in _TOKEN.finditer(sql):
        yield match.lastgroup or "other", match.group()


def for_reading(sql: str, database: str = "db", temporary: Container[str] = ()) -> str:
    """Return a statement in which the default table is named as SQLite needs it.

    The word ``default`` is quoted, as such statements have no other use for it, and ``db`` in
    ``db.table`` becomes the name that the database has on the connection. What stands in double
    quotes gets backticks: to SQLite a name in double quotes that is no column is a text.

    Parameters
    ----------
    sql
        The statement.
    database
        The name of the database.
    temporary
        What is not in the database but in ``temp``, in lower case.

    Returns
    -------
    str
        The statement to run.
    """
    words = list(tokens(sql))
    for at, (group, text) in enumerate(words):
        if group == "word" and text.lower() == "default":
            words[at] = (group, f"`{text}`")
        elif group == "quoted" and text[0] == '"':
            words[at] = (group, f"`{unquoted(text).replace('`', '``')}`")
        elif group == "word" and text.lower() == "db" and words[at + 1 : at + 2] == [_DOT]:
            name = words[at + 2][1].strip('"`[]').lower() if len(words) > at + 2 else ""
            words[at] = (group, "temp" if name in temporary else database)
    return "".join(text for _, text in words)


def with_double_quotes(name: str) -> str:
    """Return the name that SQLite gives to an expression without backticks of `for_reading`.

    Parameters
    ----------
    name
        The name of a column of an answer.
    """
    return "".join(
        quoted(unquoted(text)) if group == "quoted" and text[0] == "`" else text
        for group, text in tokens(name)
    )


_DOT = ("other", ".")
_CONSTRAINTS = frozenset(
    "constraint primary not unique check default collate references generated as null".split()
)


def with_declaration(create_sql: str, column: int, declared: str) -> str:
    """Return a ``CREATE TABLE`` text in which one column has another declared type.

    Parameters
    ----------
    create_sql
        The text that ``sqlite_schema`` has.
    column
        Position of the column's definition, from 0.
    declared
        The type, or an empty text for none. Constraints of the column stay.

    Returns
    -------
    str
        The changed text.
    """
    parts: list[str] = []
    depth = position = 0
    seen_name = skipping = False
    for group, text in tokens(create_sql):
        if text == "(" and group == "other":
            depth += 1
        elif text == ")" and group == "other":
            depth -= 1
        at_top = depth == 1 and text != "("
        ends = depth == 0 or (at_top and (text == "," or text.lower() in _CONSTRAINTS))
        if skipping and ends:
            skipping = False
            parts.append(" " if text not in {",", ")"} else "")
        if at_top and text == "," and group == "other":
            position += 1
        elif at_top and position == column and not seen_name and group != "space":
            seen_name = True
            parts.append(f"{text} {declared}" if declared else text)
            skipping = True
            continue
        if not skipping:
            parts.append(text)
    return "".join(parts)
