"""Columns of plain values become frames: pandas, polars, Arrow.

The kinds of the values decide the dtypes, never a guess from the first rows. What a dtype would
round, refuse or make into something else stays as it is: as objects in pandas and polars, as a
union in Arrow.
"""

from __future__ import annotations

from datetime import date, datetime, time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from xetrack.errors import InvalidArgumentError, MissingPackageError
from xetrack.frames.chunks import in_pieces
from xetrack.frames.dtypes import are_naive, fits, types_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from xetrack.frames.columnar import Columnar

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


def to_frame(answer: Columnar, backend: Backend | None) -> Any:
    """Return a frame of the backend, or of the one that `set_backend` chose."""
    chosen = backend or _backend
    if chosen == "pandas":
        return to_pandas(answer)
    if chosen == "polars":
        return to_polars(answer)
    raise InvalidArgumentError("backend", backend, "'pandas' or 'polars'")


def split(answer: Columnar) -> tuple[dict[str, Any], Columnar]:
    """Return those columns that the database gives as Arrow arrays, and all others."""
    from xetrack.interfaces.capabilities import HasArrow  # noqa: PLC0415 - most make no frame

    return (isinstance(answer, HasArrow) and answer.arrow()) or ({}, answer)


def to_pandas(answer: Columnar) -> pd.DataFrame:
    """Return a pandas frame of all rows.

    Integers are ``int64``, or ``Int64`` where cells are missing; booleans ``bool`` or ``boolean``;
    floats ``float64``; text ``str``; datetimes without a time zone ``datetime64[us]``; all else
    ``object``.
    """
    import pandas as pd  # noqa: PLC0415 - half a second, and not everybody wants a frame

    from xetrack.frames import arrays  # noqa: PLC0415 - it needs pandas
    from xetrack.frames.pandas_builder import ColumnBuilder  # noqa: PLC0415 - it needs pandas
    from xetrack.interfaces.capabilities import HasArrays  # noqa: PLC0415 - most make no frame

    if isinstance(answer, HasArrays):
        return arrays.frame(answer.columns, answer.arrays())
    whole, rest = split(answer)
    rows = max(map(len, whole.values()), default=0)
    builders = {column.name: ColumnBuilder(column) for column in rest.columns}
    for batch in rest.batches:
        rows = rows if whole else rows + (len(batch[0]) if batch else 0)
        for builder, cells in zip(builders.values(), batch, strict=True):
            builder.add(cells)
    names = [column.name for column in answer.columns]
    series = {
        name: arrays.of_arrow(name, whole) if name in whole else builders[name].series()
        for name in names
    }
    return pd.DataFrame(series, index=pd.RangeIndex(rows), copy=False)


def to_polars(answer: Columnar) -> pl.DataFrame:
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
    arrays, rest = split(answer)
    every = in_pieces(
        rest.columns,
        rest.batches,
        lambda cls, cells: polars.Series(cells, dtype=dtypes[cls]),
        lambda array: array.to_list(),
    )
    series = {name: polars.Series(name, arrays.pop(name)) for name in list(arrays)}
    for column, one in zip(rest.columns, every, strict=True):
        if one.arrays:
            series[column.name] = polars.concat(one.arrays, rechunk=True)
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
        series[column.name] = polars.Series(cells, dtype=dtype, strict=float not in types)
    frame: pl.DataFrame = polars.DataFrame(
        {column.name: series[column.name] for column in answer.columns}
    )
    return frame
