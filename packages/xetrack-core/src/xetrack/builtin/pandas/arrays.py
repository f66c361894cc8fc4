"""Whole columns that a database gives as arrays become a pandas frame, with no object of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xetrack.builtin.pandas.column_builder import ColumnBuilder, of_large_strings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.interfaces.engines.capabilities import ColumnData


def frame(columns: Sequence[Column], wholes: Sequence[ColumnData]) -> pd.DataFrame:
    """Return a frame with the dtypes that `PandasBackend` gives the same cells.

    Parameters
    ----------
    columns
        The columns, in order.
    wholes
        All cells of each column.
    """
    series = {
        column.name: _series(column, whole) for column, whole in zip(columns, wholes, strict=True)
    }
    rows = max(map(len, series.values()), default=0)
    return pd.DataFrame(series, index=pd.RangeIndex(rows), copy=False)


def _series(column: Column, whole: ColumnData) -> Any:
    if not isinstance(whole, tuple):
        builder = ColumnBuilder(column)
        builder.add(whole)
        return builder.series()
    values, mask = whole
    if values.dtype == object:
        return pd.Series(values if mask is None else np.where(mask, None, values), dtype="str")
    return _series_of(values, mask)


def _series_of(values: Any, mask: Any) -> Any:
    """Return an array of numbers or booleans as a series, with what is missing in it."""
    if mask is None:
        return pd.Series(values, copy=False)
    if values.dtype == "float64":
        values[mask] = np.nan
        return pd.Series(values, copy=False)
    array_of = pd.arrays.BooleanArray if values.dtype == bool else pd.arrays.IntegerArray
    return pd.Series(array_of(values, mask), copy=False)


def of_arrow(name: str, arrays: dict[str, Any]) -> Any:
    """Take a chunked array of these as the series that `PandasBackend` makes of it.

    Parameters
    ----------
    name
        The column.
    arrays
        Arrow arrays by name of column, from which this one is removed.
    """
    array = arrays.pop(name)  # its memory goes with it
    if array.type == "string":
        return of_large_strings(array.cast("large_string"))
    gaps = array.is_null().to_numpy() if array.null_count else None
    if gaps is not None:
        array = array.fill_null(False if array.type == "bool" else 0)
    values = array.to_numpy()
    return _series_of(values if values.flags.writeable else values.copy(), gaps)
