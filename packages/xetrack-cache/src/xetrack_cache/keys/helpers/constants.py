"""The values of globals: which of them count in a key, and in what form."""

from __future__ import annotations

import datetime as dt
import functools
import re
import sys
import uuid
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from attrs import define, field

from xetrack_cache.keys.helpers.ownership import is_own_class
from xetrack_cache.keys.netstrings import shorten
from xetrack_cache.keys.values import ValueEncoder

LARGEST = 10_000
"""Items of a value that counts by its content; an array has one for each 100 bytes."""

SCALARS = frozenset(
    {
        *(type(None), bool, int, float, complex, str, bytes, type(...), range, slice),
        *(dt.date, dt.datetime, dt.time, dt.timedelta, dt.timezone),
        *(Decimal, Fraction, uuid.UUID),
    }
)
"""Types of values that refer to nothing and never change."""

_CALLABLES = (FunctionType, MethodType, type, functools.partial)
CONTAINERS = frozenset({list, set, dict, tuple, frozenset, bytearray})
"""Types of values that hold others."""

_LEAVES = (BuiltinFunctionType, ModuleType, PurePath)


def is_followed(value: object) -> bool:
    """Return True for what has code that can be followed."""
    return issubclass(type(value), _CALLABLES) or is_wrapper(value)


def is_wrapper(value: object) -> bool:
    """Return True for an object that stands for a function and names it, as decorators make."""
    inner = attributes_of(value).get("__wrapped__") if callable(value) else None
    return issubclass(type(inner), _CALLABLES)


def attributes_of(value: object) -> dict[str, Any]:
    """Return an object's own attributes, without asking the object: that may run anything."""
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except Exception:  # noqa: BLE001 - it has none, or a property of that name
        return {}
    return attributes if type(attributes) is dict else {}


@define
class Constant:
    """A value, and what is in it."""

    value: Any
    is_plain: bool = True
    """Whether its content can count."""
    is_mutable: bool = False
    is_too_large: bool = False
    followed: list[Any] = field(factory=list)
    """Functions and the like, and the user's classes of what is within."""

    def part(self) -> bytes | None:
        """Return the part of the key; None where the content cannot count."""
        if not self.is_plain:
            return None
        value = self.value
        if type(value) is re.Pattern:
            value = value.pattern, value.flags
        encoder = ValueEncoder(content=True)
        try:
            part = encoder.of(value)
        except Exception:  # noqa: BLE001 - no key can stand for it, or the user's own code raised
            return None
        return None if encoder.objects else shorten(part)


def examine(value: Any) -> Constant:
    """Examine the value of a global: whether its content counts, and what it leads to.

    Parameters
    ----------
    value
        Any value.

    Returns
    -------
    Constant
        The value, with what is known of it.
    """
    constant = Constant(value)
    stack, seen, count = [value], set(), 0
    while stack:
        inner = stack.pop()
        count += 1
        if type(inner) not in SCALARS and id(inner) not in seen:
            seen.add(id(inner))
            count += _examine_inner(constant, inner, stack)
        if count > LARGEST:
            constant.is_plain, constant.is_too_large = False, True
            break
    return constant


def _examine_inner(constant: Constant, value: Any, stack: list[Any]) -> int:
    """Take one value within into account; return how many items it counts for besides."""
    cls = type(value)
    if cls in CONTAINERS:
        constant.is_mutable |= cls not in {tuple, frozenset}
        stack.extend(_items_of(value))
    elif is_followed(value):
        constant.followed.append(value)
        constant.is_plain &= issubclass(cls, FunctionType | type)
    elif issubclass(cls, _LEAVES) or (value is constant.value and cls is re.Pattern):
        pass
    elif issubclass(cls, Enum):
        constant.followed.append(cls)
    elif is_array(value):
        constant.is_mutable = True
        return int(value.nbytes) // 100
    elif is_own_class(cls):
        constant.followed.append(cls)
        constant.is_mutable = True
        stack.extend(attributes_of(value).values())
        stack.extend(tuple.__iter__(value) if issubclass(cls, tuple) else ())
    else:
        constant.is_plain = False
    return 0


def _items_of(container: Any) -> list[Any]:
    """Return what a container holds; functions in an order that is not chance."""
    cls = type(container)
    if cls is bytearray:
        return []
    if cls is dict:
        return [*container.keys(), *container.values()]
    items = [*container]
    if cls in {set, frozenset}:
        items.sort(key=lambda item: getattr(item, "__qualname__", "") if is_followed(item) else "")
    return items


def is_array(value: object) -> bool:
    """Return True for arrays and scalars of NumPy that hold no objects."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not issubclass(type(value), numpy.ndarray | numpy.generic):
        return False
    array: Any = value
    return not array.dtype.hasobject
