"""The encoding of classes: where they are from, and the code in them."""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.netstrings import netstring, shorten, text

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder

LOCAL = "<locals>"
_MAIN = {"__main__", "__mp_main__"}
"""The script; workers that multiprocessing spawns know it by the second name."""

_HEAP_TYPE = 1 << 9
"""``Py_TPFLAGS_HEAPTYPE`` (https://docs.python.org/3/c-api/typeobj.html)."""

_NOT_WRITTEN = {"__dict__", "__weakref__", "__doc__", "__module__", "__abstractmethods__"}


def home_of(module: str | None) -> str:
    """Return the name of a module; of a script its path, because every script is ``__main__``.

    Parameters
    ----------
    module
        The name of the module, as ``__module__`` has it.
    """
    if module not in _MAIN:
        return module or ""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    return f"__main__ {Path(path).resolve()}" if isinstance(path, str) else "__main__"


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
    """Encode a class that is an argument or is called, with its code.

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
    if not _is_python(cls):  # its name is all there is
        return encode_class_name(encoder, cls)
    name = text(f"{home_of(cls.__module__)}.{cls.__qualname__}")
    return netstring(b"C", name + _encode_body(encoder, cls))


def _is_python(cls: type) -> bool:
    """Return True for a class that a ``class`` statement made; others are written in C."""
    return bool(cls.__flags__ & _HEAP_TYPE)


def _encode_body(encoder: Encoder, cls: type) -> bytes:
    """Return the functions and plain values of a class and its bases; the rest is no code."""
    parts = []
    for name, value in sorted(vars(cls).items()):
        code = _code_in(value)
        if code is not None and name not in _NOT_WRITTEN:
            parts.append(text(name) + b"".join(map(encoder.encode_by_content, code)))
    bases = (base for base in cls.__bases__ if _is_python(base) and encoder.level_of(base) is None)
    parts += [encode_class(encoder, base) for base in bases]
    return shorten(netstring(b"w", b"".join(parts)))


_PLAIN = {int, float, str, bytes, bool, type(None), CodeType}


def _code_in(value: Any) -> list[Any] | None:
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    if isinstance(value, property):
        return [
            accessor for accessor in (value.fget, value.fset, value.fdel) if accessor is not None
        ]
    return [value] if type(value) in _PLAIN or isinstance(value, FunctionType) else None
