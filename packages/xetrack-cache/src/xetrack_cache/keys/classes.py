"""The encoding of classes: where they are from, and the code in them."""

from __future__ import annotations

import functools
import sys
from enum import Enum
from pathlib import Path
from types import CodeType, FunctionType
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
}
"""Attributes of a class that say nothing of what it does, or where it is written."""


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
    objects = len(encoder.objects)
    try:
        return netstring(b"C", name + _encode_body(encoder, cls))
    except NotKeyableError:
        if not is_installed(cls.__module__):
            raise
        del encoder.objects[objects:]
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
    for name, value in sorted(vars(cls).items()):
        code = _code_in(value)
        if name in NOT_WRITTEN:
            continue
        if code is not None:
            parts.append(text(name) + b"".join(map(encoder.encode_by_content, code)))
        elif users_own and _is_attribute(name, value):
            parts.append(text(name) + encoder.encode_by_content(value))
    if users_own and issubclass(cls, Enum):
        members = cls.__members__.items()
        parts += [text(name) + encode_member_value(encoder, member) for name, member in members]
    bases = (base for base in cls.__bases__ if is_python(base) and encoder.level_of(base) is None)
    parts += [encode_class(encoder, base) for base in bases]
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


def _is_attribute(name: str, value: Any) -> bool:
    """Return True for what a user wrote in a class; not for what its metaclass or library made."""
    if (name.startswith("_") and name.endswith("_")) or name == "_abc_impl":
        return False
    # A descriptor is code of its own class, a logger has no content, a member is encoded elsewhere.
    is_logger = (type(value).__module__, type(value).__name__) == ("logging", "Logger")
    return not (hasattr(type(value), "__get__") or is_logger or isinstance(value, Enum))


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


def _code_in(value: Any) -> list[Any] | None:
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    if isinstance(value, property):
        return [
            accessor for accessor in (value.fget, value.fset, value.fdel) if accessor is not None
        ]
    return [value] if type(value) in _PLAIN or isinstance(value, FunctionType) else None
