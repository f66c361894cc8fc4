"""Columns of plain values become frames of pandas."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pandas as pd

from xetrack.builtin.pandas import arrays
from xetrack.builtin.pandas.column_builder import ColumnBuilder
from xetrack.interfaces.engines.capabilities import HasArrays, HasArrow
from xetrack.interfaces.frames import FrameBackend, ParsesDates

if TYPE_CHECKING:
    from xetrack.interfaces.frames import Columnar


class PandasBackend(FrameBackend, ParsesDates):
    """Makes frames of pandas.

    Integers are ``int64``, or ``Int64`` where cells are missing; booleans ``bool`` or ``boolean``;
    floats ``float64``; text ``str``, or ``object`` in a pandas before 3; durations
    ``timedelta64[us]``; datetimes ``datetime64[us]``, with the zone if all have one offset from
    UTC; all else ``object``.
    """

    def frame(self, answer: Columnar) -> pd.DataFrame:
        """Return a frame of all rows; see `FrameBackend.frame`."""
        if isinstance(answer, HasArrays):
            return arrays.frame(answer.columns, answer.arrays())
        whole, rest = (isinstance(answer, HasArrow) and answer.arrow()) or ({}, answer)
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

    def parse_dates(self, frame: pd.DataFrame, column: str) -> pd.DataFrame:
        """Return the frame with a column of timestamps parsed; see `ParsesDates.parse_dates`."""
        try:
            with warnings.catch_warnings():  # pandas 2 warns of time zones where pandas 3 raises
                warnings.simplefilter("error", FutureWarning)
                moments = pd.to_datetime(frame[column], format="ISO8601").astype("datetime64[us]")
        except (ValueError, TypeError, FutureWarning):  # no timestamp, or one with a time zone
            return frame
        frame[column] = moments
        return frame
