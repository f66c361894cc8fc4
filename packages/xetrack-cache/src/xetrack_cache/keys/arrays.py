"""The encoding of arrays, frames and their scalars: kind, shape and bytes, or item by item.

No library is imported for it: what it has not loaded, nobody can have a value of.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.netstrings import netstring, text

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder


def encode_array(encoder: Encoder, value: Any) -> bytes | None:
    """Encode a value of NumPy, pandas, polars or Arrow.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    value
        Any value.

    Returns
    -------
    bytes or None
        The part of the key; None for a value of no such library.
    """
    library = type(value).__module__.partition(".")[0]
    function = _LIBRARIES.get(library)
    return function(encoder, value) if function else None


def _numpy(encoder: Encoder, value: Any) -> bytes | None:
    numpy = sys.modules["numpy"]
    if isinstance(value, numpy.dtype):
        return netstring(b"y", _dtype(value))
    if isinstance(value, numpy.generic) and not value.dtype.hasobject:
        return netstring(b"#", _dtype(value.dtype) + netstring(b"b", value.tobytes()))
    if type(value) is not numpy.ndarray:
        return None
    encoder.need_content(value)
    head = _dtype(value.dtype) + encoder.of(value.shape)
    if value.dtype.hasobject:
        return netstring(b"N", head + encoder.all(b"l", value.ravel().tolist()))
    # In the order of the indices, whatever the order in memory; hashed without another copy.
    data = numpy.ascontiguousarray(value).reshape(-1).view(numpy.uint8)
    return netstring(b"N", head + netstring(b"h", sha256(data).digest()))


def _dtype(dtype: Any) -> bytes:
    return text(str(sys.modules["numpy"].lib.format.dtype_to_descr(dtype)))


def _pandas(encoder: Encoder, value: Any) -> bytes | None:
    pandas = sys.modules["pandas"]
    name = text(type(value).__name__)
    if value is pandas.NA or value is pandas.NaT:
        return netstring(b"v", name)
    if isinstance(value, pandas.Timestamp | pandas.Timedelta):
        zone = getattr(value, "tz", None)
        return netstring(b"v", name + encoder.of(value.value) + text(value.unit) + text(str(zone)))
    if not isinstance(value, pandas.DataFrame | pandas.Series | pandas.Index):
        return None
    encoder.need_content(value)
    if isinstance(value, pandas.DataFrame):
        columns = [value.iloc[:, at] for at in range(value.shape[1])]
        inner = encoder.of(value.columns) + encoder.of(value.index)
        return netstring(
            b"V", name + inner + b"".join(_column(encoder, column) for column in columns)
        )
    if isinstance(value, pandas.MultiIndex):
        return netstring(b"V", name + encoder.of(list(value.names)) + encoder.of(value.to_list()))
    inner = encoder.of(value.name)
    if isinstance(value, pandas.Series):
        inner += encoder.of(value.index)
    return netstring(b"V", name + inner + _column(encoder, value))


def _column(encoder: Encoder, column: Any) -> bytes:
    numpy = sys.modules["numpy"]
    if isinstance(column.dtype, numpy.dtype):
        return encoder.of(column.to_numpy())
    return text(str(column.dtype)) + encoder.of(column.tolist())


def _polars(encoder: Encoder, value: Any) -> bytes | None:
    polars = sys.modules["polars"]
    if isinstance(value, polars.Series):
        return _table(encoder, value, value.to_frame())
    return _table(encoder, value, value) if isinstance(value, polars.DataFrame) else None


def _table(encoder: Encoder, value: Any, frame: Any) -> bytes:
    encoder.need_content(value)
    buffer = BytesIO()
    frame.rechunk().write_ipc_stream(buffer)
    return netstring(
        b"V", text(type(value).__name__) + netstring(b"h", sha256(buffer.getbuffer()).digest())
    )


def _arrow(encoder: Encoder, value: Any) -> bytes | None:
    arrow = sys.modules["pyarrow"]
    if not isinstance(value, arrow.Table):
        return None
    encoder.need_content(value)
    columns = ((name, value[name]) for name in value.column_names)
    inner = b"".join(text(name) + encoder.of(column.to_pylist()) for name, column in columns)
    return netstring(b"V", text("Table") + text(str(value.schema)) + inner)


_LIBRARIES = {"numpy": _numpy, "pandas": _pandas, "polars": _polars, "pyarrow": _arrow}
