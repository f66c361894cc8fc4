"""The way in and out of `xt`: from the words of a shell to an exit code.

0: done. 1: what was asked for failed. 2: the command line was wrong. 130: stopped by Ctrl-C.
Results go to stdout, messages to stderr; a traceback only with ``--debug``.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, TextIO

from xetrack.errors import XetrackError, XetrackWarning
from xetrack_cli import messages, results

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, FAILED, INTERRUPTED = 0, 1, 130
END_OF_OPTIONS = "--"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return the exit code.

    Parameters
    ----------
    argv
        The words after ``xt``; those of this process, which ends with it, by default.

    Returns
    -------
    int
        The exit code.
    """
    if argv is not None:
        return _main(argv, ends=False)
    # A fifth of a short command is looking for garbage, where importing and ending make none.
    gc.set_threshold(50_000)
    code = _main(sys.argv[1:], ends=True)
    # Else all that was imported is looked at once more at the end: 23 of 170 ms of `xt head`.
    if sys.modules.keys().isdisjoint(_COUNTING):
        gc.freeze()
    return code


_COUNTING = {"_duckdb", "nanobind"}
"""Modules that look at the end for what nobody has collected, and complain of it on stderr."""


def _main(argv: Sequence[str], *, ends: bool) -> int:
    words, debug = _take_global_options(list(argv))
    # A path or text that the terminal's encoding lacks is shown escaped, not a failure.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    warnings.showwarning = _show_warning
    try:
        with results.reserve_stdout(for_good=ends):
            code = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read from us has enough
        code = DONE
    except KeyboardInterrupt as stop:
        messages.note(str(stop) or "Interrupted.")
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - nobody but a programmer wants a traceback
        if debug:
            messages.verbatim("".join(traceback.format_exception(error)))
        code = _explain(error, debug=debug)
    for stream in (sys.stdout, sys.__stdout__, sys.stderr):
        _settle(stream)
    return code


def _settle(stream: TextIO | None) -> None:
    """Write out what is left; what cannot be written is not tried again at the very end."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run(words: list[str]) -> int:
    # Late, so that Ctrl-C while it loads is a Ctrl-C like any other.
    from xetrack_cli.commandline.front import run  # noqa: PLC0415

    return run(words)


def _take_global_options(words: list[str]) -> tuple[list[str], bool]:
    """Take out what holds for every command, wherever it stands."""
    end = words.index(END_OF_OPTIONS) if END_OF_OPTIONS in words else len(words)
    options, rest = words[:end], words[end:]
    if "--no-color" in options:
        os.environ["NO_COLOR"] = "1"
    others = [word for word in options if word not in {"--debug", "--no-color"}]
    return [*others, *rest], "--debug" in options


def _explain(error: Exception, *, debug: bool) -> int:
    if isinstance(error, XetrackError):
        messages.error(str(error))
        return error.exit_code
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "" if debug else " Add --debug to see where."
    if isinstance(error, OSError):
        messages.error(f"The system refused: {reason}.{hint}")
    else:
        messages.error(f"This should not happen, please report it: {reason}.{hint}")
    return FAILED


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if issubclass(category, XetrackWarning):
        messages.warning(str(message))
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        messages.verbatim(text, file)


if __name__ == "__main__":
    sys.exit(main())
