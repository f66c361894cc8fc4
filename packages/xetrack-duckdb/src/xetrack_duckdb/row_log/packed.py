"""A column of a batch, whose cells are one run of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

if TYPE_CHECKING:
    from xetrack.model.kinds import Value

TEXTS, ONE_TEXT = "texts", "text"


@frozen
class PackedColumn:
    """The cells of one column of a batch."""

    type: str
    cells: bytes
    missing: bytes | None

    def array(self, rows: int) -> Any:
        """Return the cells as an array; it has any value where they are missing.

        Parameters
        ----------
        rows
            How many cells the column has.

        Returns
        -------
        Any
            A NumPy array of that length.
        """
        if self.type == TEXTS:
            return np.array(self.cells.decode().split("\0"), dtype=object)
        if self.type == ONE_TEXT:
            return np.full(rows, self.cells.decode(), dtype=object)
        return np.frombuffer(self.cells, self.type)

    def mask(self) -> Any:
        """Return an array that is true where cells are missing, or None where none is."""
        return None if self.missing is None else np.frombuffer(self.missing, bool)

    def values(self, rows: int) -> list[Value]:
        """Return the cells as plain values.

        Parameters
        ----------
        rows
            How many cells the column has.
        """
        cells: list[Value] = self.array(rows).tolist()
        if self.missing is None:
            return cells
        return [None if gap else value for value, gap in zip(cells, self.missing, strict=True)]
