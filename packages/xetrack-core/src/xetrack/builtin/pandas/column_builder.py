"""Columns for pandas, built batch by batch, so that a large table never stands as Python objects.

A column of one kind is kept as the bytes of its dtype from the first batch on. When a batch brings
another type, which only a change by another program or a column of several kinds does, the column
goes on as a list of objects.
"""

from __future__ import annotations

import sys
from datetime import timezone
from operator import countOf
from struct import error, pack
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xetrack.model.dtypes import UNIFORM, are_naive, common_offset, fits, types_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from xetrack.interfaces.engine import Column
    from xetrack.model.kinds import Kind, Value

_CODES = {float: "d", int: "q", bool: "?"}
"""How `struct` calls what NumPy keeps of each type."""

_ARRAYS = {float: np.float64, int: np.int64, bool: np.bool_}
"""The same for NumPy, which has two types of 64 bits for integers, and makes frames of this one."""

_HAS_TEXT_DTYPE = int(pd.__version__.split(".")[0]) > 2  # noqa: PLR2004 - 3 brought it
"""Whether pandas gives texts a dtype of their own; before 3 they are ``object``."""

_DTYPES = {
    frozenset({bool}): ("bool", "boolean"),
    frozenset({int}): ("int64", "Int64"),
    frozenset({float}): ("float64", "float64"),
    frozenset({int, float}): ("float64", "float64"),
    frozenset({str}): ("str", "str"),
}
"""The dtype of a column of these types, without and with missing cells."""

_MISSING = type(None)


class _Numbers:
    """Floats, integers of 64 bits or booleans, and where cells are missing."""

    def __init__(self, cls: type) -> None:
        self._type = cls
        self._data = bytearray()
        self._gaps = bytearray()

    def add(self, cells: Sequence[Value]) -> bool:
        """Take cells, or say that one of them is of another type."""
        # To pack a list takes a third of the time of making an array of it.
        try:
            if self._type is int:  # the only type that refuses all others
                self._data += pack(f"{len(cells)}q", *cells)
                self._gaps += bytes(len(cells))
                return True
        except error:
            pass
        gaps = bytes(len(cells))
        if countOf(map(type, cells), self._type) != len(cells):
            if not set(map(type, cells)) <= {self._type, _MISSING}:
                return False
            gaps = bytes([cell is None for cell in cells])
            cells = [self._type() if cell is None else cell for cell in cells]
        try:
            self._data += pack(f"{len(cells)}{_CODES[self._type]}", *cells)
        except error:  # more than 64 bits
            return False
        self._gaps += gaps
        return True

    def cells(self) -> list[Value]:
        """Return what was taken so far."""
        cells = np.frombuffer(self._data, _ARRAYS[self._type]).tolist()
        return [None if gap else cell for cell, gap in zip(cells, self._gaps, strict=True)]

    def series(self) -> Any:
        """Return the column as a pandas series."""
        values: Any = np.frombuffer(self._data, _ARRAYS[self._type])
        gaps = np.frombuffer(self._gaps, bool)
        return of_numbers(values, gaps if gaps.any() else None)


def of_numbers(values: Any, mask: Any) -> Any:
    """Return an array of numbers or booleans as a pandas series.

    Parameters
    ----------
    values
        The array, whose memory the series takes over.
    mask
        True where cells are missing; None if none is.
    """
    if mask is None:
        return pd.Series(values, copy=False)
    if values.dtype == "float64":
        values[mask] = np.nan
        return pd.Series(values, copy=False)
    array_of = pd.arrays.BooleanArray if values.dtype == bool else pd.arrays.IntegerArray
    return pd.Series(array_of(values, mask), copy=False)


class _Texts:
    """Text as objects, for a pandas without Arrow or before 3."""

    def __init__(self, dtype: Any) -> None:
        self._dtype = dtype
        self._objects: list[Value] = []
        self._repeats = True

    def add(self, cells: Sequence[Value]) -> bool:
        """Take cells, or say that one of them is no text."""
        try:
            # What repeats, as names of runs and models do, is looked at but once in a batch.
            different: Collection[Any] = set(cells) if self._repeats else cells
            if not set(map(type, different)) <= {str, _MISSING}:
                return False
        except TypeError:  # a list
            return False
        self._repeats = len(different) * 2 < len(cells)
        if len(different) == 1:
            (cell,) = different
            self._objects += [cell and sys.intern(cell)] * len(cells)
        elif self._repeats:
            texts: Sequence[Any] = cells
            self._objects += [text and sys.intern(text) for text in texts]
        else:
            self._objects += cells
        return True

    def cells(self) -> list[Value]:
        """Return what was taken so far."""
        return self._objects

    def series(self) -> Any:
        """Return the column as a pandas series."""
        return pd.Series(self._objects, dtype=self._dtype)


