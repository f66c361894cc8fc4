"""A column kept batch by batch in the arrays of a library, so that it never stands as objects."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

from xetrack.frames.dtypes import UNIFORM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.model.kinds import Value


class Pieces:
    """Arrays of the cells of one column, as long as all of them are of its type.

    Parameters
    ----------
    column
        The column; its kinds decide the type.
    make
        Makes an array of cells of a type, some of them missing; raises where it cannot.
    to_list
        Turns an array into cells again.
    """

    def __init__(
        self,
        column: Column,
        make: Callable[[type, Sequence[Value]], Any],
        to_list: Callable[[Any], list[Value]],
    ) -> None:
        self.type = UNIFORM.get(column.kinds)
        """The type of all cells; None where they are of several, or of one without a dtype."""
        self.arrays: list[Any] = []
        """The cells, while they have a type."""
        self.cells: list[Value] = []
        """The cells, when they have none."""
        self._make = make
        self._to_list = to_list

    def add(self, cells: Sequence[Value]) -> None:
        """Take the cells of one batch."""
        if self.type is not None:
            if set(map(type, cells)) <= {self.type, type(None)}:
                with suppress(Exception):  # what an array refuses stays as it is
                    self.arrays.append(self._make(self.type, cells))
                    return
            # Another program wrote something else.
            self.cells = list(chain.from_iterable(map(self._to_list, self.arrays)))
            self.arrays.clear()
            self.type = None
        self.cells += cells


def in_pieces(
    columns: Sequence[Column],
    batches: Iterable[Sequence[Sequence[Value]]],
    make: Callable[[type, Sequence[Value]], Any],
    to_list: Callable[[Any], list[Value]],
) -> list[Pieces]:
    """Return the columns of all batches; see `Pieces`."""
    found = [Pieces(column, make, to_list) for column in columns]
    for batch in batches:
        for pieces, cells in zip(found, batch, strict=True):
            pieces.add(cells)
    return found
