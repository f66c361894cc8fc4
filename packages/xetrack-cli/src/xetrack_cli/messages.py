"""Messages on stderr, and the errors that only a command line can have."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from typing import TextIO

from xetrack.errors import XetrackError
from xetrack.errors.escapes import escaped
from xetrack.model.locations import shown_text

_NARROWEST = 40
"""Places that a message takes at least."""

_RED, _YELLOW, _DIM = "31", "33", "2"


class UsageError(XetrackError, ValueError):
    """The command line is wrong."""

    exit_code = 2


class NothingMeasuredError(XetrackError, RuntimeError):
    """No call of the demo succeeded."""

    def __init__(self, folder: str, database: str) -> None:
        super().__init__(
            f"No file of {folder!r} could be compressed. "
            f"See why with: xt head {shlex.quote(database)} --columns file,error"
        )
        self.folder = folder
        self.database = database


class NoValuesError(XetrackError, LookupError):
    """No row that was asked for has a value that can be compared or drawn."""

    def __init__(self, columns: str, table: str, wanted: str = "value to work with") -> None:
        super().__init__(
            f"None of the rows that were asked for has a {wanted} in {columns} of the table "
            f"{table!r}. See what its columns hold with: xt columns DB"
        )
        self.columns = columns
        self.table = table


class NothingSetError(XetrackError, LookupError):
    """No row is one of those that were to be changed."""

    def __init__(self, key: str, table: str) -> None:
        super().__init__(
            f"No row of the table {table!r} fits, so that {key!r} was set nowhere, and nothing was "
            "changed. See the values of a column with: xt ls DB COLUMN --unique"
        )
        self.key = key
        self.table = table


class MissingLibraryError(XetrackError, ImportError):
    """A library that no extra of xetrack brings is not installed."""

    def __init__(self, library: str, purpose: str) -> None:
        super().__init__(f"{library}, {purpose}, is not installed. Type: pip install {library}")
        self.library = library


class DeclinedError(XetrackError, RuntimeError):
    """The user was asked, and declined."""

    def __init__(self) -> None:
        super().__init__("Nothing was changed. To go on without being asked, add --yes.")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with a sentence on what was kept."""


def is_terminal(stream: TextIO | None) -> bool:
    """Return True if a person is looking; a closed stream is None.

    Parameters
    ----------
    stream
        An open stream, or None for one that was closed.
    """
    return stream is not None and stream.isatty()


def error(text: str) -> None:
    """Write an error message to stderr.

    Parameters
    ----------
    text
        What failed, and what to type next.
    """
    _write("Error: ", text, _RED)


def warning(text: str) -> None:
    """Write a warning to stderr.

    Parameters
    ----------
    text
        What was done in another way than asked.
    """
    _write("Warning: ", text, _YELLOW)


def note(text: str) -> None:
    """Write a note to stderr.

    Parameters
    ----------
    text
        One sentence.
    """
    _write("", text, _DIM)


def verbatim(text: str, out: TextIO | None = None) -> None:
    """Write lines of Python's own, which may hold texts of others, with control characters escaped.

    Parameters
    ----------
    text
        The lines.
    out
        Where to; stderr by default.
    """
    out = out or sys.stderr
    if out is not None:
        out.write(escaped(text, keep="\n\t"))


def confirm(question: str) -> None:
    """Ask on a terminal, and go on with a yes; where nobody can be asked, go on.

    Parameters
    ----------
    question
        What is about to be done.

    Raises
    ------
    DeclinedError
        The answer was anything else.
    """
    if not is_terminal(sys.stdin) or not is_terminal(sys.stderr):
        return
    sys.stderr.write(f"{escaped(question)} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise DeclinedError


def _write(label: str, text: str, color: str) -> None:
    if sys.stderr is None:  # closed by the shell: `xt ... 2>&-`
        return
    shown = escaped(shown_text(text), keep="\n")
    if is_terminal(sys.stderr):
        shown = wrapped(shown, len(label))
    if is_terminal(sys.stderr) and wants_color():
        # A label stands for the colour of its text.
        label, shown = _colored(label, color), shown if label else _colored(shown, color)
    with suppress(OSError):  # nobody reads it
        sys.stderr.write(f"{label}{shown}\n")


def progress(text: str) -> None:
    """Write a note of what takes seconds, for who waits at a terminal.

    Parameters
    ----------
    text
        What is going on.
    """
    if is_terminal(sys.stderr):
        note(text)


def wrapped(text: str, indent: int = 0) -> str:
    """Break lines that the terminal would break within a word; what a user laid out stays.

    Parameters
    ----------
    text
        One line or several.
    indent
        Places that are taken where it begins.
    """
    from shutil import get_terminal_size  # noqa: PLC0415 - it loads three compressors
    from textwrap import fill  # noqa: PLC0415

    width = max(get_terminal_size().columns - 1, _NARROWEST)
    label = "x" * indent
    lines = (
        line
        if len(line) + indent <= width or line.startswith(" ")
        else fill(f"{label}{line}", width, break_long_words=False, break_on_hyphens=False)[indent:]
        for line in text.split("\n")
    )
    return "\n".join(lines)


def wants_color() -> bool:
    """Return True unless colours are switched off by the environment."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _colored(text: str, color: str) -> str:
    return f"\x1b[{color}m{text}\x1b[0m" if text else text
