"""What others have cut or changed is begun anew, as nobody has seen any of it."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from xetrack.errors import InterruptedReadError, InterruptedWriteError
from xetrack.interfaces.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.interfaces.engine import Column, Engine, Selection
    from xetrack.interfaces.query import Condition

T = TypeVar("T")

_WRITES = 5
"""Attempts at a write: each sends all of it, and what is in it may be what cuts it."""
_PAUSES = (0.01, 0.04, 0.16, 0.64)
"""Seconds before the first repeats; the last before all later ones."""


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
    return _repeat(engine, read, InterruptedReadError, None)


def read_chosen(
    engine: Engine,
    table: str,
    choose: Callable[[Sequence[Column]], tuple[str, ...]],
    where: Sequence[Condition] = (),
) -> Selection | None:
    """Read those columns of a table that a function chooses, as they are at the moment of the rows.

    Others add and widen columns meanwhile: of a row that brought one along, its cell would lack.

    Parameters
    ----------
    engine, table
        The table.
    choose
        Returns the names of the columns to read, of all that there are.
    where
        Conditions on the rows.

    Returns
    -------
    Selection or None
        None where no column was chosen.
    """
    columns = engine.columns(table)
    while names := choose(columns):
        selection = engine.read(table, Query(columns=names, where=tuple(where)))
        known, columns = columns, engine.columns(table)
        if columns == known:
            return selection
        getattr(selection.batches, "close", int)()  # a stranger's iterator may have none
    return None


def write_whole(engine: Engine, write: Callable[[], T]) -> T:
    """Return what a write in one transaction gives; again where that was cut, and nothing stored.

    An engine cannot repeat a `Engine.transaction`, whose body is its caller's. It can be the part
    of another one, which is gone with it: then nothing is begun anew.

    Parameters
    ----------
    engine
        The engine that is written to; its timeout counts from the first cut. It waits for a server
        that is away, so a few attempts are enough for any restart.
    write
        Begins the transaction, and ends it.

    Returns
    -------
    object
        What `write` returned.

    Raises
    ------
    InterruptedWriteError
        It was cut a few times, until the deadline, or within another transaction.
    """
    return _repeat(engine, write, InterruptedWriteError, _WRITES)


def _repeat(engine: Engine, work: Callable[[], T], cut: type[Exception], attempts: int | None) -> T:
    deadline = None
    for attempt in count(1):
        try:
            return work()
        except cut:
            now = time.monotonic()
            deadline = deadline or now + engine.settings.timeout
            if now >= deadline or attempt == attempts or engine.is_writing():
                raise
        time.sleep(_PAUSES[min(attempt, len(_PAUSES)) - 1])
    raise AssertionError  # it counts for ever
