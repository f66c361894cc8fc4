"""Whether the columns of a batch are what it says, before arrays are made of them.

DuckDB takes the number of rows from one array and reads all of them so far, so a column that is
too short would be read beyond its end. The log may be another user's, and its bytes may be damaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from xetrack_duckdb.row_log.packed import Packed

_SIZES = {"q": 8, "d": 8, "?": 1}
_TEXTS, _ONE_TEXT = "texts", "text"

_FREE = 2**18
"""Cells that may be told by one text: they have no bytes of their own."""

_FOR_EACH = 4
"""How many more of them there may be for each byte of the other columns."""


def is_justified(columns: Collection[Packed], rows: int) -> bool:
    """Tell whether a batch has bytes enough for so many rows; any that is small has."""
    told = sum(one.type == _ONE_TEXT for one in columns)
    size = sum(len(one.cells) for one in columns)
    return rows * max(told, 1) <= _FREE + _FOR_EACH * size


def check(columns: dict[str, Packed], rows: int) -> None:
    """Check the columns of a batch.

    Raises
    ------
    ValueError
        They are not what was stored.
    """
    if rows < 1:
        raise ValueError(f"it says that it has {rows:,} rows")
    for name, one in columns.items():
        if type(one.cells) is not bytes or not _fits(one, rows):
            raise ValueError(f"its column {name!r:.100} has not {rows:,} cells")
        if one.missing is not None and not _are_truths(one.missing, rows):
            raise ValueError(f"what is missing of its column {name!r:.100} is unclear")
    if not is_justified(columns.values(), rows):
        raise ValueError(f"it says that it has {rows:,} rows")


def _fits(one: Packed, rows: int) -> bool:
    if one.type in {_TEXTS, _ONE_TEXT}:
        return (one.type == _ONE_TEXT or one.cells.count(b"\0") == rows - 1) and _is_text(one.cells)
    if one.type == "?":
        return _are_truths(one.cells, rows)
    return len(one.cells) == rows * _SIZES.get(one.type, -1)


def _is_text(cells: bytes) -> bool:
    try:
        return cells.isascii() or bool(cells.decode())
    except UnicodeDecodeError:
        return False


def _are_truths(cells: object, rows: int) -> bool:
    """Tell whether there is a byte of 0 or 1 for each row."""
    if type(cells) is not bytes or len(cells) != rows:
        return False
    return cells.count(b"\0") + cells.count(b"\1") == rows
