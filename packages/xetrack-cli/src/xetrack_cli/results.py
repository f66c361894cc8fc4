"""Stdout, which belongs to results: whatever else prints, a plugin above all, prints to stderr.

A line of a plugin before or behind our JSON would break the program that reads it, and before the
script of `xt completion` the shell would run it. Programs that a plugin starts, and libraries in C,
know no `sys.stdout`; so the file descriptor leads to stderr as well, unless a terminal shows both.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_STDOUT, _STDERR = 1, 2
"""File descriptors of a process."""

_reserved: list[TextIO | None] = []
"""Where results go, innermost last, while stdout is reserved."""


@contextmanager
def reserve_stdout(*, for_good: bool = False) -> Iterator[None]:
    """Send what is printed to stderr, and leave stdout to those who ask for `stdout`.

    Parameters
    ----------
    for_good
        The process ends after the block: what prints at its end, such as a function of `atexit` or
        a thread, prints to stderr as well.
    """
    stream = sys.stdout
    _hold_stderr()
    duplicate = _duplicate(stream)
    _reserved.append(duplicate or stream)
    sys.stdout = sys.stderr
    try:
        yield
        if duplicate:
            duplicate.flush()
        elif for_good and stream is not None:
            stream.flush()
    finally:
        _reserved.pop()
        if not for_good:
            sys.stdout = stream
        if duplicate:
            _close(duplicate, None if for_good else stream)


def stdout() -> TextIO | None:
    """Return the stream that results are written to; None if the shell closed it."""
    return _reserved[-1] if _reserved else sys.stdout


PATHS = frozenset({"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
"""Paths that mean stdout, and lead to stderr while it is reserved."""


def _hold_stderr() -> None:
    """Let what the shell closed lead nowhere, or the next file that is opened would be stderr."""
    if sys.stderr is not None:
        return
    with suppress(OSError):
        os.fstat(_STDERR)
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != _STDERR:
        os.dup2(nowhere, _STDERR)
        os.close(nowhere)


def _duplicate(stream: TextIO | None) -> TextIO | None:
    """Return a stream to where stdout leads, which leads to stderr from now on.

    Parameters
    ----------
    stream
        `sys.stdout`.

    Returns
    -------
    TextIO or None
        The stream; None where stdout is not that of the process, where one of both is closed,
        and in a terminal, whose size is asked of stdout.
    """
    try:
        if stream is None or stream.fileno() != _STDOUT or stream.isatty():
            return None
        stream.flush()
        number = os.dup(_STDOUT)
    except (OSError, ValueError):
        return None
    try:
        os.dup2(_STDERR, _STDOUT)
    except OSError:
        os.close(number)
        return None
    at_once = getattr(stream, "write_through", False)
    return io.TextIOWrapper(
        cast("io.BufferedWriter", open(number, "wb", 0 if at_once else -1)),  # noqa: PTH123
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=bool(stream.line_buffering),
        write_through=at_once,
    )


def _close(duplicate: TextIO, stream: TextIO | None) -> None:
    """Close the duplicate; what cannot be written is not tried again at the very end.

    Parameters
    ----------
    duplicate
        What `_duplicate` returned.
    stream
        `sys.stdout`, which leads to where it led from now on; None if the process ends.
    """
    if stream is not None:
        with suppress(OSError):  # what was printed past `sys.stdout`
            stream.flush()
    try:
        duplicate.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, duplicate.fileno())
        os.close(nowhere)
    if stream is not None:
        os.dup2(duplicate.fileno(), _STDOUT)
    duplicate.close()
