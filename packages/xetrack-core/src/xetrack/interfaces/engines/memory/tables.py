"""Tables in memory, built from a log of changes, for `xetrack.interfaces.engines.memory.engine`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.interfaces.engine import Column
from xetrack.interfaces.engines.columns import OWN_COLUMNS
from xetrack.interfaces.query import matches_all
from xetrack.model.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.interfaces.query import Condition
    from xetrack.model.kinds import Value

Change: TypeAlias = "list[Any]"
"""One change of one table: an operation, the name of the table, and the operation's arguments.

All elements are plain values, so ``TO_TEXT[Kind.JSON]`` of `xetrack.model.kinds` serialises a
change, and ``FROM_TEXT[Kind.JSON]`` reads it back.
"""

_PROCESS = os.urandom(8).hex()
"""What tells the tokens of this process from those of another."""

_changes = count()
"""Numbers for changes, of which no two are equal: one that is undone leaves no token behind."""


@dataclass
class Table:
    """One table: its columns and its rows."""

    columns: dict[str, Column] = field(
        default_factory=lambda: {column.name: column for column in OWN_COLUMNS}
    )
    """Columns by name, in the order they were added."""
    rows: dict[int, dict[str, Value]] = field(default_factory=dict)
    """Cells by column for each row, by row number; missing cells are left out. A row is replaced
    and never changed in place, because an answer may still refer to it."""
    logged: int = 0
    """Number of rows that were ever stored."""

    def copy(self) -> Table:
        """Return a copy that is independent of later changes."""
        return replace(self, columns={**self.columns}, rows={**self.rows})

    def numbers(self, where: Sequence[Condition]) -> list[int]:
        """Return the numbers of the rows that match all conditions.

        Parameters
        ----------
        where
            Conditions on the columns; without any, all rows match.
        """
        return [number for number, row in self.rows.items() if matches_all(row, where)]


class Tables(dict[str, Table]):
    """Tables by name, in the order they were made, and the facts of the database.

    Parameters
    ----------
    other
        Tables to copy, with their facts.
    """

    def __init__(self, other: Mapping[str, Table] | None = None) -> None:
        super().__init__(other or {})
        self.facts: dict[str, str] = {**other.facts} if isinstance(other, Tables) else {}
        self.latest: dict[str, int] = {**other.latest} if isinstance(other, Tables) else {}
        """The number of the latest change of each table."""

    def apply(self, change: Change) -> None:
        """Apply one change. The same changes in the same order give the same tables.

        Parameters
        ----------
        change
            The change; see `Change`.
        """
        what, table, *rest = change
        getattr(self, f"_{what}")(table, *rest)
        if what != "fact":
            self.latest[table] = next(_changes)

    def change_token(self, table: str) -> str:
        """Return a text that differs once a change of the table was applied.

        Parameters
        ----------
        table
            Name of the table, which need not exist.
        """
        return f"{_PROCESS}:{self.latest.get(table, '')}"

    def _columns(self, name: str, columns: list[tuple[str, str, list[str]]]) -> None:
        """Add or widen columns to these kinds, and make the table if it is missing."""
        table = self.setdefault(name, Table())
        for column, key, kinds in columns:
            table.columns[column] = Column(column, key, frozenset(map(Kind, kinds)))

    def _rows(self, name: str, columns: list[str], rows: list[list[Value]]) -> None:
        """Store rows."""
        table = self[name]
        for number, row in enumerate(rows, table.logged):
            table.rows[number] = {
                column: cell for column, cell in zip(columns, row, strict=True) if cell is not None
            }
        table.logged += len(rows)

    def _set(self, name: str, numbers: list[int], values: dict[str, Value]) -> None:
        """Set cells of some rows."""
        rows = self[name].rows
        for number in numbers:
            row = {**rows[number], **values}
            rows[number] = {column: cell for column, cell in row.items() if cell is not None}

    def _delete(self, name: str, numbers: list[int]) -> None:
        """Delete rows."""
        rows = self[name].rows
        for number in numbers:
            del rows[number]

    def _drop(self, name: str) -> None:
        """Drop a table."""
        del self[name]

    def _fact(self, name: str, value: str) -> None:
        """Store a fact, whose name stands where other changes name their table."""
        self.facts[name] = value
