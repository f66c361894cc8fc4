"""What the author of a class wrote in it, as far as that can be told."""

from __future__ import annotations

import functools
from enum import Enum
from types import FunctionType
from typing import Any

from xetrack_cache.keys.classes import (
    GENERATED,
    MAIN,
    NOT_WRITTEN,
    has_chance_in_code,
    is_inherited,
    is_told,
    shown_module,
)
from xetrack_cache.keys.helpers import constants
from xetrack_cache.keys.netstrings import text

_METHODS: tuple[type, ...] = (FunctionType, staticmethod, classmethod, property)


def is_written(cls: type, name: str, value: Any) -> bool:
    """Return True for an attribute of a class that its author wrote, as far as that is known.

    Parameters
    ----------
    cls
        The class.
    name
        Its name.
    value
        What the class has under it.
    """
    if name in NOT_WRITTEN or name.startswith(GENERATED) or has_chance_in_code(name, value):
        return False
    kind = type(value)
    if not name.startswith("__") or issubclass(kind, _METHODS):
        return True
    if value is None and name == "__hash__" and "__eq__" in vars(cls):  # as Python has it
        return False
    # Under such names, libraries note what is no code and changes with each process.
    is_code = is_told(value) or callable(value) or hasattr(kind, "__get__")
    return is_code and not is_inherited(cls, name, value)


def functions_in(value: Any) -> list[Any]:
    """Return the functions that an attribute of a class stands for; itself for any other.

    Parameters
    ----------
    value
        The attribute, as ``vars`` of the class has it.
    """
    kind = type(value)
    if issubclass(kind, staticmethod | classmethod):
        return [value.__func__]
    if issubclass(kind, property):
        return [value.fget, value.fset, value.fdel]
    if issubclass(kind, functools.partialmethod):
        inner = [value.func] if callable(value.func) else functions_in(value.func)
        return [functools.partial(each, *value.args, **value.keywords) for each in inner]
    return [value.func] if issubclass(kind, functools.cached_property) else [value]


def declared_parts(cls: type) -> list[bytes]:
    """Return parts for the members, annotations and bases of a class.

    Parameters
    ----------
    cls
        A class of the user's.
    """
    parts = []
    if issubclass(cls, Enum):
        for name, member in cls.__members__.items():
            part = constants.examine(member.value).part()
            parts.append(text(name) + (part or b""))
    for name, annotation in vars(cls).get("__annotations__", {}).items():
        parts.append(text(name) + _text_of_annotation(annotation))
    return parts + [text(_name_of(base)) for base in cls.__bases__]


def declarations(cls: type) -> list[tuple[str, Any]]:
    """Return what the author of a Pydantic model declared of its fields.

    Parameters
    ----------
    cls
        Any class.

    Returns
    -------
    list of (label, value)
        Of each field what was given for it, and its constraints; none is an attribute of the class.
    """
    fields = vars(cls).get("__pydantic_fields__")
    parts: list[tuple[str, Any]] = []
    for name, field in fields.items() if type(fields) is dict else ():
        attributes = getattr(
            field, "_attributes_set", {}
        )  # which tells a default None from no default
        parts += [
            (f"{name}.{part}", attributes[part]) for part in attributes if part != "annotation"
        ]
        for number, constraint in enumerate(getattr(field, "metadata", ())):
            value = getattr(constraint, "__dict__", constraint)  # some have no `==`
            parts.append((f"{name}.metadata {number}", value))
    return parts


def _text_of_annotation(annotation: Any) -> bytes:
    if isinstance(annotation, type):
        return text(_name_of(annotation))
    try:
        shown = annotation if isinstance(annotation, str) else repr(annotation)
    except Exception:  # noqa: BLE001 - of the user's own
        return b""
    for name in MAIN:  # as in `list[__mp_main__.Mode]`
        shown = shown.replace(f"{name}.", "__main__.")
    return b"" if " at 0x" in shown else text(shown)


def _name_of(cls: type) -> str:
    return f"{shown_module(cls.__module__)}.{cls.__qualname__}"
