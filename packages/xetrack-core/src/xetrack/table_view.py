"""Reading a table, and the rows of one run in it."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from xetrack.errors import ColumnNotFoundError, InvalidArgumentError, TableNotFoundError
from xetrack.frames.backends import ARROW, PANDAS, to_frame
from xetrack.frames.result import Result
from xetrack.interfaces.query import Condition, Query
from xetrack.interfaces.sql import RunsSQL
from xetrack.model.kinds import Kind, shown
from xetrack.model.names import TRACK_ID
from xetrack.model.validation import checked_count

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.interfaces.engine import Engine, Selection
    from xetrack.model.kinds import Value


def selection(
    engine: Engine,
    table: str,
    *,
    track_id: str | None = None,
    head: int | None = None,
    tail: int | None = None,
    where: Sequence[Condition] = (),
    **query: Any,
) -> Selection:
    """Read rows; `head` and then `tail` cut what `track_id` and `where` leave."""
    conditions = tuple(where)
    if track_id is not None:
        conditions += (Condition(TRACK_ID, "=", track_id),)
    asked = Query(
        where=conditions,
        limit=checked_count("head", head),
        tail=checked_count("tail", tail),
        **query,
    )
    return engine.read(table, asked)


class TableView:
    """What can be said of one table of an engine."""

    _engine: Engine
    _table: str

    @property
    def columns(self) -> list[str]:
        """Names of the table's columns, in the order they were added."""
        return [column.name for column in self._engine.columns(self._table)]

    @property
    def dtypes(self) -> dict[str, str]:
        """Kinds of value in each column: ``float``, or ``int|text`` for a mixture."""
        found = self._engine.columns(self._table)
        return {column.name: "|".join(sorted(column.kinds)) for column in found}

    @property
    def conn(self) -> Any:
        """A connection of the database's own driver, apart from the one that stores rows."""
        return self._speaking.connection

    @property
    def _speaking(self) -> RunsSQL:
        """The engine, if it speaks SQL."""
        if isinstance(self._engine, RunsSQL):
            return self._engine
        raise InvalidArgumentError("engine", type(self._engine).__name__, "one that runs SQL")

    def _selection(self, **query: Any) -> Selection:
        return selection(self._engine, self._table, **query)

    def _column_of(self, key: str) -> str:
        """Return the column that holds a key, or that has its name."""
        found = self._engine.columns(self._table)
        for column in found:
            if column.key == key:
                return column.name
        names = [column.name for column in found]
        if key in names:
            return key
        if not names:
            raise TableNotFoundError(self._table, self._engine.location, self._engine.tables())
        raise ColumnNotFoundError(key, self._table, names)

    def _key_of(self, name: str) -> str:
        """Return the key that a column holds, for its name or for the key itself."""
        found = self._engine.columns(self._table)
        keys = {column.name: column.key for column in found if column.key is not None}
        return name if name in keys.values() else keys.get(name, name)


_LONG_INTEGERS = {Kind.HUGEINT, Kind.JSON}
"""Kinds of which an integer may have too many digits for Python to print."""


class RunView(TableView):
    """The rows of one run."""

    _track_id: str

    @property
    def _mine(self) -> list[Condition]:
        return [Condition(TRACK_ID, "=", self._track_id)]

    def _run(self, *, everybody: bool = False, **query: Any) -> Selection:
        return self._selection(where=[] if everybody else self._mine, **query)

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
        """
        return to_frame(self._run(everybody=all), backend)

    def to_arrow(self, all: bool = False) -> pa.Table:  # noqa: A002
        """Return the rows of this run, or of every run, as an Arrow table."""
        return to_frame(self._run(everybody=all), ARROW)

    def to_csv(
        self,
        path: str | os.PathLike[str],
        all: bool = False,  # noqa: A002
        *,
        raw: bool = False,
    ) -> None:
        """Write the rows of this run, or of every run, as CSV.

        Parameters
        ----------
        path
            Where to; what is there is replaced once the new file is complete.
        all
            The rows of every run in the table.
        raw
            Leave texts that a spreadsheet would run as a formula as they are; otherwise they get a
            ``'`` in front, which makes them text there. Numbers are never touched.
        """
        from xetrack.frames.files import to_csv  # noqa: PLC0415 - most never export

        to_csv(self._run(everybody=all), path, raw=raw)

    def to_parquet(self, path: str | os.PathLike[str], all: bool = False) -> None:  # noqa: A002
        """Write the rows of this run, or of every run, as Parquet.

        DuckDB writes it by itself; for rows of other databases ``xetrack[arrow]`` is needed.
        """
        from xetrack.frames.files import to_parquet  # noqa: PLC0415 - most never export

        to_parquet(self._run(everybody=all), path)

    def head(self, n: int = 5) -> pd.DataFrame:
        """Return the first `n` rows of this run."""
        return cast("pd.DataFrame", to_frame(self._run(head=n)))

    def tail(self, n: int = 5) -> pd.DataFrame:
        """Return the last `n` rows of this run, in the order they were logged."""
        return cast("pd.DataFrame", to_frame(self._run(tail=n)))

    def count_all(self) -> int:
        """Return how many rows the table has."""
        return self._engine.count(self._table)

    def count_run(self) -> int:
        """Return how many rows this run has."""
        return self._engine.count(self._table, self._mine)

    def __len__(self) -> int:
        return self.count_run()

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        # Every column, however narrow the terminal; of many rows the first and the last.
        found = self._run()
        frame = cast("pd.DataFrame", to_frame(found, PANDAS))
        texts: Any = {one.name: shown for one in found.columns if one.kinds & _LONG_INTEGERS}
        return frame.to_string(max_rows=60, min_rows=10, formatters=texts)

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

        Raises
        ------
        IndexError
            The run has no such row; the last is -1, and there is no row 0.
        TypeError
            The item is neither a name nor a whole number.
        ColumnNotFoundError
            The table has no such column.
        """
        if isinstance(item, str):
            name = self._column_of(item)
            return cast("pd.Series[Any]", to_frame(self._run(columns=(name,)))[name])
        return self._row(index(item))

    def _row(self, number: int) -> dict[str, Value]:
        cut: dict[str, Any] = {"offset": number - 1, "head": 1} if number > 0 else {"tail": -number}
        found = Result.of(self._run(**cut)).dicts()
        if number == 0 or len(found) < max(1, -number):
            message = (
                f"row {number} of a run of {len(self)}: rows are counted from 1, the last is -1"
            )
            raise IndexError(message)
        return found[0]
