"""Arrays of NumPy in its own format, NEP 1 (``.npy``): a header, then the elements in C order."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from xetrack.assets import npy
from xetrack.interfaces.codecs import CannotEncodeError, Codec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from xetrack.interfaces.codecs import Pieces

_CHUNK = 4 * 2**20
"""Bytes of an array that are brought into order at a time."""


class NumpyCodec(Codec):
    """The codec of arrays whose elements are no Python objects."""

    rank = 50
    suffix = ".npy"

    def takes(self, value: object) -> bool:
        """Return True for arrays; see `Codec.takes`. A subclass would not come back."""
        cls = type(value)
        return cls.__module__ == "numpy" and cls.__name__ == "ndarray"

    def encode(self, value: np.ndarray[Any, Any]) -> Pieces:
        """Return header and elements, without a copy if in C order; see `Codec.encode`."""
        from numpy.lib import format as headers  # noqa: PLC0415 - an array is here, so NumPy is

        header = io.BytesIO()
        facts = {"fortran_order": False, "shape": value.shape}
        try:
            npy.check(value)
            with warnings.catch_warnings(action="error"):
                descr = headers.dtype_to_descr(value.dtype)
            # Types that other libraries added have no name in this format.
            if headers.descr_to_dtype(descr) != value.dtype:
                raise CannotEncodeError
            headers.write_array_header_2_0(header, {"descr": descr, **facts})
        except (UserWarning, ValueError, UnicodeError, TypeError) as error:
            raise CannotEncodeError from error
        if header.tell() > npy.HEADER:
            raise CannotEncodeError
        return _NpyPieces(header.getvalue(), value)

    def decode(self, content: bytearray, version: int) -> np.ndarray[Any, Any]:  # noqa: ARG002
        """Return an array over the content's own memory; see `Codec.decode`."""
        return npy.read(content)

    def render(self, head: bytes, size: int, version: int) -> str:  # noqa: ARG002 - as `Codec`
        """Return type and shape; see `Codec.render`."""
        return npy.summary(head)


class _NpyPieces:
    """The bytes of an array, made anew each time they are iterated."""

    def __init__(self, header: bytes, array: np.ndarray[Any, Any]) -> None:
        self._header = header
        self._array = array

    def __iter__(self) -> Iterator[bytes | memoryview]:
        import numpy as np  # noqa: PLC0415 - an array is here, so NumPy is

        yield self._header
        array = self._array
        if not array.nbytes:
            return
        if array.flags.c_contiguous:
            yield array.reshape(-1).view(np.uint8).data
            return
        size = max(1, _CHUNK // array.itemsize)
        parts = np.nditer(array, flags=["external_loop", "buffered"], buffersize=size, order="C")
        for part in parts:
            yield np.asarray(part).tobytes()
