"""The encoding of frames, indexes, arrays, scalars and dtypes of pandas.

``==`` of pandas leaves out much that a function can see: the class and the levels of an index, the
categories and their order, the storage of texts, ``freq``, ``attrs`` and flags. All of it counts.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.classes import encode_class_name
from xetrack_cache.keys.netstrings import netstring, text
from xetrack_cache.keys.object_state import encode_with_state

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder


def encode_pandas(encoder: Encoder, value: Any) -> bytes | None:
    """Encode a value of pandas.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        A value of pandas, or of a class that extends one of its classes.

    Returns
    -------
    bytes or None
        The part of the key; None for any other value, such as an offset.
    """
    pandas = sys.modules["pandas"]
    cls = encode_class_name(encoder, type(value))
    if value is pandas.NA or value is pandas.NaT:
        return netstring(b"v", cls)
    scalar = _scalar(pandas, value)
    if scalar is not None:
        return netstring(b"v", cls + encoder.all(b"t", scalar))
    if isinstance(value, pandas.api.extensions.ExtensionDtype):
        return netstring(b"v", cls + _dtype(encoder, value))
    content = _content_of(pandas, value)
    if content is None:
        return None
    encoder.need_content(value)
    return netstring(b"V", cls + content(encoder, value))


def _scalar(pandas: Any, value: Any) -> tuple[Any, ...] | None:
    if isinstance(value, pandas.Timestamp):
        return value.asm8, value.unit, value.tz, value.fold
    if isinstance(value, pandas.Timedelta):
        return value.asm8, value.unit
    if isinstance(value, pandas.Period):
        return value.ordinal, value.freqstr
    if isinstance(value, pandas.Interval):
        return value.left, value.right, value.closed
    return None


def _content_of(pandas: Any, value: Any) -> Any:
    """Return the function that encodes the content of a value; None for a value without one."""
    for name, function in (
        ("DataFrame", _frame),
        ("Series", _series),
        ("MultiIndex", _levels),
        ("Index", _index),
    ):
        if isinstance(value, getattr(pandas, name)):
            return function
    return _array if isinstance(value, pandas.api.extensions.ExtensionArray) else None


def _frame(encoder: Encoder, frame: Any) -> bytes:
    columns = [_column(encoder, frame.iloc[:, at]) for at in range(frame.shape[1])]
    labels = encoder.of(frame.columns) + encoder.of(frame.index)
    return labels + _metadata(encoder, frame) + b"".join(columns)


def _series(encoder: Encoder, series: Any) -> bytes:
    labels = encoder.of(series.name) + encoder.of(series.index)
    return labels + _metadata(encoder, series) + _column(encoder, series)


def _metadata(encoder: Encoder, value: Any) -> bytes:
    """Encode ``attrs``, flags, and the attributes that a subclass declares in ``_metadata``."""
    names = sorted(set(value._metadata) - {"_name", "name"})  # noqa: SLF001 - for subclasses
    declared = {name: getattr(value, name, None) for name in names}
    return encoder.all(b"t", (value.attrs, value.flags.allows_duplicate_labels, declared))


def _levels(encoder: Encoder, index: Any) -> bytes:
    codes = [codes.to_numpy() if hasattr(codes, "to_numpy") else codes for codes in index.codes]
    return encoder.all(b"t", (list(index.names), list(index.levels), codes))


def _index(encoder: Encoder, index: Any) -> bytes:
    pandas = sys.modules["pandas"]
    name = encoder.of(index.name)
    if isinstance(index, pandas.RangeIndex):
        return name + encoder.all(b"t", (index.start, index.stop, index.step))
    return name + _freq(encoder, index) + _column(encoder, index)


def _freq(encoder: Encoder, value: Any) -> bytes:
    freq = getattr(value, "freq", None)
    return b"" if freq is None else encode_with_state(encoder, freq)


def _column(encoder: Encoder, column: Any) -> bytes:
    """Encode the values of a series or an index."""
    if isinstance(column.dtype, sys.modules["numpy"].dtype):
        return encoder.of(column.to_numpy())
    return encoder.of(column.array)


def _array(encoder: Encoder, array: Any) -> bytes:
    parts = _parts_of(sys.modules["pandas"], array)
    dtype = encoder.of(array.dtype)
    if parts is None:
        return dtype + encoder.all(b"l", array.tolist())
    return dtype + _freq(encoder, array) + b"".join(map(encoder.of, parts))


def _parts_of(pandas: Any, array: Any) -> tuple[Any, ...] | None:
    """Return what an array is made of besides its dtype; None for one of cells of its own."""
    arrays = pandas.arrays
    if isinstance(array, pandas.Categorical):
        return (array.codes,)
    if isinstance(array, arrays.IntervalArray):
        return array.left, array.right
    if isinstance(array, arrays.PeriodArray | arrays.DatetimeArray | arrays.TimedeltaArray):
        return (array.asi8,)
    if isinstance(array, arrays.SparseArray):
        return array.kind, array.to_dense()
    if isinstance(array, arrays.NumpyExtensionArray):
        return (array.to_numpy(),)
    return (array.__arrow_array__(),) if isinstance(array.dtype, pandas.ArrowDtype) else None


def _dtype(encoder: Encoder, dtype: Any) -> bytes:
    """Encode a dtype by its name and by what it declares to tell it from others of its class."""
    pandas = sys.modules["pandas"]
    if isinstance(dtype, pandas.CategoricalDtype):
        return encoder.of(dtype.ordered) + encoder.encode_by_content(dtype.categories)
    names = [name for name in dtype._metadata if name != "freq"]  # noqa: SLF001 - for subclasses
    parts = [encoder.encode_by_content(getattr(dtype, name)) for name in names]
    return text(str(dtype)) + b"".join(parts)
