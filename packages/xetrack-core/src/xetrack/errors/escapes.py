"""Texts of others, as they may be shown: what could play with a terminal is written out."""

from __future__ import annotations

JOINERS = "\u200c\u200d"
"""Invisible, but Persian, Indic scripts and emoji are misspelt without them."""


def escaped(text: str, keep: str = "") -> str:
    """Write what does not print (control characters, overrides of direction) as in Python."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or char in JOINERS or char in keep
        else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )
