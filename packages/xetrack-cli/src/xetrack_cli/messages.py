"""What `xt` says on stderr, and the errors that only a command line can have."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from typing import TextIO

from xetrack.errors import XetrackError
from xetrack_cli.render.cells import escaped

_RED, _YELLOW, _DIM = "31", "33", "2"


class UsageError(XetrackError, ValueError):
    """The command line is wrong; the exit code is 2."""


class NothingMeasuredError(XetrackError, RuntimeError):
    """No call of the demo succeeded."""

    def __init__(self, folder: str, database: str) -> None:
        super().__init__(
            f"No file of {folder!r} could be compressed. "
            f"See why with: xt head {shlex.quote(database)} --columns file,error"
        )
        self.folder = folder
        self.database = database


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with a sentence on what was kept."""


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a person is looking; a closed stream is None."""
    return stream is not None and stream.isatty()


def error(text: str) -> None:
    """Say what failed."""
    _say("Error: ", text, _RED)


def warning(text: str) -> None:
    """Say what was done in another way than asked."""
    _say("Warning: ", text, _YELLOW)


def note(text: str) -> None:
    """Say what is good to know."""
    _say("", text, _DIM)


def _say(label: str, text: str, color: str) -> None:
    if sys.stderr is None:  # closed by the shell: `xt ... 2>&-`
        return
    shown = escaped(text, keep="\n")
    if is_terminal(sys.stderr) and not os.environ.get("NO_COLOR"):
        # A label stands for the colour of its text.
        label, shown = _colored(label, color), shown if label else _colored(shown, color)
    with suppress(OSError):  # nobody is there to hear it
        sys.stderr.write(f"{label}{shown}\n")


def _colored(text: str, color: str) -> str:
    plain = not text or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{color}m{text}\x1b[0m"
