"""The answer to a query, as batches or as whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Selection
from xetrack.interfaces.powers import HasArrays
from xetrack_duckdb import reading
from xetrack_duckdb.files import working

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Query
    from xetrack.interfaces.powers import Whole
    from xetrack_duckdb.files import File
    from xetrack_duckdb.schema import Table


class Answer(Selection, HasArrays):
    """A selection that holds a connection until it is read, closed or forgotten."""

    def __init__(
        self,
        file: File,
        location: str,
        timeout: float,
        find: Callable[[DuckDBPyConnection], Table],
        query: Query,
    ) -> None:
        lent = file.borrow(location, timeout)

        def steps() -> Iterator[Any]:
            """Yield the table, then the batches, and let a fork come between two of them."""
            try:
                with working(lent, location, "Reading"):
                    table = find(lent.connection)
                yield table
                with working(lent, location, "Reading"):
                    batches = reading.batches(lent.connection, table, query)
                while True:
                    with working(lent, location, "Reading"):
                        batch = next(batches, None)
                    if batch is None:
                        return
                    yield batch
            finally:
                file.give_back(lent)

        lazy = steps()
        table = next(lazy)
        try:
            columns = tuple(one.public() for one in reading.wanted(table, query))
        except BaseException:
            lazy.close()  # type: ignore[attr-defined]
            raise
        super().__init__(columns, lazy)

        def whole() -> Sequence[Whole]:
            try:
                with working(lent, location, "Reading"):
                    return reading.arrays(lent.connection, table, query)
            finally:
                lazy.close()  # type: ignore[attr-defined]

        object.__setattr__(self, "_whole", whole)

    def arrays(self) -> Sequence[Whole]:
        """Return what the batches would give, column by column."""
        return self._whole()  # type: ignore[attr-defined, no-any-return]
