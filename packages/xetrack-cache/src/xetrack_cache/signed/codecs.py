"""Codecs of results: a plain form where there is one, and a pickle where there is none."""

from __future__ import annotations

import json
import pickle
import sys
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from xetrack.assets.script_classes import load_pickle
from xetrack.errors import MissingPackageError
from xetrack.model.objects.shown_fields import is_secret

if TYPE_CHECKING:
    from xetrack.assets.script_pickler import ScriptPickler

PICKLE = b"P"
"""The only codec whose bytes must come from somebody trusted."""

_from_json = json.JSONDecoder().raw_decode  # `decode` looks for white space besides
_ATOMS = {bool, int, float, str, type(None)}


def encode_result(value: Any) -> tuple[bytes, bytes]:
    """Encode a value with the simplest codec that gives it back.

    Parameters
    ----------
    value
        The result of a call.

    Returns
    -------
    bytes, bytes
        The name of the codec, and what it made of the value.

    Raises
    ------
    MissingPackageError
        cloudpickle is not installed, and nothing simpler can say the value.
    Exception
        Whatever pickling the value raises.
    """
    if type(value) is bytes:
        return b"B", value
    if _is_json(value):
        try:
            return b"J", json.dumps(value).encode()
        except (ValueError, RecursionError):  # more digits or levels than JSON may have
            pass
    numpy = sys.modules.get("numpy")
    if numpy is not None and type(value) is numpy.ndarray and not value.dtype.hasobject:
        data = _npy(numpy, value)
        if data is not None:
            return b"N", data
    try:
        # For those who pickle, not for all.
        import cloudpickle  # type: ignore[import-untyped] # noqa: F401, PLC0415

        from xetrack.assets.script_pickler import to_pickle  # noqa: PLC0415
    except ImportError as error:
        what = "cloudpickle, which keeps results that are no plain values,"
        raise MissingPackageError(what, "cache") from error
    return PICKLE, to_pickle(value, _open_pickler())


@cache
def _open_pickler() -> type[ScriptPickler]:
    """Return the class of what pickles results, and nothing that is a secret."""
    from xetrack.assets.script_pickler import ScriptPickler  # noqa: PLC0415 - as above

    class OpenPickler(ScriptPickler):
        def reducer_override(self, value: Any) -> Any:
            if is_secret(value):
                raise pickle.PicklingError("it holds a secret, which would be stored in plain text")
            return super().reducer_override(value)

    return OpenPickler


def decode_result(codec: bytes, data: bytes) -> Any:
    """Decode a value.

    Parameters
    ----------
    codec
        The name of the codec.
    data
        What it made of the value.

    Returns
    -------
    object
        A new one each time.

    Raises
    ------
    ValueError
        No codec of this name is known.
    Exception
        Whatever loading it raises.
    """
    if codec == b"J":
        return _from_json(data.decode())[0]
    if codec == b"B":
        return data
    if codec == PICKLE:
        return load_pickle(data, strict=True)  # whoever calls this has seen the signature
    if codec == b"N":
        from xetrack.assets import npy  # noqa: PLC0415 - only for those whose results are arrays

        return npy.read(bytearray(data))
    raise ValueError(f"no codec {codec!r} is known")


def _npy(numpy: Any, value: Any) -> bytes | None:
    """Return an array as a file of NumPy's; None where that would not be read again."""
    from xetrack.assets import npy  # noqa: PLC0415 - only for those whose results are arrays

    buffer = BytesIO()
    try:
        npy.check(value)
        if not _survives(numpy.lib.format, value.dtype):
            return None
        numpy.lib.format.write_array(buffer, value, allow_pickle=False)
    except ValueError:
        return None
    return buffer.getvalue() if buffer.tell() - value.nbytes <= npy.HEADER else None


def _survives(npy_format: Any, dtype: Any) -> bool:
    """Return True if a file of NumPy's gives back this dtype, and not only its bytes."""
    if dtype.names is None:
        return dtype.metadata is None
    described = npy_format.descr_to_dtype(npy_format.dtype_to_descr(dtype))
    return repr(described) == repr(dtype)


def _is_json(value: Any) -> bool:
    """Return True if JSON gives back just this: equal, and of the same types all through."""
    if type(value) in _ATOMS:
        return True
    if type(value) is list:
        return all(map(_is_json, value))
    return type(value) is dict and all(
        type(key) is str and _is_json(inner) for key, inner in value.items()
    )
