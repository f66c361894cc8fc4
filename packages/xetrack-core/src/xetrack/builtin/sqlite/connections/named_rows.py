"""Rows of the user's own statements: tuples whose cells are found by name, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


class NamedRow(tuple[Any, ...]):  # noqa: SLOT001 - its slots would be behind the cells
    """A row as the driver returns it, which is also asked by name: ``row["loss"]``.

    As with `sqlite3.Row`, the case of a name does not matter. Other than one, it is a tuple: it
    is equal to its cells, and shows them.
    """

    _names: Sequence[str]

    def keys(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._names)

    def __getitem__(self, item: Any) -> Any:
        if not isinstance(item, str):
            return super().__getitem__(item)
        names = self._names
        if item not in names:
            item, names = item.casefold(), [name.casefold() for name in names]
        if item not in names:
            raise IndexError(f"No column {item!r}. There are: {', '.join(self._names)}")
        return super().__getitem__(names.index(item))


def named_row(cursor: sqlite3.Cursor, cells: tuple[Any, ...]) -> NamedRow:
    """Make a row; for `sqlite3.Connection.row_factory`.

    Parameters
    ----------
    cursor
        What ran the statement.
    cells
        The cells of the row.

    Returns
    -------
    NamedRow
        The cells with their names.
    """
    row = NamedRow(cells)
    row._names = [column[0] for column in cursor.description]  # noqa: SLF001 - the row is new
    return row
