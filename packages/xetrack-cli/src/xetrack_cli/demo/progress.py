"""How far a long command is: a bar on a terminal, a line now and then in a pipe."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from xetrack.errors.escapes import escaped
from xetrack_cli import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERY = 3.0
"""Seconds between two lines."""


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """Show the progress of a command on stderr.

    Parameters
    ----------
    total
        How many steps there are.

    Yields
    ------
    callable
        To be called after each step, with what it was about in a few words.
    """
    if messages.is_terminal(sys.stderr):
        with _bar(total) as advance:
            yield advance
    else:
        yield _lines(total)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[str], None]]:
    columns = (
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True, expand=True)
    with bar:
        task = bar.add_task("", total=total)
        yield lambda about: bar.update(task, advance=1, description=escaped(about)[-30:])


def _lines(total: int) -> Callable[[str], None]:
    done = 0
    last = time.monotonic()

    def advance(_: str) -> None:
        nonlocal done, last
        done += 1
        now = time.monotonic()
        if now - last >= EVERY or done == total:
            messages.note(f"{done} of {total} calls")
            last = now

    return advance
