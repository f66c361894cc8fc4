"""The encoding of scikit-learn's estimators: parameters and all that fitting added to them.

An estimator has no ``==``, so it is told by its state as pickle would store it, piece by piece.
Libraries that extend scikit-learn's base class are told in the same way.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.classes import encode_class_name
from xetrack_cache.keys.netstrings import netstring, text
from xetrack_cache.keys.object_state import encode_code_of_class

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder

_VERSION = "_sklearn_version"
"""What scikit-learn adds to a state; versions of libraries are no part of keys."""

_OF_NEIGHBORS = {"sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree"}

_TOLD_BY_STATE = "is told from others by its state only"


def encode_estimator(encoder: Encoder, value: Any) -> bytes | None:
    """Encode an estimator by its class and state, parameters and fitted attributes alike.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        A value of a class of scikit-learn, or of one that extends such a class.

    Returns
    -------
    bytes or None
        The part of the key; None for what is no estimator, or has an ``==`` of its own.

    Raises
    ------
    NotKeyableError
        Content was not asked for, or something in the state has none.
    """
    base = getattr(sys.modules.get("sklearn.base"), "BaseEstimator", None)
    cls: Any = type(value)
    if cls.__module__ in _OF_NEIGHBORS and hasattr(cls, "get_tree_stats"):
        encoder.need_content(value, _TOLD_BY_STATE)
        return _neighbor_tree(encoder, value)
    if cls.__module__ == "sklearn.utils._bunch":  # its attributes are not those that it was made of
        encoder.need_content(value)
        items = encoder.encode_mapping(b"d", value.items())
        return netstring(b"I", encode_class_name(encoder, cls) + items)
    if base is None or not isinstance(value, base) or cls.__eq__ is not object.__eq__:
        return None
    encoder.need_content(value, _TOLD_BY_STATE)
    state = value.__getstate__()
    head = encode_class_name(encoder, cls) + encode_code_of_class(encoder, value)
    if not isinstance(state, dict):
        return netstring(b"I", head + encoder.encode_by_state(state))
    parts = [
        text(str(name)) + encoder.encode_by_state(attribute)
        for name, attribute in sorted(state.items(), key=lambda item: str(item[0]))
        if name != _VERSION
    ]
    return netstring(b"I", head + b"".join(parts))


def _neighbor_tree(encoder: Encoder, tree: Any) -> bytes:
    """Encode a tree of neighbors by its points, metric and weights.

    Not by its numbers, which count queries, nor by the nodes, which follow from the points.
    """
    parts = [
        encoder.encode_by_state(item)
        for item in tree.__getstate__()
        if not isinstance(item, int)
        and getattr(getattr(item, "dtype", None), "names", None) is None
    ]
    return netstring(b"I", encode_class_name(encoder, type(tree)) + b"".join(parts))
