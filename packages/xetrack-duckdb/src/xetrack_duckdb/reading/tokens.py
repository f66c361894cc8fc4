"""The tokens of an SQL text, so that it can be changed outside literals and nowhere else."""

from __future__ import annotations

import re

_DEFAULT = re.compile(
    r"""
    --[^\n]* | /\*.*?(?:\*/|$)
  | "(?:[^"]|"")*" | [eE]?'(?:[^']|'')*' | \$(\w*)\$.*?\$\1\$
  | [$:@]\w+ | [^\W\d]\w*
    """,
    re.VERBOSE | re.DOTALL,
)


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
    return _DEFAULT.sub(
        lambda match: '"default"' if match[0].lower() == "default" else match[0], sql
    )
