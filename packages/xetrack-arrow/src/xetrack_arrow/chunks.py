"""A column kept batch by batch in the arrays of a library, so that it never stands as objects."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.engines.capabilities import HasArrow
from xetrack.model.dtypes import UNIFORM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.interfaces.frames import Columnar
    from xetrack.model.kinds import Value


class Chunks:
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
        """Append the cells of one batch.

        Parameters
        ----------
        cells
            The column's plain values in the next rows.
        """
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


def to_chunks(
    columns: Sequence[Column],
    batches: Iterable[Sequence[Sequence[Value]]],
    make: Callable[[type, Sequence[Value]], Any],
    to_list: Callable[[Any], list[Value]],
) -> list[Chunks]:
    """Read all batches, and return the chunks of each column.

    Parameters
    ----------
    columns
        The columns, in the order that their cells have in a batch.
    batches
        The cells of each column, some rows at a time.
    make, to_list
        See `Chunks`.

    Returns
    -------
    list[Chunks]
        The chunks of each column, in the order of `columns`.
    """
    chunked = [Chunks(column, make, to_list) for column in columns]
    for batch in batches:
        for chunks, cells in zip(chunked, batch, strict=True):
            chunks.add(cells)
    return chunked


def split(answer: Columnar) -> tuple[dict[str, Any], Columnar]:
    """Return the columns that the database gives as Arrow arrays by name, and all others.

    Parameters
    ----------
    answer
        The rows that a query selected.

    Returns
    -------
    tuple[dict[str, Any], Columnar]
        The Arrow arrays by column, and the rest of the answer, whose batches have to be read.
    """
    return (isinstance(answer, HasArrow) and answer.arrow()) or ({}, answer)
