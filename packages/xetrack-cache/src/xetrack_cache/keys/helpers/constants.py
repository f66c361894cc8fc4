"""The values of globals: which of them count in a key, and in what form."""

from __future__ import annotations

import datetime as dt
import functools
import sys
import uuid
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from types import (
    BuiltinFunctionType,
    FunctionType,
    MappingProxyType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from attrs import define, field

from xetrack_cache.keys.helpers.ownership import is_own_class
from xetrack_cache.keys.netstrings import shorten
from xetrack_cache.keys.object_state import slots_of
from xetrack_cache.keys.values import ValueEncoder, is_encoded

LARGEST = 10_000
"""Items of a value that counts by its content; texts and arrays have one for each 100 bytes."""

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

_LEAVES = (
    *(BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType),
    *(ModuleType, PurePath),
)

_COLLECTIONS = (Mapping, Sequence, AbstractSet, array)


def is_followed(value: object) -> bool:
    """Return True for what has code that can be followed.

    Parameters
    ----------
    value
        Any object; nothing of its class is run.
    """
    return issubclass(type(value), _CALLABLES) or is_wrapper(value)


def is_wrapper(value: object) -> bool:
    """Return True for an object that stands for a function and names it, as decorators make.

    Parameters
    ----------
    value
        Any object; nothing of its class is run.
    """
    inner = attributes_of(value).get("__wrapped__") if callable(value) else None
    return issubclass(type(inner), _CALLABLES)


def attributes_of(value: object) -> dict[str, Any]:
    """Return an object's own attributes, without asking the object: that may run anything.

    Parameters
    ----------
    value
        Any object; nothing of its class is run.

    Returns
    -------
    dict
        Its ``__dict__``; empty where it has none.
    """
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
        encoder = ValueEncoder(content=True)
        try:
            part = encoder.of(self.value)
            if encoder.objects and not any(is_own_class(type(each)) for each in encoder.objects):
                # What its own `==` compares is looked at only where it is in a library's object.
                encoder = ValueEncoder(content=True, state=True)
                part = encoder.of(self.value)
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
        if type(inner) in {str, bytes, bytearray}:
            count += len(inner) // 100
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
        constant.is_plain &= issubclass(cls, FunctionType | type | functools.partial | MethodType)
        stack += bound_to(value)
    elif issubclass(cls, _LEAVES) or is_dtype(cls):
        pass
    elif issubclass(cls, Enum):
        constant.followed.append(cls)
    elif is_array(value):
        constant.is_mutable = True
        if value.dtype.hasobject:
            stack.extend(value.ravel().tolist())
        return int(value.nbytes) // 100
    elif is_own_class(cls):
        constant.followed.append(cls)
        constant.is_mutable = True
        stack.extend(attributes_of(value).values())
        stack.extend(tuple.__iter__(value) if issubclass(cls, tuple) else ())
    elif is_compared(cls):
        constant.is_mutable |= not is_encoded(cls) or cls in {MappingProxyType, memoryview}
        try:
            return _examine_content(constant, value, stack)
        except Exception:  # noqa: BLE001 - code of a library runs, which may raise anything
            constant.is_plain = False
    else:
        constant.is_plain = False
        # What a library makes of a function, such as `numpy.vectorize`, has it as an attribute.
        inner = attributes_of(value).values() if callable(value) else ()
        constant.followed += [each for each in inner if is_followed(each)]
    return 0


def is_compared(cls: type) -> bool:
    """Return True for a library's class whose objects count by what their ``==`` compares.

    Tables and tensors do not: they are large. Nor do mappings to what lies elsewhere, such as the
    environment.

    Parameters
    ----------
    cls
        A class that is not the user's.
    """
    if is_encoded(cls) or getattr(cls, "__eq__", None) is object.__eq__:
        return is_encoded(cls)
    if hasattr(cls, "__len__") and not issubclass(cls, _COLLECTIONS):
        return False
    is_plain = cls.__module__ == "collections"
    return is_plain or cls.__eq__ not in {Mapping.__eq__, AbstractSet.__eq__}


def _examine_content(constant: Constant, value: Any, stack: list[Any]) -> int:
    """Take what an object of a library contains into account, as `_examine_inner` does."""
    cls = type(value)
    stack.extend(attributes_of(value).values())
    stack.extend(getattr(value, name, None) for name in slots_of(cls))
    if issubclass(cls, defaultdict):
        stack.append(value.default_factory)
    if issubclass(cls, Mapping | Sequence | AbstractSet) and not issubclass(cls, array):
        if len(value) > LARGEST:
            constant.is_too_large = True
        elif issubclass(cls, Mapping):
            stack += [*value.keys(), *value.values()]
        else:
            stack += value
    return len(value) if issubclass(cls, _COLLECTIONS) else 0


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
    """Return True for arrays and scalars of NumPy.

    Parameters
    ----------
    value
        Any object.
    """
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(type(value), numpy.ndarray | numpy.generic)


def is_dtype(cls: type) -> bool:
    """Return True for the class of a dtype of NumPy.

    Parameters
    ----------
    cls
        Any class.
    """
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(cls, numpy.dtype)


def bound_to(value: Any) -> list[Any]:
    """Return the arguments of a partial, or the object of a bound method; nothing of others.

    Parameters
    ----------
    value
        Anything that can be called.

    Returns
    -------
    list
        Values, and a pair of name and value for each keyword of a partial.
    """
    if issubclass(type(value), functools.partial):
        return [*value.args, *value.keywords.items(), *bound_to(value.func)]
    is_method = issubclass(type(value), MethodType) and not issubclass(type(value.__self__), type)
    return [value.__self__] if is_method else []
