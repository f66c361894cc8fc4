"""Arrays of NumPy in its own format, NEP 1 (``.npy``): a header, then the elements in C order."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from xetrack.interfaces.codecs import CannotEncodeError, Codec

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from xetrack.interfaces.codecs import Pieces

_CHUNK = 4 * 2**20
"""Bytes of an array that are brought into order at a time."""


class NumpyCodec(Codec):
    """Arrays whose elements are no Python objects."""

    rank = 50
    suffix = ".npy"

    def takes(self, value: object) -> bool:
        """Take arrays, and no subclass of them: that would not come back."""
        cls = type(value)
        return cls.__module__ == "numpy" and cls.__name__ == "ndarray"

    def encode(self, value: np.ndarray[Any, Any]) -> Pieces:
        """Return header and elements; of those that lie in C order, no copy is made."""
        from numpy.lib import format as npy  # noqa: PLC0415 - an array is here, so NumPy is

        if value.dtype.hasobject:
            raise CannotEncodeError
        header = io.BytesIO()
        facts = {"fortran_order": False, "shape": value.shape}
        try:
            with warnings.catch_warnings(action="error"):
                descr = npy.dtype_to_descr(value.dtype)
            # Types that other libraries added have no name in this format.
            if npy.descr_to_dtype(descr) != value.dtype:
                raise CannotEncodeError
            npy.write_array_header_2_0(header, {"descr": descr, **facts})
        except (UserWarning, ValueError, UnicodeError, TypeError) as error:
            raise CannotEncodeError from error
        return _Npy(header.getvalue(), value)

    def decode(self, content: bytearray, version: int) -> np.ndarray[Any, Any]:  # noqa: ARG002
        """Return an array over the content's own memory."""
        import numpy as np  # noqa: PLC0415 - only for those who load an array
        from numpy.lib import format as npy  # noqa: PLC0415

        file = io.BytesIO(memoryview(content)[: npy.MAGIC_LEN + 4])
        npy.read_magic(file)
        length = int.from_bytes(content[npy.MAGIC_LEN : npy.MAGIC_LEN + 4], "little")
        start = npy.MAGIC_LEN + 4 + length
        file = io.BytesIO(memoryview(content)[npy.MAGIC_LEN : start])
        shape, _, dtype = npy.read_array_header_2_0(file, max_header_size=start)
        if not dtype.itemsize:
            return np.empty(shape, dtype)
        return np.ndarray(shape, dtype, content, start)


class _Npy:
    """The bytes of an array, each time they are gone through."""

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
