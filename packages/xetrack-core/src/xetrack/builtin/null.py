"""The engine that stores nothing: rows only go to the sinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Inserter, Selection
from xetrack.interfaces.memory_engine import MemoryEngine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.engine import Field
    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value


class _Discard(Inserter):
    """Takes rows and forgets them."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Forget the rows."""


class SkipEngine(MemoryEngine):
    """Knows the columns that were logged, as every engine, but keeps no row."""

    def exists(self) -> bool:
        """Return True: there is nothing to be found missing."""
        return True

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Prepare to forget."""
        return _Discard(self.add_columns(table, fields))

    def read(self, table: str, query: Query) -> Selection:
        """Return no rows, under the columns that were logged; none is asked for in vain."""
        names = query.columns
        columns = [one for one in self.columns(table) if names is None or one.name in names]
        return Selection(tuple(columns), iter(()))

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:  # noqa: ARG002 - as the interface
        """Touch no rows."""
        return 0

    def delete(self, table: str, where: Sequence[Condition]) -> int:  # noqa: ARG002 - as the interface
        """Delete no rows."""
        return 0

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:  # noqa: ARG002 - as the interface
        """Count no rows."""
        return 0
