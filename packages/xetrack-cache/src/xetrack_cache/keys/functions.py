"""Functions as parts of a key: where they are from, their code, and what they closed over.

The code is what runs, not the text of its file: that may have been edited since it was loaded, or
not exist. Comments, blank lines and the place in the file are not in it; the version of Python is,
because it decides what the same text is compiled to.
"""

from __future__ import annotations

import functools
import sys
from hashlib import sha256
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.classes import home_of
from xetrack_cache.keys.netstrings import net, short, text

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder

PYTHON = text(sys.implementation.cache_tag or sys.version)

_DESCRIPTORS = (MethodDescriptorType, WrapperDescriptorType)
_CACHED = type(functools.lru_cache(len))

_MOST = 1_000
"""Codes whose digest is remembered; code that makes functions all the time must not fill memory."""

_digests: dict[int, tuple[CodeType, bytes]] = {}


def is_function(value: object) -> bool:
    """Tell whether a value is a function written in Python, or a class."""
    return isinstance(value, FunctionType | type)


def of_function(  # noqa: PLR0911 - one line for each kind
    encoder: Encoder, value: Any
) -> bytes | None:
    """Return the part for anything of Python's own that can be called, and for code."""
    if isinstance(value, FunctionType):
        return of_plain(encoder, value)
    if isinstance(value, MethodType):
        return net(b"M", encoder.of(value.__self__) + encoder.freely(value.__func__))
    if isinstance(value, BuiltinFunctionType | MethodWrapperType):
        owner = value.__self__
        owned = not isinstance(owner, ModuleType) and owner is not None
        name = text(f"{getattr(value, '__module__', None) or ''}.{value.__qualname__}")
        return net(b"P", name + (encoder.of(owner) if owned else b""))
    if isinstance(value, _DESCRIPTORS):
        cls = value.__objclass__
        return net(b"P", text(f"{cls.__module__}.{value.__qualname__}"))
    if isinstance(value, _CACHED):
        return net(b"W", encoder.freely(value.__wrapped__))
    if type(value) is functools.partial:
        given = encoder.all(b"t", value.args) + encoder.mapping(b"d", value.keywords.items())
        return net(b"Y", encoder.freely(value.func) + given)
    return of_code(encoder, value) if isinstance(value, CodeType) else _named(value)


def _named(value: Any) -> bytes | None:
    """Return the part for what else can be called and is found in a module by its own name."""
    module, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if not callable(value) or not isinstance(module, str) or not isinstance(name, str):
        return None
    found = getattr(sys.modules.get(module), name, None) is value
    return net(b"P", text(f"{module}.{name}")) if found else None


def of_plain(encoder: Encoder, function: FunctionType) -> bytes:
    """Return the part for a function that is a value."""
    defaults = encoder.freely(function.__defaults__) + encoder.freely(function.__kwdefaults__)
    closed = b"".join(part for _, part in closure(encoder, function))
    name = text(name_of(function))
    return net(
        b"F", name + of_code(encoder, function.__code__) + short(net(b"k", closed)) + defaults
    )


def name_of(function: FunctionType) -> str:
    """Return module and qualified name."""
    return f"{home_of(function.__module__)}.{function.__qualname__}"


def closure(encoder: Encoder, function: FunctionType) -> list[tuple[str, bytes]]:
    """Return what a function closed over, by name."""
    cells = function.__closure__ or ()
    return [
        (name, short(_cell(encoder, cell)))
        for name, cell in zip(function.__code__.co_freevars, cells, strict=True)
    ]


def _cell(encoder: Encoder, cell: Any) -> bytes:
    try:
        value = cell.cell_contents
    except ValueError:  # a name that has no value yet
        return b"n5:empty"
    return encoder.freely(value)


def of_code(encoder: Encoder, code: CodeType) -> bytes:
    """Return the digest of code with the version of Python; it is computed once."""
    known = _digests.get(id(code))
    if known is not None and known[0] is code:
        return known[1]
    digest = net(b"K", sha256(PYTHON + _code(encoder, code)).digest())
    if len(_digests) >= _MOST:
        _digests.clear()
    _digests[id(code)] = code, digest  # with the code, or another one could come by its id
    return digest


def _code(encoder: Encoder, code: CodeType) -> bytes:
    """Return all that decides what code does; not where it is written."""
    return encoder.all(
        b"t",
        (
            code.co_name,
            code.co_qualname,
            code.co_code,
            code.co_exceptiontable,
            code.co_flags,
            code.co_argcount,
            code.co_posonlyargcount,
            code.co_kwonlyargcount,
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            code.co_cellvars,
            code.co_consts,
        ),
    )
