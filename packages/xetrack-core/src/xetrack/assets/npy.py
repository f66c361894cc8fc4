"""Arrays of NumPy's own format, NEP 1 (``.npy``), as they are read from bytes that nobody signed.

NumPy's reader believes the header: it allocates what that declares, and an element may be a pointer
to an object. Here a header must be short and a plain literal, no element may be an object, and the
elements must take just the bytes that follow. Those of which NumPy relies on more than the size,
truths and texts, are looked at.
"""

from __future__ import annotations

import math
import re
from ast import literal_eval
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

HEADER = 2**16
"""Bytes that a header may have, which is enough for some thousand fields."""

WITHOUT_BYTES = 2**20
"""Elements, or rows of none, of an array that takes no bytes: its size is but a claim."""

_MAGIC = b"\x93NUMPY"
_PLAIN = frozenset("biufcmMSUV")
"""Kinds of elements that are what their bytes say; not among them are objects and `StringDType`."""

# Of a text that never ends all is taken: otherwise each quote in it would be tried as a beginning.
_STRING = re.compile(r"""'(?:[^'\\]|\\.?)*+(?:'|\Z)|"(?:[^"\\]|\\.?)*+(?:"|\Z)""", re.DOTALL)
_LITERAL = frozenset("{}[](),: \n0123456789TrueFalse")
"""Characters of a header outside its texts; without an operator, no literal takes long to read."""

_LAST_CHARACTER = 0x10FFFF


def read(content: bytearray) -> np.ndarray[Any, Any]:
    """Return the array of a file, over the memory of the content.

    Parameters
    ----------
    content
        The bytes of a ``.npy`` file.

    Returns
    -------
    numpy.ndarray
        The array; it changes with `content`.

    Raises
    ------
    ValueError
        It is no such file, or its elements are none that can be read without trust.
    """
    import numpy as np  # noqa: PLC0415 - only for those who load an array
    from numpy.lib import format as npy  # noqa: PLC0415

    facts, start = _header(content)
    descr, shape, fortran = facts["descr"], facts["shape"], facts["fortran_order"]
    try:
        dtype = npy.descr_to_dtype(descr)
    except Exception as error:  # NumPy raises what it likes
        raise ValueError(f"its header names no type of elements ({error})") from error
    _check(dtype, shape)
    if dtype.itemsize * math.prod(shape) != len(content) - start:
        raise ValueError(f"its header says {shape} of {dtype}, which is not what follows")
    order: Literal["C", "F"] = "F" if fortran else "C"
    if start == len(content):
        # Not an empty one: NumPy gives texts of no characters one each, which nothing would write.
        return np.zeros(shape, dtype, order)
    array = np.ndarray(shape, dtype, content, start, order=order)
    _look(array)
    return array


def summary(head: bytes) -> str:
    """Return the type and the shape that a header declares, such as ``float64 (2, 3)``.

    Parameters
    ----------
    head
        The first bytes of a ``.npy`` file, with the whole header.

    Raises
    ------
    ValueError
        It is no such file, or its header is longer.
    """
    facts, _ = _header(bytearray(head))
    descr, shape = facts["descr"], facts["shape"]
    if not isinstance(descr, str):
        return f"{len(descr)} fields {shape}"
    kinds = {"f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"}
    kind, digits = kinds.get(descr[1:2]), descr[2:]
    if kind is None or not digits.isdigit():
        return f"{descr} {shape}"
    return f"{kind} {shape}" if kind == "bool" else f"{kind}{8 * int(digits)} {shape}"


def check(array: np.ndarray[Any, Any]) -> None:
    """Check that what is written of an array can be read again.

    Parameters
    ----------
    array
        The array, of any shape; its elements may be objects.

    Raises
    ------
    ValueError
        It cannot.
    """
    _check(array.dtype, array.shape)
    _look(array)


def _check(dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    if dtype.hasobject or not _is_plain(dtype):
        raise ValueError(f"its elements are {dtype}, which is not read without trust")
    if not dtype.itemsize or 0 in shape:
        number = math.prod(max(1, size) for size in shape)
        if number > WITHOUT_BYTES:
            raise ValueError(f"it says that it has the shape {shape}, but has no bytes")


def _header(content: bytearray) -> tuple[dict[str, Any], int]:
    """Return what the header says, and where it ends."""
    if content[: len(_MAGIC)] != _MAGIC or len(content) < len(_MAGIC) + 6:
        raise ValueError("it does not begin as an array does")
    version, minor = content[len(_MAGIC) : len(_MAGIC) + 2]
    if version not in {1, 2, 3} or minor:
        raise ValueError(f"its version is {version}.{minor}")
    begin = len(_MAGIC) + 2 + (2 if version == 1 else 4)
    length = int.from_bytes(content[len(_MAGIC) + 2 : begin], "little")
    if length > min(HEADER, len(content) - begin):
        raise ValueError(f"its header is said to have {length} bytes")
    text = content[begin : begin + length].decode("utf-8" if version == 3 else "latin-1")  # noqa: PLR2004
    bare = _STRING.sub("", text)
    if not _LITERAL.issuperset(bare):
        raise ValueError("its header is no plain literal")
    try:
        facts = literal_eval(text.strip())
    except (SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise ValueError(f"its header cannot be read ({error})") from error
    if type(facts) is not dict or facts.keys() != {"descr", "fortran_order", "shape"}:
        raise ValueError("its header says something else than a type, an order and a shape")
    shape = facts["shape"]
    if type(shape) is not tuple or any(type(size) is not int for size in shape):
        raise ValueError(f"its shape is said to be {shape!r:.100}")
    return facts, begin + length


def _is_plain(dtype: np.dtype[Any]) -> bool:
    """Return True if an element is what its bytes say, all through its fields."""
    if dtype.subdtype is not None:
        return _is_plain(dtype.subdtype[0])
    if dtype.fields is not None:
        return all(_is_plain(field[0]) for field in dtype.fields.values())
    # Types that other libraries added (bfloat16) are of kind "V", and would come back as bytes.
    return dtype.kind in _PLAIN and dtype.type.__module__ == "numpy"


def _look(array: np.ndarray[Any, Any]) -> None:
    """Check the elements: what NumPy counts on is a byte of 0 or 1, and a code point."""
    if array.dtype.fields is not None:
        for name in array.dtype.names or ():
            _look(array[name])
    elif array.dtype.kind == "b":
        if array.view("u1").max(initial=0) > 1:
            raise ValueError("a truth in it is neither 0 nor 1")
    elif array.dtype.kind == "U" and array.dtype.itemsize:
        shape = (array.dtype.itemsize // 4,)  # NumPy 1 warns of a bare 1
        points = array.view((f"{array.dtype.byteorder}u4", shape))
        if points.max(initial=0) > _LAST_CHARACTER:
            raise ValueError("a text in it has a character that there is not")
