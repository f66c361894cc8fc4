"""Escaping of texts by strangers, so that they can be printed on a terminal."""

from __future__ import annotations


def shell_quoted(text: str) -> str:
    """Return a text as a shell takes it: a path may have spaces in it, a URL ``&``.

    Parameters
    ----------
    text
        One word of a command.
    """
    from shlex import quote  # noqa: PLC0415 - for texts of errors only

    return quote(text)


JOINERS = "\u200c\u200d"
"""Invisible, but Persian, Indic scripts and emoji are misspelt without them."""


def escaped(text: str, keep: str = "") -> str:
    r"""Return a text with its non-printable characters as Python escapes.

    Those are control characters and overrides of the direction of text, among others.

    Parameters
    ----------
    text
        The text.
    keep
        Non-printable characters to leave as they are.

    Examples
    --------
    >>> print(escaped("a\x1b[2J"))
    a\x1b[2J
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or char in JOINERS or char in keep
        else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )
