"""Classes as parts of a key: where they are from, and what is written in them."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.netstrings import net, short, text

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder

LOCAL = "<locals>"
_MAIN = {"__main__", "__mp_main__"}
"""The script; workers that multiprocessing spawns know it by the second name."""

_HEAP_TYPE = 1 << 9
"""``Py_TPFLAGS_HEAPTYPE`` (https://docs.python.org/3/c-api/typeobj.html)."""

_NOT_WRITTEN = {"__dict__", "__weakref__", "__doc__", "__module__", "__abstractmethods__"}


def home_of(module: str | None) -> str:
    """Name a module; a script by its path, because every script is ``__main__``."""
    if module not in _MAIN:
        return module or ""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    return f"__main__ {Path(path).resolve()}" if isinstance(path, str) else "__main__"


def identity(encoder: Encoder, cls: type) -> bytes:
    """Return what tells a class from others: its name, and its code where others may share that."""
    name = text(f"{home_of(cls.__module__)}.{cls.__qualname__}")
    return net(b"c", name + _written(encoder, cls) if LOCAL in cls.__qualname__ else name)


def of_class(encoder: Encoder, cls: type) -> bytes:
    """Return the part for a class that is an argument or is called."""
    if not _is_python(cls):  # its name is all there is
        return identity(encoder, cls)
    name = text(f"{home_of(cls.__module__)}.{cls.__qualname__}")
    return net(b"C", name + _written(encoder, cls))


def _is_python(cls: type) -> bool:
    """Tell a class that a ``class`` statement made from one written in C."""
    return bool(cls.__flags__ & _HEAP_TYPE)


def _written(encoder: Encoder, cls: type) -> bytes:
    """Return the functions and plain values of a class and its bases; the rest is no code."""
    found = []
    for name, value in sorted(vars(cls).items()):
        code = _code_in(value)
        if code is not None and name not in _NOT_WRITTEN:
            found.append(text(name) + b"".join(encoder.freely(one) for one in code))
    bases = (one for one in cls.__bases__ if _is_python(one) and encoder.outer(one) is None)
    found += [of_class(encoder, base) for base in bases]
    return short(net(b"w", b"".join(found)))


_PLAIN = {int, float, str, bytes, bool, type(None), CodeType}


def _code_in(value: Any) -> list[Any] | None:
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    if isinstance(value, property):
        return [one for one in (value.fget, value.fset, value.fdel) if one is not None]
    return [value] if type(value) in _PLAIN or isinstance(value, FunctionType) else None
