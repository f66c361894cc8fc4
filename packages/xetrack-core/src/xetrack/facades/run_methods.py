"""The methods of a `Tracker` that read the rows of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.interfaces.query import Condition, Operator
    from xetrack.model.kinds import Row
    from xetrack.views.run_view import RunView


class RunMethods:
    """Reads the rows of one run."""

    _run_view: RunView

    @overload
    def to_df(
        self,
        all: bool = False,
        backend: Literal["pandas"] | None = None,
        *,
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
    ) -> pd.DataFrame: ...
    @overload
    def to_df(
        self,
        all: bool = False,
        *,
        backend: Literal["polars"],
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
    ) -> pl.DataFrame: ...
    @overload
    def to_df(
        self,
        all: bool = False,
        *,
        backend: str,
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
    ) -> Any: ...
    def to_df(
        self,
        all: bool = False,  # noqa: A002
        backend: str | None = None,
        *,
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
    ) -> Any:
        """Return the rows of this run as a frame.

        Parameters
        ----------
        all
            The rows of every run in the table.
        backend
            The name of a frame backend, such as ``"polars"``; by default what
            `xetrack.set_backend` chose.
        parse_dates
            Return `timestamp` as datetimes, in the local time of the run; by default it is the
            text that is stored.
        columns
            Names as they were logged, in the order wanted; all by default.
        where
            Conditions that must all hold, each a `Condition` or a tuple of its fields.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            A row for each that was logged, in that order; the kinds of the stored values decide
            the dtypes.

        Raises
        ------
        ColumnNotFoundError
            A column does not exist.
        InvalidArgumentError
            There is no such backend, or a condition is none.
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
        return self._run_view.to_df(
            backend, all_runs=all, parse_dates=parse_dates, columns=columns, where=where
        )

    def to_arrow(self, all: bool = False, *, parse_dates: bool = True) -> pa.Table:  # noqa: A002
        """Return the rows of this run as an Arrow table.

        Parameters
        ----------
        all
            The rows of every run in the table.
        parse_dates
            Return `timestamp` as datetimes, in the local time of the run; if False, as the text
            that is stored.

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
        return self._run_view.to_arrow(all_runs=all, parse_dates=parse_dates)

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
        self._run_view.to_csv(path, all_runs=all, raw=raw)

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
        self._run_view.to_parquet(path, all_runs=all)

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
        return self._run_view.head(n)

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
        return self._run_view.tail(n)

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
        return self._run_view.table_view.count()

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
        return self._run_view.count()

    def __len__(self) -> int:
        return self.count_run()

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return self._run_view.to_text()

    def __contains__(self, column: object) -> bool:
        return self._run_view.table_view.has_column(column)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._run_view.rows())

    @overload
    def __getitem__(self, item: int) -> Row: ...
    @overload
    def __getitem__(self, item: str) -> pd.Series[Any]: ...
    def __getitem__(self, item: int | str) -> Row | pd.Series[Any]:
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
        return self._run_view.item(item)
