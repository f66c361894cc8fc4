"""The rows of one run, as its tracker reads them back."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, TypeVar, cast

from xetrack.frames.backends import ARROW, PANDAS, to_frame
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition, checked_conditions
from xetrack.model.kinds import Kind, shown
from xetrack.model.names import BOOKKEEPING, ERROR, TRACK_ID

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import pandas as pd

    from xetrack.interfaces.engine import Selection
    from xetrack.interfaces.query import Operator
    from xetrack.model.kinds import Value
    from xetrack.views.table_view import TableView

T = TypeVar("T")

_LONG_INTEGERS = {Kind.HUGEINT, Kind.JSON}
"""Kinds of which an integer may have too many digits for Python to print."""


class RunView:
    """Reads the rows of one run.

    Parameters
    ----------
    table_view
        The table that has them.
    track_id
        Name of the run.
    """

    def __init__(self, table_view: TableView, track_id: str) -> None:
        self.table_view = table_view
        self.start_run(track_id)

    def start_run(self, track_id: str) -> None:
        """Read the rows of another run from now on.

        Parameters
        ----------
        track_id
            Name of the run.
        """
        self.conditions = (Condition(TRACK_ID, "=", track_id),)
        """What the rows of the run meet."""

    def selection(self, *, all_runs: bool = False, **query: Any) -> Selection:
        """Read rows batch by batch.

        Parameters
        ----------
        all_runs
            Those of every run in the table.
        **query
            See `TableView.selection`.

        Returns
        -------
        Selection
            The columns and their cells.
        """
        return self.table_view.selection(where=() if all_runs else self.conditions, **query)

    def _read(self, collect: Callable[[Selection], T], **query: Any) -> T:
        """Return what collects all batches of a selection; again where that was cut."""
        return read_whole(self.table_view.engine, lambda: collect(self.selection(**query)))

    def count(self) -> int:
        """Count the rows of the run."""
        return self.table_view.count(self.conditions)

    def rows(self, **query: Any) -> list[dict[str, Value]]:
        """Return rows by column; see `selection`."""
        from xetrack.frames.result import Result  # noqa: PLC0415 - logging needs none

        return self._read(Result.of, **query).dicts()

    def to_df(
        self,
        backend: str | None,
        *,
        all_runs: bool,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        **options: Any,
    ) -> Any:
        """Return the rows as a frame.

        Parameters
        ----------
        backend
            The name of a frame backend; None for what `xetrack.set_backend` chose.
        all_runs
            Those of every run in the table.
        where
            Conditions that must all hold besides.
        **options
            See `TableView.to_df`.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            A row for each that was logged, in that order.
        """
        conditions = (*(() if all_runs else self.conditions), *checked_conditions(where))
        return self.table_view.to_df(backend, where=conditions, **options)

    def to_arrow(self, *, all_runs: bool, parse_dates: bool) -> Any:
        """Return the rows of the run, or of all, as an Arrow table; see `to_df`."""
        return self.to_df(ARROW, all_runs=all_runs, parse_dates=parse_dates)

    def to_csv(self, path: str | os.PathLike[str], *, all_runs: bool, raw: bool) -> None:
        """Write the rows as CSV; see `xetrack.frames.files.to_csv`.

        Parameters
        ----------
        path
            The file to write.
        all_runs
            The rows of every run in the table.
        raw
            Leave texts that a spreadsheet would run as a formula as they are.
        """
        from xetrack.frames.files import to_csv  # noqa: PLC0415 - most never export

        self._read(lambda rows: to_csv(rows, path, raw=raw), all_runs=all_runs)

    def to_parquet(self, path: str | os.PathLike[str], *, all_runs: bool) -> None:
        """Write the rows as Parquet; see `xetrack.frames.files.to_parquet`.

        Parameters
        ----------
        path
            The file to write.
        all_runs
            The rows of every run in the table.
        """
        from xetrack.frames.files import to_parquet  # noqa: PLC0415 - most never export

        self._read(lambda rows: to_parquet(rows, path), all_runs=all_runs)

    def head(self, count: int) -> pd.DataFrame:
        """Return at most so many rows from the front.

        Parameters
        ----------
        count
            The largest number of rows.
        """
        return cast("pd.DataFrame", self._read(to_frame, head=count))

    def tail(self, count: int) -> pd.DataFrame:
        """Return at most so many rows from the end.

        Parameters
        ----------
        count
            The largest number of rows.
        """
        return cast("pd.DataFrame", self._read(to_frame, tail=count))

    def to_text(self) -> str:
        """Return the rows as text, of many rows the first and the last, without bookkeeping.

        Neither shown are columns in which this run has no value. The column of errors is
        bookkeeping as long as there is none. Where there is nothing else, bookkeeping is shown.
        """
        from xetrack.frames.result import Result  # noqa: PLC0415 - logging needs none

        rows = self._read(Result.of)
        pairs = [
            (column, cells)
            for column, cells in zip(rows.columns, rows.cells, strict=True)
            if any(cell is not None for cell in cells)
        ]
        results = [
            (column, cells)
            for column, cells in pairs
            if column.name not in BOOKKEEPING or (column.name == ERROR and any(cells))
        ]
        columns, columns_cells = zip(*results or pairs, strict=True) if pairs else ((), ())
        # Every column that is left is shown, however narrow the terminal.
        frame = cast("pd.DataFrame", to_frame(Result(columns, columns_cells), PANDAS))
        formatters: Any = {
            column.name: shown for column in columns if column.kinds & _LONG_INTEGERS
        }
        text = frame.to_string(max_rows=60, min_rows=10, formatters=formatters)
        number = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
        return f"{text}\n[{number} of the run {self.conditions[0].value}]"

    def item(self, item: int | str) -> dict[str, Value] | pd.Series[Any]:
        """Return a row by number, or a column by name; see `xetrack.Tracker.__getitem__`."""
        if isinstance(item, str):
            return self._column(item)
        try:
            number = index(item)
        except TypeError:
            message = f"{item!r} is neither an integer, for a row, nor the name of a column"
            raise TypeError(message) from None
        return self._row(number)

    def _column(self, key: str) -> pd.Series[Any]:
        name = self.table_view.column_of(key)
        return cast("pd.Series[Any]", self._read(to_frame, columns=(name,))[name])

    def _row(self, number: int) -> dict[str, Value]:
        cut: dict[str, Any] = {"offset": number - 1, "head": 1} if number > 0 else {"tail": -number}
        rows = self.rows(**cut)
        if number == 0 or len(rows) < max(1, -number):
            message = (
                f"row {number} of a run of {self.count()}: rows are counted from 1, the last is -1"
            )
            raise IndexError(message)
        return rows[0]
