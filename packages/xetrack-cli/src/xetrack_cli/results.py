"""Stdout, which belongs to results: whatever else prints, a plugin above all, prints to stderr.

A line of a plugin before our JSON would break the program that reads it, and before the script of
`xt completion` the shell would run it.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_reserved: list[TextIO | None] = []
"""Stdout as it was, innermost last, while it is reserved."""


@contextmanager
def reserve_stdout() -> Iterator[None]:
    """Send what is printed to stderr, and leave stdout to those who ask for `stdout`."""
    stream = sys.stdout
    _reserved.append(stream)
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        _reserved.pop()
        sys.stdout = stream


def stdout() -> TextIO | None:
    """Return the stream that results are written to; None if the shell closed it."""
    return _reserved[-1] if _reserved else sys.stdout
