"""The tokens of an SQL text, so that it can be changed outside literals and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<space>\s+ | --[^\n]* | /\*.*?(?:\*/|$))
  | (?P<quoted>"[^"]*"(?:"[^"]*")*)
  | (?P<literal>[eE]?'[^']*'(?:'[^']*')* | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
  | (?P<word>[^\W\d]\w*)
  | (?P<other>[$:@]\w+ | \d\w* | .)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(sql: str) -> Iterator[tuple[str, str]]:
    """Yield ``(group, text)`` pairs that join to the given text.

    The groups are ``space`` (with comments), ``quoted`` (an identifier), ``literal``, ``word`` and
    ``other``.

    Parameters
    ----------
    sql
        A text of SQL.
    """
    for match in _TOKEN.finditer(sql):
        group = match.lastgroup or "other"
        yield "literal" if group == "tag" else group, match.group()


def quote_default(sql: str) -> str:
    """Quote the word ``default``, as statements that read have no other use for it.

    Parameters
    ----------
    sql
        One statement that reads.

    Returns
    -------
    str
        The statement with ``"default"`` wherever the word stands by itself.
    """
    return "".join(
        '"default"' if group == "word" and text.lower() == "default" else text
        for group, text in tokens(sql)
    )