class _ArrowTexts:
    """Text as pandas keeps it where pyarrow is installed: the bytes of all cells, and their ends.

    Both grow with the cells, so that nothing is copied in the end.
    """

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = bytearray(8)
        self._gaps = bytearray()

    def add(self, cells: Sequence[Value]) -> bool:
        """Take cells, or say that one of them is no text."""
        gaps, first = bytes(len(cells)), cells[0] if cells else None
        try:
            if type(first) is str and first == cells[-1] and cells.count(first) == len(cells):
                text = first.encode()
                data, ends = text * len(cells), np.arange(1, len(cells) + 1) * len(text)
            else:
                if None in cells:
                    gaps = bytes([cell is None for cell in cells])
                    cells = ["" if cell is None else cell for cell in cells]
                data, ends = _joined(cells)
        except (TypeError, UnicodeEncodeError):  # no text; lone surrogates
            return False
        self._ends += (ends + len(self._data)).astype(np.int64, copy=False).tobytes()
        self._data += data
        self._gaps += gaps
        return True

    def _array(self) -> Any:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - pandas has it

        gaps = np.frombuffer(self._gaps, bool)
        valid = np.packbits(~gaps, bitorder="little") if gaps.any() else None
        buffers = [part if part is None else pa.py_buffer(part) for part in (valid, self._ends)]
        buffers.append(pa.py_buffer(self._data))
        return pa.Array.from_buffers(pa.large_string(), len(gaps), buffers)

    def cells(self) -> list[Value]:
        """Return what was taken so far."""
        return list(self._array().to_pylist())

    def series(self) -> Any:
        """Return the column as a pandas series."""
        import pyarrow as pa  # noqa: PLC0415 - pandas has it

        return of_large_strings(pa.chunked_array([self._array()]))


def of_large_strings(array: Any) -> Any:
    """Return a chunked array of large strings as a pandas series.

    Parameters
    ----------
    array
        A chunked array of Arrow's type ``large_string``.
    """
    if not _HAS_TEXT_DTYPE:
        return pd.Series(array.to_pylist(), dtype=object)
    # The way by which pyarrow itself makes columns of an extension dtype.
    return pd.Series(_text_dtype().__from_arrow__(array), copy=False)


def _text_dtype() -> Any:
    """Return the dtype that this pandas gives texts: ``str``, or ``object`` before 3."""
    return pd.StringDtype(na_value=np.nan) if _HAS_TEXT_DTYPE else np.dtype(object)


def _joined(cells: Sequence[Any]) -> tuple[bytes, Any]:
    """Return the UTF-8 of all texts in a row, and where each of them ends."""
    apart = np.frombuffer("\0".join([*cells, ""]).encode(), np.uint8)
    marks = np.flatnonzero(apart == 0)
    if len(marks) == len(cells):
        return "".join(cells).encode(), marks - np.arange(len(cells))
    each = [cell.encode() for cell in cells]  # a text may have the mark in it
    return b"".join(each), np.cumsum([len(text) for text in each], dtype=np.int64)


class ColumnBuilder:
    """Collects the cells of one column."""

    def __init__(self, column: Column) -> None:
        self._kinds = column.kinds
        self._typed: _Numbers | _Texts | _ArrowTexts | None = None
        cls = UNIFORM.get(column.kinds)
        if cls in _CODES:
            self._typed = _Numbers(cls)
        elif cls is str:
            dtype = _text_dtype()
            in_arrow = getattr(dtype, "storage", None) == "pyarrow"
            self._typed = _ArrowTexts() if in_arrow else _Texts(dtype)
        self._objects: list[Value] = []

    def add(self, cells: Sequence[Value]) -> None:
        """Take the cells of one batch.

        Parameters
        ----------
        cells
            They come after those of earlier batches.
        """
        if self._typed is not None:
            if self._typed.add(cells):
                return
            self._objects = self._typed.cells()
            self._typed = None
        self._objects += cells

    def series(self) -> Any:
        """Return the column as a pandas series."""
        if self._typed is None:
            return _series(self._objects, self._kinds)
        return self._typed.series()


def _datetime_dtype(cells: Sequence[Value]) -> Any:
    """Return the dtype of datetimes without a zone, or of one offset; of others, objects."""
    if are_naive(cells):
        return "datetime64[us]"
    offset = common_offset(cells)
    return "object" if offset is None else pd.DatetimeTZDtype("us", timezone(offset))


def _series(cells: Sequence[Value], kinds: frozenset[Kind]) -> Any:
    """Return cells of any types as a series; the types that are there decide."""
    types, gaps = types_of(cells, kinds)
    if not fits(cells, types, kinds):
        return pd.Series(cells, dtype="object")
    names = {cls.__name__ for cls in types}
    if names == {"datetime"}:
        return pd.Series(cells, dtype=_datetime_dtype(cells))
    if names == {"timedelta"}:
        return pd.Series(cells, dtype="timedelta64[us]")
    return pd.Series(cells, dtype=_DTYPES.get(frozenset(types), ("object", "object"))[gaps])
