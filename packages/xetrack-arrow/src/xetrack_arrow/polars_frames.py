"""Columns of plain values become frames of polars."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from xetrack.interfaces.frames import FrameBackend, ParsesDates
from xetrack.model.dtypes import are_naive, common_offset, fits, types_of
from xetrack_arrow.chunks import split, to_chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.interfaces.frames import Columnar
    from xetrack.model.kinds import Value

_DTYPES: dict[type, Any] = {
    bool: pl.Boolean,
    int: pl.Int64,
    float: pl.Float64,
    str: pl.String,
    bytes: pl.Binary,
    datetime: pl.Datetime("us"),
    date: pl.Date,
    time: pl.Time,
    timedelta: pl.Duration("us"),
}


class PolarsBackend(FrameBackend, ParsesDates):
    """Makes frames of polars; columns that polars has no type for hold objects."""

    def frame(self, answer: Columnar) -> pl.DataFrame:
        """Return a frame of all rows; see `FrameBackend.frame`."""
        arrays, rest = split(answer)
        chunked = to_chunks(
            rest.columns,
            rest.batches,
            lambda cls, cells: pl.Series(cells, dtype=_DTYPES[cls]),
            lambda array: array.to_list(),
        )
        series = {name: pl.Series(name, arrays.pop(name)) for name in list(arrays)}
        for column, chunks in zip(rest.columns, chunked, strict=True):
            series[column.name] = (
                pl.concat(chunks.arrays, rechunk=True)
                if chunks.arrays
                else _series(column, chunks.cells)
            )
        return pl.DataFrame({column.name: series[column.name] for column in answer.columns})

    def parse_dates(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """Return the frame with a column of timestamps parsed; see `ParsesDates.parse_dates`."""
        try:
            moments = frame[column].str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
        except pl.exceptions.PolarsError:  # no timestamp, or one with a time zone
            return frame
        return frame.with_columns(moments)


def _series(column: Column, cells: Sequence[Value]) -> pl.Series:
    """Return cells of any types as a series; the types that are there decide."""
    types, _ = types_of(cells, column.kinds)
    is_uniform = types == {int, float} or len(types) == 1
    cls = float if float in types else next(iter(types), object)
    dtype = _DTYPES.get(cls) if is_uniform else None
    if types in ({datetime}, {time}) and not are_naive(cells):
        zone = _zone(common_offset(cells)) if types == {datetime} else None
        dtype = zone and pl.Datetime("us", zone)
    if dtype is None or not fits(cells, types, column.kinds):
        dtype = pl.Object if types else pl.Null
    return pl.Series(cells, dtype=dtype, strict=float not in types)


def _zone(offset: timedelta | None) -> str | None:
    """Return the name of the zone that has always an offset of whole hours; None for others."""
    if offset is None:
        return None
    hours, rest = divmod(offset, timedelta(hours=1))
    if rest or not -12 <= hours <= 14:  # noqa: PLR2004 - those that there are
        return None
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"  # west is positive in these names
