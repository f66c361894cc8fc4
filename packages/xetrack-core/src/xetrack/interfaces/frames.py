"""The frame backend: makes frames of one library from the answers to queries.

A backend is chosen by name: ``to_df(backend="polars")``, `xetrack.set_backend`. To write one,
extend `FrameBackend` and offer it from a plugin's ``xetrack_frame_backends`` hook.

Exactness
    The kinds of the values decide the types of a frame's columns, never a guess from the first
    rows. What a type would round, refuse or make into something else stays as it is, in a column
    of objects or of several types. `xetrack.model.dtypes` tells what a column needs.

Whole columns
    An answer may have its columns as arrays already:
    `xetrack.interfaces.engines.capabilities.HasArrow`, ``HasArrays``. A backend that knows neither
    reads the batches, which every answer has.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.interfaces.engines.snapshots import CopiesSQLite, StoredTable
    from xetrack.model.kinds import Value


class Columnar(Protocol):
    """The answer to a query: a `Selection` of an engine, or a `xetrack.frames.result.Result`."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in order."""

    @property
    def batches(self) -> Iterable[Sequence[Sequence[Value]]]:
        """Some rows at a time: the cells of each column."""


class FrameBackend(ABC):
    """Makes frames of one library.

    It is made without arguments, for each frame, and its module is imported when the backend is
    first used, so the module may import its library at the top.

    **Thread safety.** Nobody shares a backend: each frame is made by an instance of its own.
    """

    @abstractmethod
    def frame(self, answer: Columnar) -> Any:
        """Return a frame of all rows, in their order.

        Missing cells are what the library has for them. Cells that another program wrote may be of
        other kinds than their column says, and are as exact as all others.

        Parameters
        ----------
        answer
            The columns, which a frame has in this order and by these names, and their cells. Its
            batches can be read once.
        """


class ReadsColumns(ABC):
    """The capability of a frame backend to read whole columns of SQLite, for all backends."""

    @abstractmethod
    def columns(self, table: StoredTable, source: CopiesSQLite) -> dict[str, Any] | None:
        """Return columns as Arrow arrays by name; others are read in batches.

        They are as `xetrack.interfaces.engines.capabilities.HasArrow` describes them. The copy that
        they were read from is gone.

        Parameters
        ----------
        table
            How the table lies in its file.
        source
            The selection of the whole table, which lends a copy of the file.

        Returns
        -------
        dict or None
            None where reading them so would not pay or is not exact, whatever is the reason: then
            all rows are read in batches.
        """


class WritesParquet(ABC):
    """The capability of a frame backend to write Parquet."""

    @abstractmethod
    def write_parquet(self, answer: Columnar, path: str) -> int:
        """Write all rows as Parquet, in their order, and return how many.

        Columns have the types of their kinds; a column of several kinds is text.

        Parameters
        ----------
        answer
            The columns and their cells; its batches can be read once.
        path
            An empty file, which is written in place; whoever asks moves it where it belongs.

        Raises
        ------
        OSError
            The file cannot be written.
        """


class ParsesDates(ABC):
    """The capability of a frame backend to turn a column of texts into datetimes, as a whole.

    Where a backend lacks it, the core parses the cells before it makes the frame.
    """

    @abstractmethod
    def parse_dates(self, frame: Any, column: str) -> Any:
        """Return the frame with a column of timestamps as datetimes without a time zone.

        Parameters
        ----------
        frame
            What `FrameBackend.frame` returned.
        column
            The name of a column of texts such as ``2024-01-31 12:00:00.000001``; the microseconds
            may be left out, and cells may be missing.

        Returns
        -------
        Any
            The frame, unchanged if a text of the column is no such timestamp.
        """
