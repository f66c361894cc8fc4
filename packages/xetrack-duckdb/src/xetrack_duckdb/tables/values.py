"""Decoding: cells as DuckDB returns them become plain values again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.objects.bounded_repr import text_of
from xetrack_duckdb.tables import cell_kinds
from xetrack_duckdb.tables.column_types import decode_cell, decode_noted_cell, decoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.model.kinds import Value
    from xetrack_duckdb.tables.schema import StoredColumn


def decode_cells(
    columns: Sequence[StoredColumn],
    stored: Sequence[Sequence[Value]],
    noted: Sequence[str | None],
) -> list[Sequence[Value]]:
    """Return the plain values of rows.

    Parameters
    ----------
    columns, stored
        The columns, and the cells of each.
    noted
        The notes of each row.

    Returns
    -------
    list[Sequence[Value]]
        The plain values of each column.
    """
    decoded = [_decode_column(column, cells) for column, cells in zip(columns, stored, strict=True)]
    if not any(noted):
        return decoded
    positions: dict[str, list[int]] = {}
    for at, column in enumerate(columns):
        positions.setdefault(column.name, []).append(at)
    changed: dict[int, list[Value]] = {}
    for row, text in enumerate(noted):
        for name, note in cell_kinds.split_notes(text) if text else ():
            for at in positions.get(name, ()):
                how = columns[at].layout
                if how is not None:
                    if at not in changed:
                        changed[at] = list(decoded[at])
                    changed[at][row] = decode_noted_cell(stored[at][row], note, how)
    for at, cells in changed.items():
        decoded[at] = cells
    return decoded


def _decode_column(column: StoredColumn, cells: Sequence[Value]) -> Sequence[Value]:
    how = column.layout
    if how is None:
        return [_plain_or_text(cell) for cell in cells]
    if decoder(how) is None:
        return list(cells)
    return [decode_cell(cell, how) for cell in cells]


def _plain_or_text(cell: Value) -> Value:
    """Return a cell of a type that is none of ours as a plain value, or as text."""
    try:
        return plain(cell)
    except NotPlainError:
        return text_of(cell)
