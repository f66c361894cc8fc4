"""Columns for pandas, built batch by batch, so that a large table never stands as Python objects.

A column of one kind is kept as NumPy arrays from the first batch on. When a batch brings another
type, which only a change by another program or a column of several kinds does, the column goes on
as a list of objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xetrack.dtypes import are_naive, fits, types_of
from xetrack.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.kinds import Value

_NUMBERS: dict[frozenset[Kind], tuple[type, str]] = {
    frozenset({Kind.FLOAT}): (float, "float64"),
    frozenset({Kind.FLOAT, Kind.NAN}): (float, "float64"),
    frozenset({Kind.FLOAT, Kind.INT}): (float, "float64"),
    frozenset({Kind.FLOAT, Kind.INT, Kind.NAN}): (float, "float64"),
    frozenset({Kind.INT}): (int, "int64"),
    frozenset({Kind.INT, Kind.BIGINT}): (int, "int64"),
    frozenset({Kind.BOOL}): (bool, "bool"),
}
"""The Python type and the NumPy dtype of columns that need no objects."""

_NULLABLE = {"int64": "Int64", "bool": "boolean"}

_DTYPES = {
    frozenset({bool}): ("bool", "boolean"),
    frozenset({int}): ("int64", "Int64"),
    frozenset({float}): ("float64", "float64"),
    frozenset({int, float}): ("float64", "float64"),
    frozenset({str}): ("str", "str"),
}
"""The dtype of a column of these types, without and with missing cells."""


class ColumnBuilder:
    """Collects the cells of one column."""

    def __init__(self, column: Column) -> None:
        self._kinds = column.kinds
        self._type: type | None
        self._type, self._dtype = _NUMBERS.get(column.kinds, (None, "object"))
        self._arrays: list[Any] = []
        self._masks: list[Any] = []
        self._objects: list[Value] = []

    def add(self, cells: Sequence[Value]) -> None:
        """Take the cells of one batch."""
        if self._type is None:
            self._objects.extend(cells)
            return
        types = set(map(type, cells))
        gaps = type(None) in types
        if not types <= {self._type, type(None)}:
            self._to_objects()
            self._objects.extend(cells)
        elif not gaps or self._type is float:
            self._arrays.append(np.array(cells, dtype=self._dtype))
            self._masks.append(None)
        else:
            mask = np.array([cell is None for cell in cells])
            filled = [self._type() if cell is None else cell for cell in cells]
            self._arrays.append(np.array(filled, dtype=self._dtype))
            self._masks.append(mask)

    def _to_objects(self) -> None:
        for array, mask in zip(self._arrays, self._masks, strict=True):
            cells = array.tolist()
            if mask is not None:
                cells = [None if gap else cell for cell, gap in zip(cells, mask, strict=True)]
            elif self._type is float and Kind.NAN not in self._kinds:
                cells = [None if cell != cell else cell for cell in cells]  # noqa: PLR0124 - nan
            self._objects.extend(cells)
        self._type = None
        self._arrays.clear()

    def series(self) -> Any:
        """Return the column as a pandas series."""
        if self._type is None or not self._arrays:
            return _series(self._objects, self._kinds)
        values = np.concatenate(self._arrays)
        if all(mask is None for mask in self._masks):
            return pd.Series(values, copy=False)
        masks = [
            np.zeros(len(array), dtype=bool) if mask is None else mask
            for array, mask in zip(self._arrays, self._masks, strict=True)
        ]
        if all(map(np.all, masks)):
            return _series([None] * len(values), self._kinds)
        array_of = pd.arrays.IntegerArray if self._type is int else pd.arrays.BooleanArray
        return pd.Series(array_of(values, np.concatenate(masks)), copy=False)


def _series(cells: Sequence[Value], kinds: frozenset[Kind]) -> Any:
    """Return cells of any types as a series; the types that are there decide."""
    types, gaps = types_of(cells, kinds)
    if not fits(cells, types, kinds):
        return pd.Series(cells, dtype="object")
    names = {one.__name__ for one in types}
    if names == {"datetime"} and are_naive(cells):
        return pd.Series(cells, dtype="datetime64[us]")
    return pd.Series(cells, dtype=_DTYPES.get(frozenset(types), ("object", "object"))[gaps])
