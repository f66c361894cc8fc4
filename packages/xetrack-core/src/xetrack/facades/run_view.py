"""The rows of one run: the part of a `Tracker` that reads back what was logged."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from xetrack.facades.table_view import TableView
from xetrack.frames.backends import ARROW, PANDAS, to_frame
from xetrack.frames.result import Result
from xetrack.interfaces.query import Condition
from xetrack.model.kinds import Kind, shown
from xetrack.model.names import TRACK_ID

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import pandas as pd
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.interfaces.engine import Selection
    from xetrack.model.kinds import Value

_LONG_INTEGERS = {Kind.HUGEINT, Kind.JSON}
"""Kinds of which an integer may have too many digits for Python to print."""


class RunView(TableView):
    """The rows of one run."""

    _track_id: str

    @property
    def _own_rows(self) -> list[Condition]:
        return [Condition(TRACK_ID, "=", self._track_id)]

    def _run(self, *, all_runs: bool = False, **query: Any) -> Selection:
        return self._selection(where=[] if all_runs else self._own_rows, **query)

    @overload
    def to_df(
        self, all: bool = False, backend: Literal["pandas"] | None = None
    ) -> pd.DataFrame: ...
    @overload
    def to_df(self, all: bool = False, *, backend: Literal["polars"]) -> pl.DataFrame: ...
    @overload
    def to_df(self, all: bool = False, *, backend: str) -> Any: ...
    def to_df(self, all: bool = False, backend: str | None = None) -> Any:  # noqa: A002
        """Return the rows of this run as a frame.

        Parameters
        ----------
        all
            The rows of every run in the table.
        backend
            The name of a frame backend, such as ``"polars"``; by default what
            `xetrack.set_backend` chose.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            A row for each that was logged, in that order; the kinds of the stored values decide
            the dtypes.

        Raises
        ------
        InvalidArgumentError
            There is no such backend.
        MissingPackageError
            The backend is not installed.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"epoch": 0, "loss": 0.5}, {"epoch": 1, "loss": 0.25}])
        >>> tracker.to_df()[["epoch", "loss"]]
           epoch  loss
        0      0  0.50
        1      1  0.25
        """
        return to_frame(self._run(all_runs=all), backend)

    def to_arrow(self, all: bool = False) -> pa.Table:  # noqa: A002
        """Return the rows of this run as an Arrow table.

        Parameters
        ----------
        all
            The rows of every run in the table.

        Returns
        -------
        pyarrow.Table
            The rows in the order they were logged.

        Raises
        ------
        MissingPackageError
            pyarrow is not installed.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.to_arrow()["loss"].to_pylist()
        [0.5]
        """
        return to_frame(self._run(all_runs=all), ARROW)

    def to_csv(
        self,
        path: str | os.PathLike[str],
        all: bool = False,  # noqa: A002
        *,
        raw: bool = False,
    ) -> None:
        """Write the rows of this run as CSV.

        Parameters
        ----------
        path
            The file to write; what is there is replaced once the new file is complete.
        all
            The rows of every run in the table.
        raw
            Leave texts that a spreadsheet would run as a formula as they are; otherwise they get a
            ``'`` in front, which makes them text there. Numbers are never touched.

        Raises
        ------
        StorageError
            The file cannot be written; an older one is still there, unchanged.

        Examples
        --------
        >>> from pathlib import Path
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.to_csv("run.csv")
        >>> Path("run.csv").read_text().splitlines()[0]
        'timestamp,track_id,loss'
        """
        from xetrack.frames.files import to_csv  # noqa: PLC0415 - most never export

        to_csv(self._run(all_runs=all), path, raw=raw)

    def to_parquet(self, path: str | os.PathLike[str], all: bool = False) -> None:  # noqa: A002
        """Write the rows of this run as Parquet.

        DuckDB writes it by itself; for rows of other databases pyarrow is needed.

        Parameters
        ----------
        path
            The file to write; what is there is replaced once the new file is complete.
        all
            The rows of every run in the table.

        Raises
        ------
        MissingPackageError
            pyarrow is needed and not installed.
        StorageError
            The file cannot be written; an older one is still there, unchanged.

        Examples
        --------
        >>> import pandas as pd
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.to_parquet("run.parquet")
        >>> pd.read_parquet("run.parquet")["loss"].tolist()
        [0.5]
        """
        from xetrack.frames.files import to_parquet  # noqa: PLC0415 - most never export

        to_parquet(self._run(all_runs=all), path)

    def head(self, n: int = 5) -> pd.DataFrame:
        """Return the first rows of this run.

        Parameters
        ----------
        n
            At most so many rows.

        Returns
        -------
        pandas.DataFrame
            Or what `xetrack.set_backend` chose.

        Raises
        ------
        InvalidArgumentError
            `n` is not a whole number from 0 on.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"epoch": epoch} for epoch in range(4)])
        >>> tracker.head(2)["epoch"].tolist()
        [0, 1]
        """
        return cast("pd.DataFrame", to_frame(self._run(head=n)))

    def tail(self, n: int = 5) -> pd.DataFrame:
        """Return the last rows of this run, in the order they were logged.

        Parameters
        ----------
        n
            At most so many rows.

        Returns
        -------
        pandas.DataFrame
            Or what `xetrack.set_backend` chose.

        Raises
        ------
        InvalidArgumentError
            `n` is not a whole number from 0 on.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"epoch": epoch} for epoch in range(4)])
        >>> tracker.tail(2)["epoch"].tolist()
        [2, 3]
        """
        return cast("pd.DataFrame", to_frame(self._run(tail=n)))

    def count_all(self) -> int:
        """Count the rows of the table, of every run.

        Returns
        -------
        int
            How many rows the table has.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> for name in ("first", "second"):
        ...     tracker = Tracker("runs.db", track_id=name)
        ...     row = tracker.log({"loss": 0.5})
        >>> tracker.count_all()
        2
        """
        return self._engine.count(self._table)

    def count_run(self) -> int:
        """Count the rows of this run, as ``len`` does.

        Returns
        -------
        int
            How many rows this run has.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> for name in ("first", "second"):
        ...     tracker = Tracker("runs.db", track_id=name)
        ...     row = tracker.log({"loss": 0.5})
        >>> tracker.count_run()
        1
        """
        return self._engine.count(self._table, self._own_rows)

    def __len__(self) -> int:
        return self.count_run()

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        # Every column, however narrow the terminal; of many rows the first and the last.
        rows = self._run()
        frame = cast("pd.DataFrame", to_frame(rows, PANDAS))
        formatters: Any = {
            column.name: shown for column in rows.columns if column.kinds & _LONG_INTEGERS
        }
        return frame.to_string(max_rows=60, min_rows=10, formatters=formatters)

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(Result.of(self._run()).dicts())

    @overload
    def __getitem__(self, item: int) -> dict[str, Value]: ...
    @overload
    def __getitem__(self, item: str) -> pd.Series[Any]: ...
    def __getitem__(self, item: int | str) -> dict[str, Value] | pd.Series[Any]:
        """Return a row of this run by number, counted from 1, or a column by name.

        Parameters
        ----------
        item
            Number of a row, of which the last is -1; or name of a column.

        Returns
        -------
        dict or pandas.Series
            The row by column, or the cells of the column.

        Raises
        ------
        IndexError
            The run has no such row; the last is -1, and there is no row 0.
        TypeError
            The item is neither a name nor a whole number.
        ColumnNotFoundError
            The table has no such column.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log_batch([{"loss": 0.5}, {"loss": 0.25}])
        >>> tracker[1]["loss"], tracker[-1]["loss"], tracker["loss"].tolist()
        (0.5, 0.25, [0.5, 0.25])
        """
        if isinstance(item, str):
            name = self._column_of(item)
            return cast("pd.Series[Any]", to_frame(self._run(columns=(name,)))[name])
        return self._row(index(item))

    def _row(self, number: int) -> dict[str, Value]:
        cut: dict[str, Any] = {"offset": number - 1, "head": 1} if number > 0 else {"tail": -number}
        rows = Result.of(self._run(**cut)).dicts()
        if number == 0 or len(rows) < max(1, -number):
            message = (
                f"row {number} of a run of {len(self)}: rows are counted from 1, the last is -1"
            )
            raise IndexError(message)
        return rows[0]
