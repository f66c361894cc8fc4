"""Tables in memory, built up change by change, for `xetrack.interfaces.memory_engine`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.interfaces.columns import OWN_COLUMNS
from xetrack.interfaces.engine import Column
from xetrack.interfaces.query import matches_all
from xetrack.model.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value

Change: TypeAlias = "list[Any]"
"""One change of one table: what happens, the name of the table, and what `Tables` takes for it.

All in it are plain values, so ``TO_TEXT[Kind.JSON]`` of `xetrack.model.kinds` makes a text of it,
and ``FROM_TEXT[Kind.JSON]`` the change again.
"""


@dataclass
class Table:
    """One table."""

    columns: dict[str, Column] = field(
        default_factory=lambda: {column.name: column for column in OWN_COLUMNS}
    )
    """By name, in the order they were added."""
    rows: dict[int, dict[str, Value]] = field(default_factory=dict)
    """Cells by column, of each row by a number that counts rows; a missing cell is not there. A
    row is replaced and never changed, because an answer may hold it."""
    logged: int = 0
    """Rows that were ever stored."""

    def copy(self) -> Table:
        """Return a copy that later changes leave alone."""
        return replace(self, columns={**self.columns}, rows={**self.rows})

    def numbers(self, where: Sequence[Condition]) -> list[int]:
        """Return the numbers of the rows that match all conditions."""
        return [number for number, row in self.rows.items() if matches_all(row, where)]


class Tables(dict[str, Table]):
    """Tables by name, in the order they were made."""

    def apply(self, change: Change) -> None:
        """Make one change; whoever makes the same ones in the same order has the same tables."""
        what, table, *rest = change
        getattr(self, f"_{what}")(table, *rest)

    def _columns(self, name: str, columns: list[tuple[str, str, list[str]]]) -> None:
        """Columns were added or widened, or a table was made; these are all kinds they have."""
        table = self.setdefault(name, Table())
        for column, key, kinds in columns:
            table.columns[column] = Column(column, key, frozenset(map(Kind, kinds)))

    def _rows(self, name: str, columns: list[str], rows: list[list[Value]]) -> None:
        """Rows were stored."""
        table = self[name]
        for number, row in enumerate(rows, table.logged):
            table.rows[number] = {
                column: cell for column, cell in zip(columns, row, strict=True) if cell is not None
            }
        table.logged += len(rows)

    def _set(self, name: str, numbers: list[int], values: dict[str, Value]) -> None:
        """Cells of some rows were set."""
        rows = self[name].rows
        for number in numbers:
            row = {**rows[number], **values}
            rows[number] = {column: cell for column, cell in row.items() if cell is not None}

    def _delete(self, name: str, numbers: list[int]) -> None:
        """Rows were deleted."""
        rows = self[name].rows
        for number in numbers:
            del rows[number]

    def _drop(self, name: str) -> None:
        """A table was dropped."""
        del self[name]
