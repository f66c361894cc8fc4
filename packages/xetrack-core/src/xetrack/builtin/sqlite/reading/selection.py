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

    from xetrack.builtin.sqlite.connections.connection import SQLiteConnection
    from xetrack.builtin.sqlite.connections.pool import ConnectionPool
    from xetrack.builtin.sqlite.tables.stored_columns import TableSchema

_WHOLE = Query()


def iterate_on_connection(
    connections: ConnectionPool, begin: Callable[[sqlite3.Connection], Iterator[Any]]
) -> Iterator[Any]:
    """Yield what an iterator on a connection of its own yields; a fork may come between two steps.

    Parameters
    ----------
    connections
        Lend the connection, which is given back in the end.
    begin
        Returns the iterator for it.

    Yields
    ------
    object
        What that yields.
    """
    handle = connections.borrow()
    try:
        yield from _iterate_guarded(connections, handle, begin(handle))
    finally:
        connections.give_back(handle)


def _iterate_guarded(
    connections: ConnectionPool, handle: SQLiteConnection, steps: Iterator[Any]
) -> Iterator[Any]:
    while True:
        with connections.reading(handle):
            step = next(steps, None)
        if step is None:
            return
        yield step


class LazySelection(Selection, HasArrow):
    """A selection that holds a connection until it is read, closed or forgotten."""

    def __init__(
        self, connections: ConnectionPool, find: Callable[[Any], TableSchema], query: Query
    ) -> None:
        def begin(handle: Any) -> Iterator[Any]:
            table = find(handle)
            yield (
                handle,
                table,
                tuple(column.public() for column in select.selected_columns(table, query)),
            )
            yield from select.batches(handle, table, query)

        lazy: Any = iterate_on_connection(connections, begin)
        handle, table, columns = next(lazy)
        super().__init__(columns, lazy)

        def rest(names: tuple[str, ...]) -> Iterator[Any]:
            try:
                narrow = Query(columns=names)
                yield from _iterate_guarded(
                    connections, handle, select.batches(handle, table, narrow)
                )
            finally:
                lazy.close()

        def arrow() -> tuple[dict[str, Any], Selection] | None:
            if query != _WHOLE:
                return None
            from xetrack.builtin.sqlite.reading import snapshots  # noqa: PLC0415 - few make a frame

            using = partial(connections.reading, handle)
            arrays = snapshots.columns(handle, using, table)
            if arrays is None:
                return None
            others = tuple(column for column in columns if column.name not in arrays)
            if others:
                batches = rest(tuple(column.name for column in others))
            else:
                lazy.close()
                batches = iter(())
            return arrays, Selection(others, batches)

        object.__setattr__(self, "_arrow", arrow)

    _arrow: Callable[[], tuple[dict[str, Any], Selection] | None]

    def arrow(self) -> tuple[dict[str, Any], Selection] | None:
        """Return columns of one type as Arrow arrays, and all others as a selection."""
        return self._arrow()
