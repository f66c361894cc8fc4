"""The encoding of classes: where they are from, and the code in them."""

from __future__ import annotations

import functools
import sys
from enum import Enum
from pathlib import Path
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING, Any

from xetrack.model.objects.shown_fields import fields_of_class
from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.netstrings import conceal, netstring, shorten, text
from xetrack_cache.keys.script_names import name_of_script

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder

LOCAL = "<locals>"
MAIN = {"__main__", "__mp_main__"}
"""The script; workers that multiprocessing spawns know it by the second name."""

_HEAP_TYPE = 1 << 9
"""``Py_TPFLAGS_HEAPTYPE`` (https://docs.python.org/3/c-api/typeobj.html)."""

NOT_WRITTEN = {
    *("__dict__", "__weakref__", "__doc__", "__module__", "__abstractmethods__"),
    *("__firstlineno__", "__static_attributes__", "__annotations__"),
    *("__annotations_cache__", "__annotate__", "__annotate_func__", "__conditional_annotations__"),
}
"""Attributes of a class that say nothing of what it does, or where it is written."""

GENERATED = (
    *("__pydantic_", "__attrs_", "__dataclass_", "_abc_impl", "_member_", "_value2member_"),
    *("__orig_bases__", "__parameters__", "__type_params__", "__classcell__", "__slotnames__"),
    *("__protocol_attrs__", "__non_callable_proto_members__", "__callable_proto_members_only__"),
    *("__signature__", "__class_vars__", "__private_attributes__", "__weakref_slot__"),
)
"""Beginnings of names that Python and libraries add to a class, or that pickle adds later."""


def shown_module(name: str) -> str:
    """Return the name of a module as the process has it that did not import the script again.

    Parameters
    ----------
    name
        The name, as ``__module__`` has it.
    """
    return "__main__" if name in MAIN else name


def home_of(module: str | None) -> str:
    """Return the name of a module, with that of the script where it is ``__main__``.

    Parameters
    ----------
    module
        The name of the module, as ``__module__`` has it.
    """
    if module not in MAIN:
        return module or ""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    return f"__main__ {name_of_script(path)}" if isinstance(path, str) else "__main__"


def encode_class_name(encoder: Encoder, cls: type) -> bytes:
    """Encode what tells a class from others: its name, and its code where others may share that.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    cls
        The class.

    Returns
    -------
    bytes
        The part of the key.
    """
    if is_python(cls):
        encoder.with_code.append(cls)
    name = text(f"{home_of(cls.__module__)}.{cls.__qualname__}")
    return netstring(b"c", name + _encode_body(encoder, cls) if LOCAL in cls.__qualname__ else name)


def encode_class(encoder: Encoder, cls: type) -> bytes:
    """Encode a class that is an argument or is called, with its code and attributes.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    cls
        The class.

    Returns
    -------
    bytes
        The part of the key; of an installed class whose code has none, its name alone.

    Raises
    ------
    NotKeyableError
        An attribute of a user's class has no content.
    """
    if not is_python(cls) or _is_standard(cls):  # its name is all there is
        return encode_class_name(encoder, cls)
    name = text(f"{home_of(cls.__module__)}.{cls.__qualname__}")
    encoder.with_code.append(cls)
    objects, with_code = len(encoder.objects), len(encoder.with_code)
    try:
        return netstring(b"C", name + _encode_body(encoder, cls))
    except NotKeyableError:
        if not is_installed(cls.__module__):
            raise
        del encoder.objects[objects:], encoder.with_code[with_code:]
        return netstring(b"C", name)


def _is_standard(cls: type) -> bool:
    """Return True for a class of the standard library, which changes with Python only."""
    module = cls.__module__
    return module not in MAIN and module.partition(".")[0] in sys.stdlib_module_names


def is_python(cls: type) -> bool:
    """Return True for a class that a ``class`` statement made; others are written in C.

    Parameters
    ----------
    cls
        Any class.
    """
    return bool(cls.__flags__ & _HEAP_TYPE)


def _encode_body(encoder: Encoder, cls: type) -> bytes:
    """Encode the functions and attributes of a class and its bases.

    Of a class that is installed only functions and plain values count.
    """
    parts = []
    users_own = not is_installed(cls.__module__)
    known = len(encoder.with_code)
    for name, value in sorted(vars(cls).items()):
        code = _code_in(value)
        if name in NOT_WRITTEN or has_chance_in_code(name, value):
            continue
        if code is None and users_own and is_attribute(cls, name, value):
            code = [_function_of(value)]
        if code is not None:
            parts.append(text(name) + b"".join(map(encoder.encode_by_content, code)))
    if users_own and issubclass(cls, Enum):
        members = cls.__members__.items()
        parts += [text(name) + encode_member_value(encoder, member) for name, member in members]
    bases = (base for base in cls.__bases__ if is_python(base) and encoder.level_of(base) is None)
    parts += [encode_class(encoder, base) for base in bases]
    del encoder.with_code[known:]  # the class leads to all of it
    part = netstring(b"w", b"".join(parts))
    return conceal(part) if hides_fields(cls) else shorten(part)


