"""A table and its columns as they are kept in a SQLite file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xetrack.interfaces.engine import Column

if TYPE_CHECKING:
    import sqlite3

    from xetrack.model.kinds import Kind


STORED = "type = 'table' AND rootpage > 0 AND typeof(sql) = 'text' AND sql LIKE 'CREATE TABLE %'"
"""SQL that is true for an entry of a table with pages of its own; a virtual one computes rows."""


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Return True if the file has a table of this name, which stores its rows.

    Parameters
    ----------
    connection
        Open on the database.
    name
        Name of the table.
    """
    query = f"SELECT 1 FROM sqlite_schema WHERE {STORED} AND name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """One column, with what decides how its cells are kept."""

    name: str
    key: str | None
    kinds: tuple[Kind, ...]
    declared: str
    in_overflow: bool = False
    """Whether its cells lie in the column of JSON, see `overflow`."""

    def public(self) -> Column:
        """Return the description that the interface knows."""
        return Column(self.name, self.key, frozenset(self.kinds if self.key is not None else ()))


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table as it was at one moment."""

    name: str
    columns: tuple[StoredColumn, ...]
    absent: tuple[StoredColumn, ...] = ()
    """Columns that the table had before it was dropped and made anew. They keep their names and
    kinds, because an insert that another process prepared before then may still come."""
    row_id: str = "_rowid_"
    """The name under which SQLite's row number is not hidden by a column."""
    by_name: dict[str, StoredColumn] = field(init=False, repr=False, compare=False)
    by_key: dict[str, StoredColumn] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {column.key: column for column in self.columns if column.key is not None}
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        object.__setattr__(self, "by_key", by_key)
