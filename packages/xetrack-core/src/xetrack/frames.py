"""Columns of plain values become frames: pandas, polars, Arrow.

The kinds of the values decide the dtypes, never a guess from the first rows. What a dtype would
round, refuse or make into something else stays as it is: as objects in pandas and polars, as a
union in Arrow.
"""

from __future__ import annotations

from datetime import date, datetime, time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from xetrack.dtypes import are_naive, fits, types_of
from xetrack.errors import InvalidArgumentError, MissingPackageError
from xetrack.pieces import in_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    import polars as pl

    from xetrack.interfaces.engine import Column, Selection
    from xetrack.kinds import Value
    from xetrack.results import Result

Backend: TypeAlias = Literal["pandas", "polars"]

_backend: Backend = "pandas"


def set_backend(backend: Backend) -> None:
    """Choose what ``to_df`` returns from now on, in all of this process.

    Raises
    ------
    InvalidArgumentError
        There is no such backend.
    MissingPackageError
        It is not installed.
    """
    global _backend  # noqa: PLW0603 - a setting of the process is what was asked for
    if backend not in get_args(Backend):
        raise InvalidArgumentError("backend", backend, "'pandas' or 'polars'")
    library(backend, backend)
    _backend = backend


def get_backend() -> Backend:
    """Return what ``to_df`` returns where it is not told."""
    return _backend


def library(name: str, extra: str) -> Any:
    """Import an optional library, or name the extra that brings it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingPackageError(name, extra) from error


def to_frame(answer: Result | Selection, backend: Backend | None) -> Any:
    """Return a frame of the backend, or of the one that `set_backend` chose."""
    chosen = backend or _backend
    if chosen == "pandas":
        from xetrack.interfaces.powers import HasArrays  # noqa: PLC0415 - most make no frame

        if isinstance(answer, HasArrays):
            from xetrack.wholes import frame  # noqa: PLC0415 - it needs pandas

            return frame(answer.columns, answer.arrays())
        return to_pandas(answer.columns, answer.batches)
    if chosen == "polars":
        return to_polars(answer)
    raise InvalidArgumentError("backend", backend, "'pandas' or 'polars'")


def to_pandas(
    columns: Sequence[Column], batches: Iterable[Sequence[Sequence[Value]]]
) -> pd.DataFrame:
    """Return a pandas frame of all batches.

    Integers are ``int64``, or ``Int64`` where cells are missing; booleans ``bool`` or ``boolean``;
    floats ``float64``; text ``str``; datetimes without a time zone ``datetime64[us]``; all else
    ``object``.
    """
    import pandas as pd  # noqa: PLC0415 - half a second, and not everybody wants a frame

    from xetrack.columns import ColumnBuilder  # noqa: PLC0415 - it needs pandas

    builders = [ColumnBuilder(column) for column in columns]
    rows = 0
    for batch in batches:
        rows += len(batch[0]) if batch else 0
        for builder, cells in zip(builders, batch, strict=True):
            builder.add(cells)
    series = {column.name: one.series() for column, one in zip(columns, builders, strict=True)}
    return pd.DataFrame(series, index=pd.RangeIndex(rows), copy=False)


def to_polars(answer: Result | Selection) -> pl.DataFrame:
    """Return a polars frame; columns that polars has no type for hold objects."""
    polars = library("polars", "polars")
    dtypes = {
        bool: polars.Boolean,
        int: polars.Int64,
        float: polars.Float64,
        str: polars.String,
        bytes: polars.Binary,
        datetime: polars.Datetime("us"),
        date: polars.Date,
        time: polars.Time,
    }
    every = in_pieces(
        answer.columns,
        answer.batches,
        lambda cls, cells: polars.Series(cells, dtype=dtypes[cls]),
        lambda array: array.to_list(),
    )
    series = []
    for column, one in zip(answer.columns, every, strict=True):
        if one.arrays:
            series.append(polars.concat(one.arrays, rechunk=True).alias(column.name))
            continue
        cells = one.cells
        types, _ = types_of(cells, column.kinds)
        alike = types == {int, float} or len(types) == 1
        dtype = (
            dtypes.get(float if float in types else next(iter(types), object)) if alike else None
        )
        zoned = types in ({datetime}, {time}) and not are_naive(cells)
        if dtype is None or zoned or not fits(cells, types, column.kinds):
            dtype = polars.Object if types else polars.Null
        series.append(polars.Series(column.name, cells, dtype=dtype, strict=float not in types))
    frame: pl.DataFrame = polars.DataFrame(series)
    return frame
