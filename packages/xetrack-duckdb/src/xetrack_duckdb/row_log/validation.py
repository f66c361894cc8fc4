"""Validation of the columns of a batch, before arrays are made of them.

DuckDB takes the number of rows from one array and reads all of them so far, so a column that is
too short would be read beyond its end. The log may be another user's, and its bytes may be damaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from xetrack_duckdb.row_log.packed import PackedColumn

_SIZES = {"q": 8, "d": 8, "?": 1}
_TEXTS, _ONE_TEXT = "texts", "text"

_FREE = 2**18
"""Cells that one text may stand for: they have no bytes of their own."""

_FREE_BYTES = 2**26
"""Bytes that the texts of these cells have together, once each of them has its own."""

_FOR_EACH = 4
"""How many more of both there may be for each byte that the batch has."""


def has_enough_bytes(columns: Collection[PackedColumn], rows: int) -> bool:
    """Return True if a batch has bytes enough for so many rows; any that is small has.

    Parameters
    ----------
    columns
        All columns of the batch.
    rows
        How many rows it says it has.
    """
    single_texts = [len(column.cells) for column in columns if column.type == _ONE_TEXT]
    allowance = _FOR_EACH * sum(len(column.cells) for column in columns)
    has_cells = rows * max(len(single_texts), 1) <= _FREE + allowance
    return has_cells and rows * sum(single_texts) <= _FREE_BYTES + allowance


def check_columns(columns: dict[str, PackedColumn], rows: int) -> None:
    """Check the columns of a batch.

    Parameters
    ----------
    columns
        All columns of the batch by name.
    rows
        How many rows it says it has.

    Raises
    ------
    ValueError
        They are not what was stored.
    """
    if rows < 1:
        raise ValueError(f"it says that it has {rows:,} rows")
    for name, column in columns.items():
        if type(column.cells) is not bytes or not _fits(column, rows):
            raise ValueError(f"its column {name!r:.100} has not {rows:,} cells")
        if column.missing is not None and not _are_truths(column.missing, rows):
            raise ValueError(f"what is missing of its column {name!r:.100} is unclear")
    if not has_enough_bytes(columns.values(), rows):
        raise ValueError(f"it says that it has {rows:,} rows")


def _fits(column: PackedColumn, rows: int) -> bool:
    if column.type in {_TEXTS, _ONE_TEXT}:
        return (column.type == _ONE_TEXT or column.cells.count(b"\0") == rows - 1) and _is_text(
            column.cells
        )
    if column.type == "?":
        return _are_truths(column.cells, rows)
    return len(column.cells) == rows * _SIZES.get(column.type, -1)


def _is_text(cells: bytes) -> bool:
    try:
        return cells.isascii() or bool(cells.decode())
    except UnicodeDecodeError:
        return False


def _are_truths(cells: object, rows: int) -> bool:
    """Return True if there is a byte of 0 or 1 for each row."""
    if type(cells) is not bytes or len(cells) != rows:
        return False
    return cells.count(b"\0") + cells.count(b"\1") == rows
