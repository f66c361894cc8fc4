"""The engine that stores nothing: rows only go to the sinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Inserter, Selection
from xetrack.interfaces.engines.memory.engine import MemoryEngine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.engine import Field
    from xetrack.interfaces.query import Condition, Query
    from xetrack.model.kinds import Value


class _Discard(Inserter):
    """Discards rows."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Discard the rows; see `Inserter.write`."""


class SkipEngine(MemoryEngine):
    """Knows the columns that were logged, as every engine, but stores no row."""

    def exists(self) -> bool:
        """Return True, as there is nothing that could be missing; see `Engine.exists`."""
        return True

    def inserter(self, table: str, fields: Sequence[Field]) -> Inserter:
        """Return an insert that discards its rows; see `Engine.inserter`."""
        return _Discard(self.add_columns(table, fields))

    def read(self, table: str, query: Query) -> Selection:
        """Return no rows, under the columns that were logged; see `Engine.read`."""
        names = query.columns
        columns = [
            column for column in self.columns(table) if names is None or column.name in names
        ]
        return Selection(tuple(columns), iter(()))

    def update(self, table: str, values: Mapping[str, Value], where: Sequence[Condition]) -> int:  # noqa: ARG002 - as the interface
        """Change no rows; see `Engine.update`."""
        return 0

    def delete(self, table: str, where: Sequence[Condition]) -> int:  # noqa: ARG002 - as the interface
        """Delete no rows; see `Engine.delete`."""
        return 0

    def count(self, table: str, where: Sequence[Condition] = ()) -> int:  # noqa: ARG002 - as the interface
        """Count no rows; see `Engine.count`."""
        return 0
