"""The encoding of arrays, scalars and dtypes of NumPy, and of dtypes that extend it (ml_dtypes)."""

from __future__ import annotations

import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.classes import encode_class_name
from xetrack_cache.keys.netstrings import netstring, text
from xetrack_cache.keys.object_state import encode_attributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack_cache.keys.encoder import Encoder

_LONG_DOUBLE_BITS = 63
"""Bits of the mantissa of a long double of ten bytes, which are stored in twelve or sixteen."""


def encode_numpy(encoder: Encoder, value: Any) -> bytes | None:
    """Encode an array, a scalar or a dtype of NumPy.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        A value of NumPy, or of a class that extends one of its classes.

    Returns
    -------
    bytes or None
        The part of the key; None for any other value of NumPy, such as a function.
    """
    numpy = sys.modules["numpy"]
    if isinstance(value, numpy.dtype):
        return netstring(b"y", _dtype(encoder, value))
    if isinstance(value, numpy.generic):
        if type(value) is not value.dtype.type:
            inner = encode_class_name(encoder, type(value)) + encode_attributes(encoder, value)
        else:
            inner = b""
        return netstring(b"#", _content(encoder, numpy.asarray(value)) + inner)
    if not isinstance(value, numpy.ndarray):
        return None
    encoder.need_content(value)
    if type(value) is numpy.ndarray:
        return netstring(b"N", _content(encoder, value))
    return netstring(b"N", _content(encoder, value.view(numpy.ndarray)) + _subclass(encoder, value))


def _subclass(encoder: Encoder, value: Any) -> bytes:
    """Encode what an array of a subclass has besides its elements."""
    numpy = sys.modules["numpy"]
    part = encode_class_name(encoder, type(value))
    if isinstance(value, numpy.memmap):  # the file that it is read from is no content
        return part
    if not isinstance(value, numpy.ma.MaskedArray):
        return part + encode_attributes(encoder, value)
    mask = encoder.of(numpy.ma.getmaskarray(value)) + encoder.of(numpy.asarray(value.fill_value))
    names = {"_mask", "_fill_value", "_hardmask", "_sharedmask", "_isfield", "_baseclass"}
    rest = encode_attributes(encoder, value, without=names)
    return part + mask + encoder.of(bool(value.hardmask)) + rest


def _content(encoder: Encoder, array: Any) -> bytes:
    """Encode dtype, shape, order of the axes and elements, in the order of the indices."""
    axes = encode_axes(encoder, array.shape, array.strides)
    head = _dtype(encoder, array.dtype) + encoder.of(array.shape) + axes
    return head + _elements(encoder, array)


def encode_axes(encoder: Encoder, shape: Sequence[int], strides: Sequence[int]) -> bytes:
    """Encode the order of axes in memory, which changes the rounding of sums and ``ravel("K")``.

    Parameters
    ----------
    encoder
        Encodes the axes.
    shape
        The length of each axis.
    strides
        The distance in memory between two elements along each axis.

    Returns
    -------
    bytes
        Empty for the usual order, the last axis innermost.
    """
    axes = [axis for axis, length in enumerate(shape) if length > 1 and strides[axis]]
    ordered = sorted(axes, key=lambda axis: -abs(strides[axis]))
    return b"" if ordered == axes else encoder.of(tuple(ordered))


def _elements(encoder: Encoder, array: Any) -> bytes:
    """Encode elements; those of several fields field by field, as bytes between them are chance."""
    numpy = sys.modules["numpy"]
    dtype = array.dtype
    if dtype.names is not None:
        return b"".join(_elements(encoder, array[name]) for name in dtype.names)
    if dtype.hasobject:
        return encoder.all(b"l", array.ravel().tolist())
    # Hashed without another copy.
    data = numpy.ascontiguousarray(array).reshape(-1).view(numpy.uint8)
    if dtype.kind in "fc" and _has_padding(numpy, dtype):
        data = data.reshape(-1, numpy.dtype("g").itemsize)[:, :10].tobytes()
    return netstring(b"h", sha256(data).digest())


def _has_padding(numpy: Any, dtype: Any) -> bool:
    return dtype.char in "gG" and numpy.finfo(dtype).nmant == _LONG_DOUBLE_BITS


def _dtype(encoder: Encoder, dtype: Any) -> bytes:
    """Encode a dtype: name, layout, byte order, and what ``==`` ignores (metadata, titles)."""
    cls = dtype.type
    part = text(f"{cls.__module__}.{cls.__qualname__} {dtype.str}")
    if dtype.metadata:
        part += netstring(b"d", encoder.encode_by_content(dict(dtype.metadata)))
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return netstring(b"y", part + _dtype(encoder, base) + encoder.of(shape))
    if dtype.names is not None:
        layout = encoder.of((dtype.itemsize, dtype.isalignedstruct))
        return netstring(b"y", part + layout + b"".join(_fields(encoder, dtype)))
    if dtype.kind == "T":  # texts of any length; they may have a value that stands for none
        options = getattr(dtype, "na_object", None), hasattr(dtype, "na_object"), dtype.coerce
        return netstring(b"y", part + encoder.of(options))
    return part


def _fields(encoder: Encoder, dtype: Any) -> list[bytes]:
    parts = []
    for name in dtype.names:
        field, offset, *title = dtype.fields[name]
        parts.append(text(name) + _dtype(encoder, field) + encoder.of((offset, *title)))
    return parts
