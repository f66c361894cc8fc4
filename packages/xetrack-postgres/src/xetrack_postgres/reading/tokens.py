"""The tokens of an SQL text of PostgreSQL, so that names are changed outside literals only.

See https://www.postgresql.org/docs/current/sql-syntax-lexical.html for the rules.
"""

from __future__ import annotations

import re
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from xetrack.model.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTER = r"A-Za-z_\x80-\U0010ffff"
"""Letters of identifiers: PostgreSQL takes all that is not ASCII for one."""

_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\n\r\f\v]+ | --[^\n\r]*)
  | (?P<comment>/\*)
  | (?P<escaped>[uU]&"[^"]*"(?:"[^"]*")*)
  | (?P<quoted>"[^"]*"(?:"[^"]*")*)
  | (?P<literal>[eE]'(?:[^'\\]|\\.|'')*' | (?:[bBxXnN]|[uU]&)?'[^']*'(?:'[^']*')*
      | \$(?P<tag>(?:[{_LETTER}][{_LETTER}0-9]*)?)\$.*?\$(?P=tag)\$)
  | (?P<word>[{_LETTER}][{_LETTER}0-9$]*)
  | (?P<other>%\(\w+\)[sbt] | [0-9][A-Za-z0-9_.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACEHOLDER = re.compile(rf"(?<![{_LETTER}0-9$])%(?:\([A-Za-z0-9_]+\))?[sbt](?![{_LETTER}0-9$])")
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_LONGEST = 63
"""Bytes of a name; PostgreSQL cuts off the rest."""
_EDGE = re.compile(r"/\*|\*/")


def tokens(sql: str) -> Iterator[tuple[str, str]]:
    """Yield ``(group, text)`` pairs that join to the given text.

    The groups are ``space`` (with comments), ``quoted`` (an identifier), ``literal``, ``word``,
    ``escaped`` (an identifier by code points) and ``other``.

    Parameters
    ----------
    sql
        A text of SQL.
    """
    at = 0
    while at < len(sql):
        match = _TOKEN.match(sql, at)
        assert match is not None  # noqa: S101 - the last group takes any character
        group, end = match.lastgroup or "other", match.end()
        if group == "tag":
            group = "literal"
        elif group == "comment":
            group, end = "space", _end_of_comment(sql, end)
        yield group, sql[at:end]
        at = end


def _end_of_comment(sql: str, at: int) -> int:
    depth = 1  # comments may lie in comments
    while depth:
        edge = _EDGE.search(sql, at)
        if edge is None:
            return len(sql)
        depth += 1 if edge.group() == "/*" else -1
        at = edge.end()
    return at


def expand_names(sql: str, schema: str) -> str:
    """Return a statement that reads with the names as PostgreSQL knows them.

    The word ``default`` is quoted, as such statements have no other use for it, and ``db`` in
    ``db.table`` becomes the schema's name.

    Parameters
    ----------
    sql
        The statement.
    schema
        The schema of our tables.
    """
    parts = list(tokens(sql))
    for at, (group, text) in enumerate(parts):
        if group != "word":
            continue
        if text.lower() == "default":
            parts[at] = (group, '"default"')
        elif text.lower() == "db" and parts[at + 1 : at + 2] == [("other", ".")]:
            parts[at] = (group, quoted(schema))
    return "".join(text for _, text in parts)


def called_names(sql: str) -> Iterator[str]:
    """Yield the names that may be functions: before a parenthesis, or after a point.

    ``(x).f`` and ``x.f`` call a function as ``f(x)`` does, where ``x`` has no such column.

    Parameters
    ----------
    sql
        One statement.
    """
    parts = [(group, text) for group, text in tokens(sql) if group != "space"]
    for at, (group, text) in enumerate(parts):
        around = parts[max(0, at - 1) : at] == [("other", ".")], parts[at + 1 : at + 2]
        if group in {"word", "quoted"} and (around[0] or around[1] == [("other", "(")]):
            yield _identifier(group, text)


def mentioned_names(sql: str) -> Iterator[str]:
    """Yield all names in a statement, whatever they name.

    Parameters
    ----------
    sql
        One statement.
    """
    return (_identifier(group, text) for group, text in tokens(sql) if group in {"word", "quoted"})


def _identifier(group: str, text: str) -> str:
    """Return a name as PostgreSQL knows it, which folds the letters of ASCII only."""
    name = text.translate(_LOWER) if group == "word" else text[1:-1].replace('""', '"')
    return name.encode("utf-8", "surrogatepass")[:_LONGEST].decode("utf-8", "ignore")


def is_single_statement(sql: str) -> bool:
    """Return True if a text is one statement that can be read here, with all its names.

    Names by code points are not, nor is a literal with backslashes that goes on in another line,
    or a dollar sign right after a number or by itself, as the server may see an end elsewhere.

    Parameters
    ----------
    sql
        What a user typed.
    """
    parts = [*tokens(sql.rstrip().rstrip(";"))]
    written = [(group, text) for group, text in parts if group != "space"]
    return not (
        any(group == "escaped" or (group, text) in _UNREADABLE for group, text in written)
        or any(
            group == after[0] == "literal" and text[0] in "eE"
            for (group, text), after in pairwise(written)
        )
        or any(
            group == "other" and text[0].isdigit() and after[1].startswith("$")
            for (group, text), after in pairwise(parts)
        )
    )


_UNREADABLE = {("other", ";"), ("other", "$")}


def has_clear_placeholders(sql: str) -> bool:
    """Return True if each per cent sign is doubled, or a placeholder that stands by itself.

    The driver puts ``$1`` in the place of one, and so makes another name of a word beside it.

    Parameters
    ----------
    sql
        A statement with values.
    """
    single = sql.replace("%%", "  ")
    return single.count("%") == len(_PLACEHOLDER.findall(single))
