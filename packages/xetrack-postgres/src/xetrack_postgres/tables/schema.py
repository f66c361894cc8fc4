"""The schema of a table: its columns, and how the cells of each are stored."""

from __future__ import annotations

from attrs import field, frozen

from xetrack.interfaces.engine import Column
from xetrack.model.kinds import Kind
from xetrack_postgres.tables.storage import FOREIGN


@frozen
class StoredColumn:
    """One column, and how its cells are stored."""

    name: str
    key: str | None
    kinds: frozenset[Kind]
    meaning: Kind | None
    """Decides the type; None while all cells are missing, and for what lies in `MORE`."""
    in_more: bool = False
    """Whether all its cells lie in the column of JSON, as there was no room for another."""
    strays: bool = False
    """Whether some of its cells may lie there."""
    cast: str = ""
    """What makes text of a type that we do not know."""

    @property
    def is_real(self) -> bool:
        """Whether the relation has a column for it."""
        return self.meaning is not None and not self.in_more

    def public(self) -> Column:
        """Return the description that the interface knows."""
        return Column(self.name, self.key, self.kinds)


@frozen
class TableSchema:
    """A table as it was at one moment."""

    name: str
    relation: str
    version: int
    columns: tuple[StoredColumn, ...]
    by_name: dict[str, StoredColumn] = field(init=False, repr=False)
    by_key: dict[str, StoredColumn] = field(init=False, repr=False)

    @by_name.default
    def _by_name(self) -> dict[str, StoredColumn]:
        return {column.name: column for column in self.columns}

    @by_key.default
    def _by_key(self) -> dict[str, StoredColumn]:
        return {column.key: column for column in self.columns if column.key is not None}


def describe_column(
    name: str, key: bytes, kinds: str, meaning: str | None, in_more: bool, strays: bool
) -> StoredColumn:
    """Return a column by its row in the catalog.

    Parameters
    ----------
    name
        The name of the column.
    key
        The key of its cells, in UTF-8 with surrogates.
    kinds
        All kinds that it holds, with commas between them.
    meaning
        See `StoredColumn.meaning`.
    in_more
        See `StoredColumn.in_more`.
    strays
        See `StoredColumn.strays`.
    """
    return StoredColumn(
        name,
        bytes(key).decode("utf-8", "surrogatepass"),
        frozenset(Kind(kind) for kind in kinds.split(",") if kind),
        None if meaning is None else Kind(meaning),
        in_more,
        strays,
    )


def describe_foreign_column(name: str, sql_type: str) -> StoredColumn:
    """Return a column that another program made.

    Parameters
    ----------
    name
        The name of the column.
    sql_type
        Its type in PostgreSQL.
    """
    if sql_type in FOREIGN:
        return StoredColumn(name, None, frozenset(), FOREIGN[sql_type])
    return StoredColumn(name, None, frozenset(), Kind.TEXT, cast="::text")
