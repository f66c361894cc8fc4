"""Texts as cells of a table in Markdown, which mean nothing there but themselves.

As CommonMark 0.31 has it, and GitHub's tables: a cell ends at a bar that has no backslash before
it, and holds code, emphasis, links, HTML and entities. Only what would be one of these is escaped,
since people read the tables too.
"""

from __future__ import annotations

import re

_PUNCTUATION = r"!-/:-@\[-`{-~"
_BACKSLASHES = re.compile(rf"\\(?=[{_PUNCTUATION}])|(?<=\\)\\|\\(?= *$)")
_ALWAYS = re.compile(
    r"[`|]"
    r"|<(?=[A-Za-z/!?])"  # HTML, or a link
    r"|&(?=#?[A-Za-z0-9]+;)"  # an entity
    r"|(?<=\])[(\[:]"  # a link, or what it leads to
)
_PAIRED = re.compile(r"[*~]|_+")
_OUTSIDE = re.compile(r"^ +| +$")
"""Blanks that a parser takes for padding."""


def cell(text: str) -> str:
    """Escape a line of text for one cell of a table in Markdown.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    str
        Markdown that a parser turns into this text.
    """
    if text.isalnum():
        return text
    text = _BACKSLASHES.sub(r"\\\\", text)
    text = _ALWAYS.sub(r"\\\g<0>", text)
    text = _PAIRED.sub(_escaped, text)
    return _OUTSIDE.sub(lambda match: "&#32;" * len(match[0]), text)


def _escaped(match: re.Match[str]) -> str:
    """Escape what would be emphasis; within a word, ``_`` is none."""
    run, text = match[0], match.string
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if run[0] == "_" and before.isalnum() and after.isalnum():
        return run
    return "".join(f"\\{char}" for char in run)
