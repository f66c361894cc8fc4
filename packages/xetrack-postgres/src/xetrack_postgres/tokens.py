"""The words of an SQL text of PostgreSQL, so that names are changed outside literals only.

See https://www.postgresql.org/docs/current/sql-syntax-lexical.html for what is told apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xetrack.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | --[^\n]*\n?)
  | (?P<comment>/\*)
  | (?P<escaped>[uU]&"(?:[^"]|"")*")
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<literal>[eE]'(?:[^'\\]|\\.|'')*' | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'
      | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<other>%\(\w+\)[sbt] | \d[\w.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_EDGE = re.compile(r"/\*|\*/")


def tokens(sql: str) -> Iterator[tuple[str, str]]:
    """Yield ``(group, text)`` pairs that join to the given text.

    The groups are ``space`` (with comments), ``quoted`` (an identifier), ``literal``, ``word``,
    ``escaped`` (an identifier by code points) and ``other``.
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


def for_reading(sql: str, schema: str) -> str:
    """Let a statement that reads name the default table as people write it.

    The word ``default`` is quoted, as such statements have no other use for it, and ``db`` in
    ``db.table`` becomes the schema's name.
    """
    found = list(tokens(sql))
    for at, (group, text) in enumerate(found):
        if group != "word":
            continue
        if text.lower() == "default":
            found[at] = (group, '"default"')
        elif text.lower() == "db" and found[at + 1 : at + 2] == [("other", ".")]:
            found[at] = (group, quoted(schema))
    return "".join(text for _, text in found)


def called(sql: str) -> Iterator[str]:
    """Yield the names of what may be functions, in lower case, quoted or not.

    Names that are written by code points are not read; they are yielded as they are written.
    """
    found = [(group, text) for group, text in tokens(sql) if group != "space"]
    for at, (group, text) in enumerate(found):
        if group == "escaped":
            yield text.lower()
        elif group in {"word", "quoted"} and found[at + 1 : at + 2] == [("other", "(")]:
            name = text if group == "word" else text[1:-1].replace('""', '"')
            yield name.lower()
