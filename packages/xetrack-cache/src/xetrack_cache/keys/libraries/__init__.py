"""The encoding of values of NumPy, pandas, polars, Arrow, scikit-learn and PyTorch.

No library is imported for it: a library that is not loaded has made no values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.libraries.estimators import encode_estimator
from xetrack_cache.keys.libraries.numpy_arrays import encode_numpy
from xetrack_cache.keys.libraries.pandas_frames import encode_pandas
from xetrack_cache.keys.libraries.tables import encode_arrow, encode_polars
from xetrack_cache.keys.libraries.torch_modules import encode_torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from xetrack_cache.keys.encoder import Encoder

_LIBRARIES: dict[str, Callable[[Encoder, Any], bytes | None]] = {
    "numpy": encode_numpy,
    "pandas": encode_pandas,
    "polars": encode_polars,
    "pyarrow": encode_arrow,
    "sklearn": encode_estimator,
    "torch": encode_torch,
}


def encode_array(encoder: Encoder, value: Any) -> bytes | None:
    """Encode a value of one of these libraries, or of a class that extends one of theirs.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        Any value.

    Returns
    -------
    bytes or None
        The part of the key; None for a value of no such library.
    """
    for base in type(value).__mro__:
        encode = _LIBRARIES.get(base.__module__.partition(".")[0])
        if encode is not None:
            return encode(encoder, value)
    return None
