"""Texts that a spreadsheet would run as a formula: they get a ``'`` in front, as text has there.

So in every CSV that xetrack writes, unless ``raw`` is asked for; numbers are never touched. A text
that has such marks already gets one more, so that reading takes away what writing put there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

BEGINNING = r"^'*[=+\-@\t\r\n＝＋－＠]"  # noqa: RUF001 - of full width, as Japanese has them
"""How a formula begins, as a pattern for Python and for any database with RE2."""

NUMBER = r"'*[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|inf|nan)"
"""What begins like a formula and is a harmless number."""

MARK = "'"
"""What makes a text of it."""

_BEGINNING, _NUMBER = re.compile(BEGINNING), re.compile(NUMBER)


def is_formula(text: str) -> bool:
    """Return True if a spreadsheet would run this text, or what it has behind marks.

    Parameters
    ----------
    text
        A cell of a CSV file, without quotes around it.
    """
    return _BEGINNING.match(text) is not None and not _NUMBER.fullmatch(text)


def guarded(text: str) -> str:
    """Return a text with a mark before it if it is a formula, or else as it is.

    Parameters
    ----------
    text
        A cell of a CSV file, without quotes around it.
    """
    return MARK + text if is_formula(text) else text


class Lines:
    """Takes lines of CSV that end in `END`, and ends them in a newline.

    Python's writer of CSV quotes a carriage return only where lines end in one, and to many readers
    what comes behind a bare one is a new line, in which nothing is marked.
    """

    END = "\r\n"

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, line: str) -> int:
        """Write one line.

        Parameters
        ----------
        line
            A line that ends with `END`, as a `csv.writer` makes it.
        """
        return self._out.write(line.removesuffix(self.END) + "\n")
