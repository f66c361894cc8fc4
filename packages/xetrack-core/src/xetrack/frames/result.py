"""The answer to a query, column by column, and the frames it turns into."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Literal, overload

from xetrack.frames import backends
from xetrack.interfaces.engine import Column
from xetrack.model.kinds import PLAIN, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]

    from xetrack.interfaces.engine import Selection
    from xetrack.interfaces.engines.sql import SQLResult
    from xetrack.model.kinds import Row, Value


def distinct(texts: Iterable[str]) -> list[str]:
    """Return names of which the second that is the same has a suffix.

    Parameters
    ----------
    texts
        Names in their order, some perhaps more than once.
    """
    names: dict[str, None] = {}
    for name in texts:
        others = (f"{name}_{number}" for number in count(2))
        names[next(each for each in chain([name], others) if each not in names)] = None
    return list(names)


def _as_name(key: Value) -> str:
    """Return a key as the name of a column, which no frame has unless UTF-8 can say it."""
    return str(key).encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """Rows of a table, kept as one list of plain values for each column."""

    columns: tuple[Column, ...]
    """The columns, in order."""
    cells: tuple[list[Any], ...]
    """One list for each column, all of one length."""

    @classmethod
    def of(cls, selection: Selection) -> Result:
        """Collect all batches of a selection.

        Parameters
        ----------
        selection
            What an engine read; its batches are used up.
        """
        batches = list(selection.batches)
        cells = tuple(
            list(chain.from_iterable(batch[at] for batch in batches))
            for at in range(len(selection.columns))
        )
        return cls(selection.columns, cells)

    @classmethod
    def of_columns(cls, columns: Mapping[str, list[Value]]) -> Result:
        """Take columns of plain values, all of one length, by their names.

        Parameters
        ----------
        columns
            The cells of each column, by its name.
        """
        kinds = [frozenset(filter(None, map(kind_of, column))) for column in columns.values()]
        names = distinct(map(_as_name, columns))
        return cls(tuple(map(Column, names, names, kinds)), tuple(columns.values()))

    @classmethod
    def of_sql(cls, answer: SQLResult) -> Result:
        """Bring the answer to a statement to columns; the second of one name gets a suffix.

        Parameters
        ----------
        answer
            Names and rows, as `RunsSQL.sql` returns them.
        """
        names = distinct(answer.names)
        cells = tuple(map(list, zip(*answer.rows, strict=True))) or tuple([] for _ in names)
        # A driver may have types that no plain value has; they are objects in a frame.
        kinds = [
            frozenset(filter(None, (kind_of(cell) for cell in column if type(cell) in PLAIN)))
            for column in cells
        ]
        return cls(tuple(map(Column, names, names, kinds)), cells)

    @property
    def batches(self) -> tuple[tuple[list[Value], ...]]:
        """All cells as one batch: what is true of a selection is true of a result."""
        return (self.cells,)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def __len__(self) -> int:
        return len(self.cells[0]) if self.cells else 0

    def __repr__(self) -> str:
        from xetrack.frames.preview import text_table  # noqa: PLC0415 - at a prompt

        return f"{self._heading()}\n{text_table(self.names, self.rows())}"

    def _repr_html_(self) -> str:
        from xetrack.frames.preview import html_table  # noqa: PLC0415 - in notebooks

        return html_table(self.names, self.rows(), self._heading())

    def _heading(self) -> str:
        number = "1 row" if len(self) == 1 else f"{len(self):,} rows"
        return f"Result of {number}, {len(self.columns)} columns"

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows as tuples."""
        return list(zip(*self.cells, strict=True))

    def dicts(self) -> list[Row]:
        """Return the rows as dicts, missing cells as None."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows()]

    @overload
    def to_df(
        self, backend: Literal["pandas"] | None = None, *, parse_dates: bool = False
    ) -> pd.DataFrame: ...
    @overload
    def to_df(self, backend: Literal["polars"], *, parse_dates: bool = False) -> pl.DataFrame: ...
    @overload
    def to_df(self, backend: str, *, parse_dates: bool = False) -> Any: ...
    def to_df(self, backend: str | None = None, *, parse_dates: bool = False) -> Any:
        """Return a frame whose dtypes follow the kinds of the columns.

        Parameters
        ----------
        backend
            The name of a frame backend, such as ``"polars"``; by default what
            `xetrack.set_backend` chose.
        parse_dates
            Return timestamps of rows as datetimes; by default they are the texts as stored.
        """
        return backends.to_frame(self, backend, parse_dates=parse_dates)

    def to_arrow(self, *, parse_dates: bool = True) -> pa.Table:
        """Return an Arrow table.

        Parameters
        ----------
        parse_dates
            Return timestamps of rows as datetimes; if False, as the texts that are stored.
        """
        return backends.to_frame(self, backends.ARROW, parse_dates=parse_dates)
