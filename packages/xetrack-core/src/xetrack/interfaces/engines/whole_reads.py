"""Reads that collect an answer before anybody sees it, which may begin anew where it was cut."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from xetrack.errors import InterruptedReadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack.interfaces.engine import Engine

T = TypeVar("T")


def read_whole(engine: Engine, read: Callable[[], T]) -> T:
    """Return what a read of a whole answer gives; again where that was cut.

    A fork in another thread or a server that restarts ends a `Selection` of which batches are out
    already, and another one is from a later moment. So no engine can go on with it; but whoever
    collects all batches first has handed on nothing yet.

    Parameters
    ----------
    engine
        The engine that is asked; its timeout counts from the first cut.
    read
        Asks for the answer, and reads it to its end.

    Returns
    -------
    object
        What `read` returned.

    Raises
    ------
    InterruptedReadError
        It was cut until the deadline.
    """
    deadline = None
    while True:
        try:
            return read()
        except InterruptedReadError:
            now = time.monotonic()
            deadline = deadline or now + engine.settings.timeout
            if now >= deadline:
                raise
