"""Whole columns that a database gives as arrays become a pandas frame, with no object of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xetrack.builtin.pandas.column_builder import ColumnBuilder, of_large_strings, of_numbers

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
    return of_numbers(values, mask)


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
    return of_numbers(values if values.flags.writeable else values.copy(), gaps)
