"""Rows on their way into tables in memory, and out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engine import Inserter
from xetrack.model.kinds import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.engine import Field
    from xetrack.interfaces.engines.memory.engine import MemoryEngine
    from xetrack.model.kinds import Value


class MemoryInserter(Inserter):
    """An inserter that stores rows as one change, after adding their columns."""

    def __init__(self, engine: MemoryEngine, table: str, fields: Sequence[Field]) -> None:
        self._engine, self._table, self._fields = engine, table, tuple(fields)
        self.columns = engine.add_columns(table, fields)

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Store the rows; see `Inserter.write`."""
        if rows:
            self.columns = self._engine.store(self._table, self._fields, rows)


def copied_cells(rows: Sequence[Mapping[str, Value]], names: Sequence[str]) -> list[list[Any]]:
    """Return the cells of rows, column by column; the caller may change them.

    Parameters
    ----------
    rows
        The rows.
    names
        The columns.
    """
    return [[_copied(row.get(name)) for row in rows] for name in names]


def _copied(cell: Value) -> Value:
    return plain(cell) if type(cell) in {list, dict} else cell
