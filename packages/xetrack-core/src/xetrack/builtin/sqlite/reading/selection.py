"""The answer to a query: batches, or whole columns of a large table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from xetrack.builtin.sqlite.reading import select
from xetrack.interfaces.capabilities import HasArrow
from xetrack.interfaces.engine import Selection
from xetrack.interfaces.query import Query

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from xetrack.builtin.sqlite.connections.connection import Handle
    from xetrack.builtin.sqlite.connections.pool import Connections
    from xetrack.builtin.sqlite.tables.stored_columns import TableSchema

_WHOLE = Query()


def lazily(
    connections: Connections, begin: Callable[[sqlite3.Connection], Iterator[Any]]
) -> Iterator[Any]:
    """Yield what steps on a connection of their own yield, and let a fork come between two."""
    handle = connections.borrow()
    try:
        yield from _stepping(connections, handle, begin(handle))
    finally:
        connections.give_back(handle)


def _stepping(connections: Connections, handle: Handle, steps: Iterator[Any]) -> Iterator[Any]:
    while True:
        with connections.reading(handle):
            step = next(steps, None)
        if step is None:
            return
        yield step


class Answer(Selection, HasArrow):
    """A selection that holds a connection until it is read, closed or forgotten."""

    def __init__(
        self, connections: Connections, find: Callable[[Any], TableSchema], query: Query
    ) -> None:
        def begin(handle: Any) -> Iterator[Any]:
            table = find(handle)
            yield handle, table, tuple(one.public() for one in select.wanted(table, query))
            yield from select.batches(handle, table, query)

        lazy: Any = lazily(connections, begin)
        handle, table, columns = next(lazy)
        super().__init__(columns, lazy)

        def rest(names: tuple[str, ...]) -> Iterator[Any]:
            try:
                narrow = Query(columns=names)
                yield from _stepping(connections, handle, select.batches(handle, table, narrow))
            finally:
                lazy.close()

        def arrow() -> tuple[dict[str, Any], Selection] | None:
            if query != _WHOLE:
                return None
            from xetrack.builtin.sqlite.reading import snapshots  # noqa: PLC0415 - few make a frame

            using = partial(connections.reading, handle)
            found = snapshots.columns(handle, using, table)
            if found is None:
                return None
            others = tuple(one for one in columns if one.name not in found)
            if others:
                batches = rest(tuple(one.name for one in others))
            else:
                lazy.close()
                batches = iter(())
            return found, Selection(others, batches)

        object.__setattr__(self, "_arrow", arrow)

    _arrow: Callable[[], tuple[dict[str, Any], Selection] | None]

    def arrow(self) -> tuple[dict[str, Any], Selection] | None:
        """Return columns of one type as Arrow arrays, and all others as a selection."""
        return self._arrow()
