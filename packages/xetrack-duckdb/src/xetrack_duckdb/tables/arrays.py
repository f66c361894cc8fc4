"""Arrays of plain values, which DuckDB takes in at once, and the notes on their kinds."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from xetrack.model.kinds import Kind
from xetrack_duckdb.row_log.packed import ONE_TEXT, TEXTS, PackedColumn
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.column_types import encode_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import StoredColumn

_ARRAYS: Mapping[str, tuple[str, Value]] = {
    "BOOLEAN": ("bool", False),
    "BIGINT": ("int64", 0),
    "DOUBLE": ("float64", 0.0),
}
"""For the types that NumPy has: its name for it, and a value that stands for a missing cell."""

_AS_THEY_ARE = {*_ARRAYS, "BLOB", "DATE"}
"""Types in which every cell that is not noted is the plain value itself."""


def to_arrays(
    columns: Sequence[StoredColumn], cells: Sequence[Sequence[Value] | PackedColumn], rows: int
) -> tuple[list[Any], list[str | None] | None]:
    """Return an array for each column, and the notes on kinds of each row.

    Parameters
    ----------
    columns
        The columns of DuckDB's table.
    cells
        The cells of each, as plain values or as a column of a batch.
    rows
        How many cells each has.

    Returns
    -------
    tuple[list[Any], list[str | None] | None]
        The arrays, and a text of notes for each row; None where no row has any.
    """
    column_arrays: list[Any] = []
    notes_by_row: dict[int, list[tuple[str, str]]] = {}
    for column, column_cells in zip(columns, cells, strict=True):
        array, marks = _column_array(column, column_cells, rows)
        column_arrays.append(array)
        for at, note in marks:
            notes_by_row.setdefault(at, []).append((column.name, note))
    if not notes_by_row:
        return column_arrays, None
    texts: list[str | None] = list(repeat(None, rows))
    for at, notes in notes_by_row.items():
        texts[at] = cell_kinds.join_notes(notes)
    return column_arrays, texts


def _column_array(
    column: StoredColumn, cells: Sequence[Value] | PackedColumn, rows: int
) -> tuple[Any, list[tuple[int, str]]]:
    how = column.layout
    assert how is not None  # noqa: S101 - rows come under keys
    if isinstance(cells, PackedColumn):
        if any(cells.type == type_ and column.kinds <= kinds for type_, kinds in _PACKED):
            return _unpack_column(cells, rows)
        cells = cells.values(rows)
    if column.kinds == {Kind.TEXT}:
        return object_array(cells), []
    if how.type in _AS_THEY_ARE and column.kinds - {Kind.NAN} <= how.plainly:
        marks = []
        if Kind.NAN in column.kinds:
            marks = [(at, str(Kind.NAN)) for at, cell in enumerate(cells) if cell != cell]  # noqa: PLR0124
            cells = [None if cell != cell else cell for cell in cells]  # noqa: PLR0124
        return typed_array(how.type, cells), marks
    encoded = [encode_cell(cell, how) for cell in cells]
    marks = [(at, note) for at, (_, note) in enumerate(encoded) if note]
    return typed_array(how.type, [cell for cell, _ in encoded]), marks


_PACKED = (
    ("d", frozenset({Kind.FLOAT, Kind.INT, Kind.NAN})),
    ("q", frozenset({Kind.INT, Kind.BIGINT})),
    ("?", frozenset({Kind.BOOL})),
    (TEXTS, frozenset({Kind.TEXT})),
    (ONE_TEXT, frozenset({Kind.TEXT})),
)
"""Types in a batch that are those of a column with no other kinds than these."""


def _unpack_column(packed: PackedColumn, rows: int) -> tuple[Any, list[tuple[int, str]]]:
    """Return an array of a column of a batch, and its notes, without reading single cells."""
    array, mask = packed.array(rows), packed.mask()
    if array.dtype == object:
        return array if mask is None else np.where(mask, None, array), []
    marks: list[tuple[int, str]] = []
    if array.dtype == "float64":
        nans = np.isnan(array)
        if nans.any():
            marks = [(at, str(Kind.NAN)) for at in np.flatnonzero(nans).tolist()]
            mask = nans if mask is None else nans | mask
    return array if mask is None else np.ma.array(array, mask=mask), marks


def typed_array(declared: str, cells: Sequence[Value]) -> Any:
    """Return an array of cells for a type; of a HUGEINT, of their texts.

    Parameters
    ----------
    declared
        The type in DuckDB.
    cells
        The cells, which may be missing.

    Returns
    -------
    Any
        A NumPy array, masked where cells are missing; of objects where NumPy has no such type.
    """
    name, filling = _ARRAYS.get(declared, ("", None))
    if not name:
        if declared == "HUGEINT":
            cells = [None if cell is None else str(cell) for cell in cells]
        return object_array(cells)
    if None not in cells:
        return np.array(cells, dtype=name)
    mask = [cell is None for cell in cells]
    filled = [filling if cell is None else cell for cell in cells]
    return np.ma.array(np.array(filled, dtype=name), mask=mask)


def object_array(cells: Sequence[Value]) -> Any:
    """Return an array of objects; NumPy would look for a type that they share.

    Parameters
    ----------
    cells
        Plain values of any kinds.

    Returns
    -------
    Any
        A one-dimensional array of type ``object``.
    """
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array
