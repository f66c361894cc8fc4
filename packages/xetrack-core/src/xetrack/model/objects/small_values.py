"""Objects that become plain values though their types are none: containers, configs, small values.

A mapping or sequence becomes a dict or list, an array of one element its scalar, and a small value
that no database knows (a set, a UUID, a class) the text that Python writes for it, which says its
type. What is none of these is an asset.
"""

from __future__ import annotations

import re
import sys
from collections import UserString
from collections.abc import Mapping, MappingView, Sequence
from datetime import date, time, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from types import EllipsisType, GenericAlias, NotImplementedType, UnionType
from typing import Any

from xetrack.model.objects.shown_fields import (
    MASK,
    attributes_of,
    fields_of,
    fields_of_class,
    is_secret,
)

NOT_SIMPLER = object()
"""Stands for the simpler form of an object that has none."""

_LONGEST_TEXT = 1_000
"""Characters of a text; an object with a longer one is an asset."""

_LONGEST_RANGE = 1_000
_LONGEST_SEQUENCE = 100_000
"""Items of a sequence of another class than the standard ones; a longer one is an asset."""

_LITERALS = (bool, int, float, complex, str, bytes, date, time, Decimal, Enum, type(None))
_SHOWN = (
    *(complex, slice, range, EllipsisType, NotImplementedType, re.Pattern),
    *(GenericAlias, UnionType, timezone, tzinfo),
)
"""Types whose ``repr`` says all of a value."""

_SHOWN_NAMES = {
    *(
        "fractions.Fraction",
        "uuid.UUID",
        "numpy.dtype",
        "torch.dtype",
        "torch.device",
        "pyarrow.lib.DataType",
    ),
    *("pandas.core.dtypes.base.ExtensionDtype", "pandas.api.extensions.ExtensionDtype"),
    *("polars.datatypes.classes.DataType", "pandas.Period", "pandas.Interval"),
    *("pandas._libs.tslibs.period.Period", "pandas._libs.interval.Interval"),
}
"""Names of such types of libraries that are not imported here; their subclasses are shown too."""

_SHOWN_MODULES = {"ipaddress", "typing"}
_ARRAYS = {"numpy", "torch", "jax", "jaxlib", "cupy", "mlx", "paddle"}


def simpler(value: Any) -> Any:  # noqa: PLR0911 - one line for each kind of value
    """Return an object of a simpler type that stands for a value in a row.

    Parameters
    ----------
    value
        An object that is no plain value.

    Returns
    -------
    object
        A dict, a list, a text or another scalar, of which the items are still to be converted;
        `NOT_SIMPLER` for an asset.

    Examples
    --------
    >>> simpler({2, 1}), simpler(range(3)), simpler(1 + 2j)
    ('{1, 2}', [0, 1, 2], '(1+2j)')
    """
    if isinstance(value, type):
        return type.__repr__(value)
    if is_secret(value):
        return MASK
    items = _items_of(value)
    if items is not None:
        return items
    if isinstance(value, UserString):
        return str(value)
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, set | frozenset):
        return _text_of_set(value)
    if _is_one_element(value):
        return _only_element(value)
    return _short(repr(value)) if _is_shown(value) else NOT_SIMPLER


def _items_of(value: Any) -> Any:
    """Return the items of a mapping, a model, a named tuple or a sequence; None for all else."""
    if is_config(value):
        return items_of_config(value)
    for items_of in (fields_of, attributes_of):
        items = items_of(value)
        if items is not None:
            return items
    if isinstance(value, Mapping):
        return dict(value.items())
    if isinstance(value, tuple):
        return dict(zip(value._fields, value, strict=False))  # type: ignore[attr-defined]
    is_sequence = isinstance(value, Sequence | MappingView) and not isinstance(
        value, UserString | bytearray
    )
    return list(value) if is_sequence and _is_short(value) else None


def text_of_key(key: object) -> str | None:
    """Return the text of a tuple that is the key of a dict; None for what no text can stand for.

    Parameters
    ----------
    key
        The key of a dict.
    """
    return repr(key) if _is_literal(key) else None


def _short(text: str) -> Any:
    return text if len(text) <= _LONGEST_TEXT else NOT_SIMPLER


def _is_short(value: Any) -> bool:
    if isinstance(value, memoryview) or type(value).__module__ == "array":
        return False
    return len(value) <= (_LONGEST_RANGE if isinstance(value, range) else _LONGEST_SEQUENCE)


def _is_shown(value: object) -> bool:
    if isinstance(value, _SHOWN) or type(value).__module__ in _SHOWN_MODULES:
        return True
    names = {f"{cls.__module__}.{cls.__qualname__}" for cls in type(value).__mro__}
    return not names.isdisjoint(_SHOWN_NAMES)


def _is_literal(value: Any) -> bool:
    """Return True for a value that may lie in a set, and whose ``repr`` says all of it."""
    if isinstance(value, tuple | frozenset):
        return all(map(_is_literal, value))
    is_scalar = getattr(value, "shape", None) == () and type(value).__module__ == "numpy"
    return isinstance(value, _LITERALS) or is_scalar or isinstance(value, type) or _is_shown(value)


def _text_of_set(value: set[Any] | frozenset[Any]) -> Any:
    """Return the ``repr`` of a set in an order that is the same in every process."""
    if not value:
        return repr(value)
    if len(value) > _LONGEST_TEXT or not all(map(_is_literal, value)):
        return NOT_SIMPLER
    try:
        items = sorted(value)
    except Exception:  # noqa: BLE001 - items of a set need not have an order
        items = sorted(value, key=repr)
    text = (
        f"{{{', '.join(str(_text_of_set(i)) if type(i) is frozenset else repr(i) for i in items)}}}"
    )
    return _short(text if type(value) is set else f"{type(value).__name__}({text})")


def _is_one_element(value: Any) -> bool:
    if type(value).__module__.partition(".")[0] not in _ARRAYS or not hasattr(value, "dtype"):
        return False
    shape = getattr(value, "shape", None)
    return isinstance(shape, tuple) and len(shape) > 0 and all(length == 1 for length in shape)


def _only_element(array: Any) -> Any:
    if type(array).__name__ == "MaskedArray" or getattr(array.dtype, "kind", "") in {"m", "M"}:
        return array.reshape(-1)[0]  # its `item` gives a bare integer, or what is masked
    return array.item()


def is_config(value: object) -> bool:
    """Return True for a DictConfig or ListConfig of OmegaConf.

    Parameters
    ----------
    value
        Any object.
    """
    return type(value).__module__.partition(".")[0] == "omegaconf"


def items_of_config(config: Any) -> Any:
    """Return the items of a DictConfig or ListConfig, without the fields that its class hides.

    An interpolation that cannot be resolved, and a value that is missing, stay as they are written.

    Parameters
    ----------
    config
        The DictConfig or ListConfig.

    Returns
    -------
    list, dict, str or None
        The text of an interpolation where the whole is one; None where there is no value.
    """
    omegaconf = sys.modules["omegaconf"].OmegaConf
    raw = omegaconf.to_container(config, resolve=False)
    if not isinstance(raw, dict | list):  # there is none, or the whole is an interpolation
        return raw

    def resolved(key: Any) -> Any:
        try:
            return config[key]
        except Exception:  # noqa: BLE001 - a resolver may raise anything
            return raw[key]

    if isinstance(raw, list):
        return [resolved(at) for at in range(len(raw))]
    cls = omegaconf.get_type(config)
    fields = fields_of_class(cls) if isinstance(cls, type) else None
    return {key: resolved(key) for key in raw if fields is None or key not in fields.hidden}
