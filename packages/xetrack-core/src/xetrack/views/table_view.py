"""The rows and columns of one table, as its readers see them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from xetrack.errors import (
    ColumnNotFoundError,
    InvalidKeyError,
    TableNotFoundError,
    UnsupportedOperationError,
)
from xetrack.frames.backends import ARROW, to_frame
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.interfaces.query import Condition, Query, checked_conditions
from xetrack.model.names import OWN, TRACK_ID, checked_key
from xetrack.model.validation import (
    checked_count,
    checked_items,
    checked_run_name,
    checked_seconds,
    checked_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from xetrack.frames.result import Result
    from xetrack.interfaces.engine import Engine, Selection
    from xetrack.interfaces.engines.sql import RunsSQL
    from xetrack.interfaces.query import Operator
    from xetrack.model.kinds import Value


class TableView:
    """Reads one table.

    Parameters
    ----------
    engine
        The engine that has the table.
    table
        Name of the table, which need not exist yet.
    """

    def __init__(self, engine: Engine, table: str) -> None:
        self.engine = engine
        self.table = table

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order they were added."""
        return [column.name for column in self.engine.columns(self.table)]

    @property
    def dtypes(self) -> dict[str, str]:
        """Kinds of value in each column: ``float``, or ``int|text`` for a mixture."""
        columns = self.engine.columns(self.table)
        return {column.name: "|".join(sorted(column.kinds)) for column in columns}

    @property
    def sql_engine(self) -> RunsSQL:
        """The engine, if it runs SQL; otherwise an `UnsupportedOperationError` is raised."""
        from xetrack.interfaces.engines.sql import RunsSQL  # noqa: PLC0415 - logging needs none

        if isinstance(self.engine, RunsSQL):
            return self.engine
        from xetrack.parts.titles import title_of  # noqa: PLC0415
        from xetrack.plugins import PartKind  # noqa: PLC0415 - for the message

        hint = "Read rows with select, iter_rows or to_df, or with sql, which needs no connection."
        part = title_of(PartKind.ENGINE, self.engine)
        raise UnsupportedOperationError(part, "lend a connection", hint, "it runs no SQL")

    @property
    def sql_name(self) -> str:
        """Name of the table in SQL; where the engine runs none, its plain name."""
        from xetrack.interfaces.engines.sql import RunsSQL  # noqa: PLC0415 - logging needs none

        engine = self.engine
        return engine.table_name(self.table) if isinstance(engine, RunsSQL) else self.table

    def column_of(self, key: str) -> str:
        """Return the column that holds a key, or that has its name.

        Parameters
        ----------
        key
            A key that was logged, or the name of a column.

        Raises
        ------
        TableNotFoundError, ColumnNotFoundError
            The table or a column does not exist.
        """
        columns = self.engine.columns(self.table)
        for column in columns:
            if column.key == key:
                return column.name
        names = [column.name for column in columns]
        if key in names:
            return key
        if not names:
            raise TableNotFoundError(self.table, self.engine.location, self.engine.tables())
        raise ColumnNotFoundError(key, self.table, names)

    def has_column(self, key: object) -> bool:
        """Return True if a column holds a key, or has its name.

        Parameters
        ----------
        key
            A key that was logged, or the name of a column; what cannot be a key has no column.
        """
        try:
            text = checked_key(key)
        except InvalidKeyError:
            return False
        columns = self.engine.columns(self.table)
        return any(text in {column.key, column.name} for column in columns)

    def key_of(self, name: str) -> str:
        """Return the key that a column holds, for its name or for the key itself.

        Parameters
        ----------
        name
            The name of a column, or a key that was logged.

        Returns
        -------
        str
            The name itself where no column holds a key of that name.
        """
        columns = self.engine.columns(self.table)
        keys = {column.name: column.key for column in columns if column.key is not None}
        return name if name in keys.values() else keys.get(name, name)

    def count(self, where: Sequence[Condition] = ()) -> int:
        """Count the rows that meet all conditions.

        Parameters
        ----------
        where
            Conditions on the columns; without any, all rows count.
        """
        return self.engine.count(self.table, where)

    def selection(
        self,
        *,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        **query: Any,
    ) -> Selection:
        """Read rows batch by batch.

        Parameters
        ----------
        track_id
            Only this run.
        head, tail
            At most so many of the rows that `track_id` and `where` leave, from the front, and of
            these at most so many from the end.
        where
            Conditions that must all hold, or tuples of their fields.
        **query
            Further fields of `xetrack.interfaces.query.Query`.

        Returns
        -------
        Selection
            The columns and their cells; the caller exhausts or closes its iterator.

        Raises
        ------
        InvalidArgumentError
            `head` or `tail` is not a whole number from 0 on, or a condition is none.
        TableNotFoundError, ColumnNotFoundError
            The table or a column does not exist.
        """
        if query.get("order") is not None:
            checked_text("order", query["order"], "the name of a column")
        conditions = checked_conditions(where)
        if checked_run_name(track_id) is not None:
            conditions += (Condition(TRACK_ID, "=", track_id),)
        full = Query(
            where=conditions,
            limit=checked_count("head", head),
            tail=checked_count("tail", tail),
            **query,
        )
        return self.engine.read(self.table, full)

    def select(
        self,
        columns: Sequence[str] | None,
        where: Sequence[Condition | tuple[str, Operator, Any]],
        **query: Any,
    ) -> Result:
        """Read rows into memory.

        Parameters
        ----------
        columns
            Keys as logged, or names, in the order wanted; None for all.
        where
            Conditions that must all hold.
        **query
            See `selection`. As in `columns`, a key stands for its column.

        Returns
        -------
        Result
            One list for each column.
        """
        from xetrack.frames.result import Result  # noqa: PLC0415 - logging needs none

        return read_whole(
            self.engine, lambda: Result.of(self._selection_by_key(columns, where, **query))
        )

    def iter_rows(
        self,
        columns: Sequence[str] | None,
        where: Sequence[Condition | tuple[str, Operator, Any]],
        **query: Any,
    ) -> Iterator[dict[str, Value]]:
        """Read rows one by one.

        Parameters
        ----------
        columns, where, **query
            See `select`.

        Returns
        -------
        iterator of dict
            Each row by column, in the order of `columns`.
        """
        selection = self._selection_by_key(columns, where, **query)
        # Here, as what is wrong with a query shows when its first batch is read.
        first = next(selection.batches, ())
        if query.get("track_id") is not None and not (first and first[0]):
            from xetrack.runs.finding import find_other_run  # noqa: PLC0415 - as seldom

            if run := find_other_run(self.engine, self.table, query["track_id"]):
                return self.iter_rows(columns, where, **{**query, "track_id": run})
        rows = _row_dicts(selection, first)
        # Python from 3.12 on closes a generator that was not started, but keeps what it refers to.
        next(rows)
        return rows

    def _selection_by_key(
        self,
        columns: Sequence[str] | None,
        where: Sequence[Condition | tuple[str, Operator, Any]],
        *,
        order: str | None = None,
        **query: Any,
    ) -> Selection:
        """Read rows, where keys as they were logged stand for their columns."""
        columns, conditions = _names(columns), checked_conditions(where)
        if order is not None:
            checked_text("order", order, "the name of a column")
        names: set[str | None] = {*(columns or ()), order, *(each.column for each in conditions)}
        by_key: dict[str | None, str] = {}
        if not names <= {None, *OWN}:
            described = self.engine.columns(self.table)
            by_key = {column.key: column.name for column in described if column.key is not None}
        return self.selection(
            columns=None if columns is None else tuple(by_key.get(name, name) for name in columns),
            where=[
                replace(each, column=by_key.get(each.column, each.column)) for each in conditions
            ],
            order=by_key.get(order, order),
            **query,
        )

    def to_df(
        self,
        backend: str | None = None,
        *,
        parse_dates: bool = False,
        columns: Sequence[str] | None = None,
        where: Sequence[Condition | tuple[str, Operator, Any]] = (),
        **query: Any,
    ) -> Any:
        """Return rows as a frame.

        Parameters
        ----------
        backend
            The name of a frame backend; by default what `xetrack.set_backend` chose.
        parse_dates
            Whether timestamps are datetimes.
        columns, where, **query
            See `select`.

        Returns
        -------
        pandas.DataFrame or polars.DataFrame
            A row for each that was logged, in that order unless another is asked for.
        """

        def read() -> Any:
            rows = self._selection_by_key(columns, where, **query)
            return to_frame(rows, backend, parse_dates=parse_dates)

        frame = read_whole(self.engine, read)
        if query.get("track_id") is None or not hasattr(frame, "__len__") or len(frame):
            return frame
        from xetrack.runs.finding import find_other_run  # noqa: PLC0415 - as seldom

        query["track_id"] = find_other_run(self.engine, self.table, query["track_id"])
        return frame if query["track_id"] is None else read_whole(self.engine, read)

    def to_arrow(self, track_id: str | None = None, *, parse_dates: bool = True) -> Any:
        """Return the rows of one run, or of all, as an Arrow table; see `to_df`."""
        return self.to_df(ARROW, parse_dates=parse_dates, track_id=track_id)

    def sql(
        self,
        query: str,
        params: Sequence[Any] | Mapping[str, Any] | None,
        *,
        timeout: float | None,
    ) -> pd.DataFrame:
        """Run one statement of SQL that only reads.

        Parameters
        ----------
        query
            One statement.
        params
            Values for its placeholders, by position or by name.
        timeout
            Seconds after which the statement is stopped; None for no deadline.

        Returns
        -------
        pandas.DataFrame
            Or what `xetrack.set_backend` chose.

        Raises
        ------
        QueryError
            The statement is wrong, is refused, or took too long.
        UnsupportedOperationError
            The engine does not run SQL, and nothing is installed that does for it.
        """
        from xetrack.frames.result import Result  # noqa: PLC0415 - logging needs none
        from xetrack.parts.sql import sql_runner_for  # noqa: PLC0415

        checked_text("query", query, "one statement of SQL, as a text")
        seconds = checked_seconds("timeout", timeout)
        runner = sql_runner_for(self.engine)
        answer = runner.sql(query, () if params is None else params, timeout=seconds)
        return cast("pd.DataFrame", to_frame(Result.of_sql(answer), None))

    def latest(self) -> pd.DataFrame:
        """Return the rows of the run that was logged last; an empty frame if there is no run."""
        last = self.select([TRACK_ID], (), tail=1).rows()
        if not last:
            return cast("pd.DataFrame", self.to_df(head=0))
        # Not by `track_id`: another program's rows may have none, and None stands for all runs.
        of_run = [Condition(TRACK_ID, "=", last[0][0])]
        rows = read_whole(self.engine, lambda: to_frame(self.selection(where=of_run), None))
        return cast("pd.DataFrame", rows)


def _names(columns: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the names of columns that were asked for; None for all."""
    if columns is None:
        return None
    names = checked_items("columns", columns, "a list of the names of columns")
    return tuple(checked_text("columns", name, "names of columns") for name in names)


def _row_dicts(
    selection: Selection, first: Sequence[Sequence[Value]]
) -> Iterator[dict[str, Value]]:
    """Yield an empty row, then those of the first batch and of all others, closed at the end."""
    names = [column.name for column in selection.columns]
    batches = selection.batches
    try:
        yield {}
        for batch in chain([first], batches):
            for row in zip(*batch, strict=True):
                yield dict(zip(names, row, strict=True))
    finally:
        if isinstance(batches, Generator):  # what an engine has in memory needs no end
            batches.close()
