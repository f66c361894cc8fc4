"""Series as bytes: a head in JSON, then columns of numbers, which a page reads without a parser.

The bytes are those of little-endian machines. Floats have 32 bits where these draw the same line,
else 64.
"""

from __future__ import annotations

import hashlib
import math
import sys
from array import array
from typing import TYPE_CHECKING, Any, Literal

from xetrack_ui.values.cells import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Type = Literal["f32", "f64", "u32"]

_CODES: dict[Type, str] = {"f32": "f", "f64": "d", "u32": "I"}
_LARGEST, _SMALLEST = 3e38, 1e-37
"""Beyond these a float of 32 bits is infinite, or loses digits."""

_FINEST = 1e-4
"""A line whose height is a smaller part of its numbers would be steps in floats of 32 bits."""

_MISSING = math.nan


class Columns:
    """Columns of numbers, as they are sent; two that are the same are sent once."""

    def __init__(self) -> None:
        self._described: list[dict[str, Any]] = []
        self._parts: list[bytes] = []
        self._offsets: dict[bytes, int] = {}
        self._size = 0

    def add(self, name: str, kind: Type, cells: Iterable[float | int | None]) -> None:
        """Add a column.

        Parameters
        ----------
        name
            Its name.
        kind
            The type of its numbers.
        cells
            The numbers; None is nan.
        """
        self.add_equal((name,), kind, cells)

    def add_equal(self, names: Iterable[str], kind: Type, cells: Iterable[float | None]) -> None:
        """Add columns that have the same numbers.

        Parameters
        ----------
        names
            Their names.
        kind, cells
            See `add`.
        """
        numbers = array(_CODES[kind], (_MISSING if cell is None else cell for cell in cells))
        if sys.byteorder == "big":
            numbers.byteswap()
        content = numbers.tobytes()
        # Where each bucket has one row, least, largest, mean, first and last are the same.
        digest = hashlib.sha256(kind.encode() + content).digest()
        if digest not in self._offsets:
            padding = -self._size % numbers.itemsize
            self._parts += [b"\0" * padding, content]
            self._offsets[digest] = self._size + padding
            self._size += padding + len(content)
        offset, length = self._offsets[digest], len(numbers)
        self._described += [
            {"name": name, "type": kind, "offset": offset, "length": length} for name in names
        ]

    def pack(self, head: dict[str, Any]) -> bytes:
        """Return the whole answer.

        Parameters
        ----------
        head
            What stands before the columns, beside their description.
        """
        text = encode({**head, "columns": self._described})
        text += b" " * (-len(text) % 8 + 4)  # so that columns begin at a multiple of 8
        return b"".join([len(text).to_bytes(4, "little"), text, *self._parts])


def precision(columns: Iterable[Sequence[float | None]]) -> Literal["f32", "f64"]:
    """Return the type of float that draws some columns as they are.

    Parameters
    ----------
    columns
        The numbers of one line.
    """
    numbers = [cell for column in columns for cell in column if cell is not None and cell]
    sizes = [abs(each) for each in numbers if math.isfinite(each)]
    if not sizes:
        return "f32"
    largest = max(sizes)
    if largest > _LARGEST or min(sizes) < _SMALLEST:
        return "f64"
    height = max(numbers) - min(numbers)
    return "f64" if 0 < height < _FINEST * largest else "f32"