def hides_fields(cls: type) -> bool:
    """Return True for a class whose attributes and functions may show what its fields hide.

    Parameters
    ----------
    cls
        Any class, such as a model of pydantic.
    """
    fields = fields_of_class(cls)
    return fields is not None and bool(fields.hidden)


def encode_member_value(encoder: Encoder, member: Enum) -> bytes:
    """Encode the value of a member of an enum.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    member
        The member.

    Returns
    -------
    bytes
        The part of the key; the same for each value that is but a mark, ``object()``.
    """
    value = member._value_
    return text("object") if type(value) is object else encoder.encode_by_content(value)


def has_chance_in_code(name: str, value: Any) -> bool:
    """Return True for the ``__hash__`` that attrs made, whose code has a number of this process.

    Parameters
    ----------
    name
        Of an attribute of a class.
    value
        What the class has under it.
    """
    is_hash = name == "__hash__" and isinstance(value, FunctionType)
    return is_hash and value.__code__.co_filename.startswith("<attrs generated")


def is_attribute(cls: type, name: str, value: Any) -> bool:
    """Return True for a value that a user wrote in a class, beside its functions.

    Parameters
    ----------
    cls
        The class.
    name
        Of an attribute.
    value
        What the class has under it.
    """
    if name in NOT_WRITTEN or name.startswith(GENERATED):
        return False
    value = _function_of(value)
    if name.startswith("_") and name.endswith("_"):
        # Of an enum, such names are Python's own.
        is_reserved = issubclass(cls, Enum) and not name.startswith("__")
        return not is_reserved and is_told(value) and not is_inherited(cls, name, value)
    # A descriptor is code of its own class, a logger has no content, a member is encoded elsewhere.
    is_logger = (type(value).__module__, type(value).__name__) == ("logging", "Logger")
    return not (hasattr(type(value), "__get__") or is_logger or isinstance(value, Enum))


def is_inherited(cls: type, name: str, value: Any) -> bool:
    """Return True for an attribute that a class has from its bases just as well.

    Parameters
    ----------
    cls
        The class.
    name
        Of the attribute.
    value
        What it is.
    """
    bases = (vars(base) for base in cls.__mro__[1:])
    return next((attributes[name] is value for attributes in bases if name in attributes), False)


def is_told(value: Any, depth: int = 10) -> bool:
    """Return True for plain values, what Python itself can call, and containers of these.

    Parameters
    ----------
    value
        Any value.
    depth
        Levels of containers that are looked into.
    """
    kind = type(value)
    if kind is dict:
        return depth > 0 and all(
            is_told(item, depth - 1) for pair in value.items() for item in pair
        )
    if kind in {tuple, list, set, frozenset}:
        return depth > 0 and all(is_told(item, depth - 1) for item in value)
    return kind in _PLAIN or issubclass(kind, _CALLED)


@functools.lru_cache(maxsize=1_000)
def is_installed(module: str | None) -> bool:
    """Return True for a module of the standard library, or of a distribution that is installed.

    Parameters
    ----------
    module
        The name of a module, with dots; None for none.
    """
    root = (module or "").partition(".")[0]
    if root in sys.stdlib_module_names:
        return True
    path = getattr(sys.modules.get(root), "__file__", None)
    import sysconfig  # noqa: PLC0415 - for those who pass classes

    places = (sysconfig.get_path(name) for name in ("purelib", "platlib"))
    return isinstance(path, str) and any(Path(path).is_relative_to(place) for place in places)


_PLAIN = {int, float, str, bytes, bool, type(None), CodeType}


_CALLED = (
    *(FunctionType, BuiltinFunctionType, MethodType, MethodWrapperType, type),
    *(MethodDescriptorType, WrapperDescriptorType, functools.partial),
    type(functools.lru_cache(len)),
)


def _function_of(value: Any) -> Any:
    """Return the function of a class method or static method; any other value as it is."""
    return value.__func__ if isinstance(value, staticmethod | classmethod) else value


def _code_in(value: Any) -> list[Any] | None:
    value = _function_of(value)
    if isinstance(value, property):
        return [
            accessor for accessor in (value.fget, value.fset, value.fdel) if accessor is not None
        ]
    return [value] if type(value) in _PLAIN or isinstance(value, FunctionType) else None
