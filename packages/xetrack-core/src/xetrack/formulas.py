"""Texts that a spreadsheet would run as a formula: they get a ``'`` in front, as text has there."""

from __future__ import annotations

import re

BEGINNING = r"^[=+\-@\t\r\n]"
"""How a formula begins, as a pattern for Python and for any database with RE2."""

NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|nan)"
"""What begins like a formula and is a harmless number."""

MARK = "'"
"""What makes a text of it."""

_BEGINNING, _NUMBER = re.compile(BEGINNING), re.compile(NUMBER)


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run this text."""
    return _BEGINNING.match(text) is not None and not _NUMBER.fullmatch(text)


def guarded(text: str) -> str:
    """Return a text that is none."""
    return MARK + text if is_formula(text) else text


def unguarded(text: str) -> str:
    """Take the ``'`` away again that `guarded` puts before a formula."""
    return text[1:] if text[:1] == MARK and is_formula(text[1:]) else text
