"""The methods of a `Reader` that read the rows of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.frames.result import Result
    from xetrack.interfaces.query import Condition, Operator
    from xetrack.model.kinds import Row
    from xetrack.views.table_view import TableView


class ReadingMethods:
    """Reads the rows of one table."""

    _table_view: TableView

    def select(
        self,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        *,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        order: str | None = None,
        descending: bool = False,
    ) -> Result:
        """Read rows without pandas.

        Parameters
        ----------
        columns
            Names as they were logged, in the order wanted; all by default.
        where
            Conditions that must all hold, each a `Condition` or a tuple of its fields.
        track_id
            Only this run: its id, the beginning of it, its name, or ``"@1"`` for the one that began
            last. There are no rows where there is no such run.
        head, tail
            At most so many rows from the front, and of these from the end.
        order, descending
            Sort by this column; by default rows come as they were logged.

        Returns
        -------
        Result
            All rows, in memory, as one list for each column. `iter_rows` reads them one by one.

        Raises
        ------
        TableNotFoundError, ColumnNotFoundError
            The table or a column does not exist.
        InvalidArgumentError
            `head` or `tail` is not a whole number from 0 on, or a condition is none.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log_batch([{"loss": 0.5}, {"loss": 0.25}, {"loss": 0.125}])
        >>> Reader("runs.db").select(["loss"], [("loss", "<", 0.5)], order="loss").dicts()
        [{'loss': 0.125}, {'loss': 0.25}]
        """
        return self._table_view.select(
            columns,
            where,
            track_id=track_id,
            head=head,
            tail=tail,
            order=order,
            descending=descending,
        )

    def iter_rows(
        self,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        *,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        order: str | None = None,
        descending: bool = False,
    ) -> Iterator[Row]:
        """Read rows one by one, for tables that are larger than the memory.

        All rows come from one moment of the database: what is logged meanwhile is not among them.
        The database is asked for one batch after another. Until the iterator is exhausted, closed
        or forgotten, it has a connection of its own.

        Parameters
        ----------
        columns
            Names as they were logged, in the order wanted; all by default.
        where
            Conditions that must all hold, each a `Condition` or a tuple of its fields.
        track_id
            Only this run: its id, the beginning of it, its name, or ``"@1"`` for the one that began
            last. There are no rows where there is no such run.
        head, tail
            At most so many rows from the front, and of these from the end; all rows of a `tail`
            are in memory.
        order, descending
            Sort by this column; by default rows come as they were logged.

        Returns
        -------
        iterator of dict
            Each row by column, in the order of `columns`; missing cells are None.

        Raises
        ------
        TableNotFoundError, ColumnNotFoundError
            The table or a column does not exist.
        InvalidArgumentError
            `head` or `tail` is not a whole number from 0 on.
        InterruptedReadError
            The process forked, or the server was lost, meanwhile; raised when the next row is
            asked for.

        Examples
        --------
        >>> from xetrack import Condition, Reader, Tracker
        >>> row = Tracker("runs.db").log_batch([{"epoch": epoch} for epoch in range(1000)])
        >>> rows = Reader("runs.db").iter_rows(["epoch"], [Condition("epoch", ">", 500)])
        >>> next(rows)
        {'epoch': 501}
        >>> sum(row["epoch"] for row in rows)
        373749
        """
        return self._table_view.iter_rows(
            columns,
            where,
            track_id=track_id,
            head=head,
            tail=tail,
            order=order,
            descending=descending,
        )

    @overload
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        backend: Literal["pandas"] | None = None,
        *,
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        order: str | None = None,
        descending: bool = False,
    ) -> pd.DataFrame: ...
    @overload
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        *,
        backend: Literal["polars"],
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        order: str | None = None,
        descending: bool = False,
    ) -> pl.DataFrame: ...
    @overload
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        *,
        backend: str,
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        order: str | None = None,
        descending: bool = False,
    ) -> Any: ...
    def to_df(
        self,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        backend: str | None = None,
        *,
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        order: str | None = None,
        descending: bool = False,
    ) -> Any:
        """Return rows as a frame, in the order they were logged.

        Parameters
        ----------
        track_id
            Only this run: its id, the beginning of it, its name, or ``"@1"`` for the one that began
            last. There are no rows where there is no such run.
        head, tail
            At most so many rows from the front, and of these from the end.
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
        order, descending
            Sort by this column; by default rows come as they were logged.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            The kinds of the stored values decide the dtypes.

        Raises
        ------
        TableNotFoundError, ColumnNotFoundError
            The table or a column does not exist.
        InvalidArgumentError
            `head` or `tail` is not a whole number from 0 on, a condition is none, or there is no
            such backend.
        MissingPackageError
            The backend is not installed.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log_batch([{"loss": 0.5}, {"loss": 0.25}])
        >>> Reader("runs.db").to_df(tail=1)[["loss"]]
           loss
        0  0.25
        >>> Reader("runs.db").to_df(columns=["loss"], where=[("loss", "<", 0.5)])
           loss
        0  0.25
        """
        return self._table_view.to_df(
            backend,
            parse_dates=parse_dates,
            columns=columns,
            where=where,
            track_id=track_id,
            head=head,
            tail=tail,
            order=order,
            descending=descending,
        )

    def sql(
        self,
        query: str,
        params: Sequence[Any] | Mapping[str, Any] | None = None,
        *,
        timeout: float | None = 60.0,
    ) -> pd.DataFrame:
        """Run one statement of SQL that only reads, and return its rows as a frame.

        ``events``, ``default``, ``db.events`` and ``db.default`` all name the default table. The
        statement can change nothing and reach no other file. Cells are as the database keeps
        them, so a list is its JSON, and in SQLite a boolean 0 or 1.

        In double quotes, a key as it was logged is the column that holds it: ``"val/loss"``. A
        name that a column of these tables has is that column. What is neither is an error, never a
        text.

        Where the engine's database runs no SQL, DuckDB runs it over the rows, if xetrack-duckdb is
        installed.

        Parameters
        ----------
        query
            One statement, with the placeholders of the database's driver: ``?`` or ``:name`` in
            SQLite.
        params
            Values for the placeholders, by position or by name: what ``log`` takes, in the form in
            which the cells of equal values are kept. In SQLite these are texts for dates, Decimals
            and paths, and compare as such; `Condition` compares values.
        timeout
            Seconds after which the statement is stopped; None for no deadline.

        Returns
        -------
        pandas.DataFrame
            Or what `xetrack.set_backend` chose. Of two columns of one name the second is called
            ``name_2``.

        Raises
        ------
        QueryError
            The statement is wrong, is refused, or took too long.
        UnsupportedOperationError
            The engine does not run SQL, and nothing is installed that does for it.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log_batch([{"loss": 0.5}, {"loss": 0.25}])
        >>> Reader("runs.db").sql("SELECT min(loss) AS least FROM events WHERE loss < ?", [1])
           least
        0   0.25
        """
        return self._table_view.sql(query, params, timeout=timeout)

    def to_arrow(self, track_id: str | None = None, *, parse_dates: bool = True) -> pa.Table:
        """Return rows as an Arrow table.

        Parameters
        ----------
        track_id
            Only this run: its id, the beginning of it, its name, or ``"@1"`` for the one that began
            last. There are no rows where there is no such run.
        parse_dates
            Return `timestamp` as datetimes, in the local time of the run; if False, as the text
            that is stored.

        Returns
        -------
        pyarrow.Table
            The rows in the order they were logged.

        Raises
        ------
        TableNotFoundError
            The table does not exist.
        MissingPackageError
            pyarrow is not installed.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"loss": 0.5})
        >>> Reader("runs.db").to_arrow()["loss"].to_pylist()
        [0.5]
        """
        return self._table_view.to_arrow(track_id, parse_dates=parse_dates)

    def latest(self) -> pd.DataFrame:
        """Return the rows of the run that was logged last.

        Returns
        -------
        pandas.DataFrame
            Or what `xetrack.set_backend` chose. It is empty when there is no run.

        Raises
        ------
        TableNotFoundError
            The table does not exist.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> for name in ("first", "second"):
        ...     row = Tracker("runs.db", track_id=name).log({"loss": 0.5})
        >>> Reader("runs.db").latest()["track_id"].tolist()
        ['second']
        """
        return self._table_view.latest()
