"""A table in a SQLite file that is lent with a copy of the file.

Whoever has a driver of SQLite with a library of its own must not open the file itself: to close it
drops the locks that this process holds on it. So a selection of a whole table lends a copy of what
it sees, and describes what lies in it. See `CopiesSQLite`, and
`xetrack.interfaces.frames.ReadsColumns` for who asks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from xetrack.interfaces.engine import Column, Selection
    from xetrack.model.kinds import Value


@dataclass(frozen=True, slots=True)
class StoredTable:
    """How a table lies in a SQLite file."""

    name: str
    """The name of the table, not quoted."""
    row_number: str
    """How SQL names SQLite's number of a row."""
    rows: tuple[int, int]
    """The first and the last number of a row, both included; some between may be missing."""
    size: int
    """Bytes of the file."""
    types: Mapping[str, type]
    """The columns that have cells of one type only, as far as SQLite stores them: ``bool`` (as 0
    and 1), ``int`` (64 bits), ``float`` or ``str``. Other programs may have stored others all the
    same."""


class CopiesSQLite(ABC):
    """The capability of a selection of a whole SQLite table to lend a copy of its file."""

    columns: tuple[Column, ...]
    batches: Iterator[Sequence[Sequence[Value]]]

    @abstractmethod
    def stored(self) -> StoredTable | None:
        """Describe the table; None where a copy would not pay or has no room.

        It does not pay where the selection is a part of the table, the table is small, or most of
        the file or of the columns is something else.
        """

    @abstractmethod
    def nan_rows(self, names: Sequence[str]) -> dict[str, list[int]]:
        """Return the numbers of the rows in which a column has nan, which SQLite stores as NULL.

        Parameters
        ----------
        names
            Names of columns, of which those without nan are left out of the answer.
        """

    @abstractmethod
    def copy(self) -> AbstractContextManager[str]:
        """Lend the path of a copy of the file, of the moment of the selection.

        The copy is an ordinary file without a log, and is deleted at the end of the context.

        **Forks.** A fork meanwhile would inherit what is open: see `xetrack.process.forks`.

        Raises
        ------
        StorageError, OSError
            It cannot be made.
        """

    @abstractmethod
    def rest(self, names: Sequence[str]) -> Selection:
        """Return the selection of some columns, of the same moment and rows; its own batches end.

        Parameters
        ----------
        names
            Names of columns, in their order; there may be none.
        """
