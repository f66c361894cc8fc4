"""The encoding of functions: where they are from, their code, and what they closed over.

The code is what runs, not the text of its file: that may have been edited since it was loaded, or
not exist. Comments, blank lines and the place in the file are not in it; the version of Python is,
because it decides what the same text is compiled to.
"""

from __future__ import annotations

import dis
import functools
import inspect
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
from xetrack_cache.keys.netstrings import netstring, shorten, text
from xetrack_cache.keys.object_state import encode_attributes

if TYPE_CHECKING:
    from xetrack_cache.keys.encoder import Encoder

PYTHON = text(sys.implementation.cache_tag or sys.version)

_DESCRIPTORS = (MethodDescriptorType, WrapperDescriptorType)
_CACHED = type(functools.lru_cache(len))

_MOST = 1_000
"""Codes whose digest is remembered; code that makes functions all the time must not fill memory."""

_digests: dict[int, tuple[CodeType, bytes]] = {}


def is_function(value: object) -> bool:
    """Return True for a function written in Python, and for a class.

    Parameters
    ----------
    value
        Any object.
    """
    return isinstance(value, FunctionType | type)


def encode_callable(  # noqa: PLR0911 - one line for each kind
    encoder: Encoder, value: Any
) -> bytes | None:
    """Encode anything of Python's own that can be called, and code.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    value
        Any value.

    Returns
    -------
    bytes or None
        The part of the key; None for a value that is no such thing.
    """
    if isinstance(value, FunctionType):
        return encode_function(encoder, value)
    if isinstance(value, MethodType):
        return netstring(
            b"M", encoder.of(value.__self__) + encoder.encode_by_content(value.__func__)
        )
    if isinstance(value, BuiltinFunctionType | MethodWrapperType):
        owner = value.__self__
        owned = not isinstance(owner, ModuleType) and owner is not None
        name = text(f"{getattr(value, '__module__', None) or ''}.{value.__qualname__}")
        return netstring(b"P", name + (encoder.of(owner) if owned else b""))
    if isinstance(value, _DESCRIPTORS):
        cls = value.__objclass__
        return netstring(b"P", text(f"{cls.__module__}.{value.__qualname__}"))
    if isinstance(value, _CACHED):
        return netstring(b"W", encoder.encode_by_content(value.__wrapped__))
    if type(value) is functools.partial:
        arguments = encoder.all(b"t", value.args)
        arguments += encoder.encode_mapping(b"d", value.keywords.items())
        # Without what `functools.update_wrapper` copies from the function, which counts itself.
        arguments += encode_attributes(encoder, value, without=functools.WRAPPER_ASSIGNMENTS)
        return netstring(b"Y", encoder.encode_by_content(value.func) + arguments)
    return (
        encode_code(encoder, value)
        if isinstance(value, CodeType)
        else _encode_named(encoder, value)
    )


def _encode_named(encoder: Encoder, value: Any) -> bytes | None:
    """Return the part for what else can be called and is found in a module by its own name."""
    module, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if not callable(value) or not isinstance(module, str) or not isinstance(name, str):
        return None
    is_importable = getattr(sys.modules.get(module), name, None) is value
    if not is_importable:
        return None
    encoder.with_code.append(value)
    return netstring(b"P", text(f"{module}.{name}"))


def encode_function(encoder: Encoder, function: FunctionType) -> bytes:
    """Encode a function that is a value.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    function
        The function.

    Returns
    -------
    bytes
        The part of the key.
    """
    encoder.with_code.append(function)
    defaults = encoder.encode_by_content(function.__defaults__)
    defaults += encoder.encode_by_content(function.__kwdefaults__)
    closed = b"".join(part for _, part in encode_closure(encoder, function))
    name = text(name_of(function))
    code = encode_code(encoder, function.__code__)
    attributes = encode_attributes(encoder, function)
    return netstring(b"F", name + code + shorten(netstring(b"k", closed)) + defaults + attributes)


def name_of(function: FunctionType) -> str:
    """Return module and qualified name of a function.

    Parameters
    ----------
    function
        A function written in Python.

    Returns
    -------
    str
        Both names, joined by a point; a script's path in place of its module.
    """
    return f"{home_of(function.__module__)}.{function.__qualname__}"


def encode_closure(encoder: Encoder, function: FunctionType) -> list[tuple[str, bytes]]:
    """Encode what a function closed over.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    function
        The function.

    Returns
    -------
    list
        The name of each variable, and its part of the key.
    """
    cells = function.__closure__ or ()
    return [
        (name, shorten(_cell(encoder, cell)))
        for name, cell in zip(function.__code__.co_freevars, cells, strict=True)
    ]


def _cell(encoder: Encoder, cell: Any) -> bytes:
    try:
        value = cell.cell_contents
    except ValueError:  # a name that has no value yet
        return b"n5:empty"
    return encoder.encode_by_content(value)


def encode_code(encoder: Encoder, code: CodeType) -> bytes:
    """Encode code as its digest with the version of Python; it is computed once.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    code
        The code of a function.

    Returns
    -------
    bytes
        The part of the key.
    """
    known = _digests.get(id(code))
    if known is not None and known[0] is code:
        return known[1]
    digest = netstring(b"K", sha256(PYTHON + _code(encoder, code)).digest())
    if len(_digests) >= _MOST:
        _digests.clear()
    _digests[id(code)] = code, digest  # with the code, or another one could come by its id
    return digest


_HAS_DOCSTRING = getattr(inspect, "CO_HAS_DOCSTRING", 0)
"""Since Python 3.14; before, the first constant of each ``def`` is its docstring or None."""


def _constants(code: CodeType) -> tuple[Any, ...]:
    """Return the constants of code, without its docstring."""
    constants = code.co_consts
    is_def = bool(code.co_flags & inspect.CO_NEWLOCALS) and not code.co_name.startswith("<")
    has_docstring = code.co_flags & _HAS_DOCSTRING if _HAS_DOCSTRING else is_def
    if has_docstring and constants and type(constants[0]) is str:
        return (None, *constants[1:])
    return constants


_LINE = "__firstlineno__"
"""Where a class is written, which its body stores since Python 3.13."""


def _operations(code: CodeType) -> tuple[tuple[str, object], ...]:
    """Return the operations of the body of a class with what they work on, without its line.

    The line is a constant, and may be the same as another one; so it moves all constants.
    """
    operations: list[tuple[str, object]] = []
    for each in dis.get_instructions(code):
        if each.opname == "STORE_NAME" and each.argval == _LINE:
            operations.pop()
        elif each.opname != "EXTENDED_ARG":
            operations.append((each.opname, each.argval))
    return tuple(operations)


def _code(encoder: Encoder, code: CodeType) -> bytes:
    """Return all that decides what code does; not where it is written, nor its docstring."""
    has_line = _LINE in code.co_names and not code.co_flags & inspect.CO_OPTIMIZED
    return encoder.all(
        b"t",
        (
            code.co_name,
            code.co_qualname,
            _operations(code) if has_line else code.co_code,
            code.co_exceptiontable,
            code.co_flags & ~_HAS_DOCSTRING,
            code.co_argcount,
            code.co_posonlyargcount,
            code.co_kwonlyargcount,
            code.co_names,
            code.co_varnames,
            code.co_freevars,
            code.co_cellvars,
            () if has_line else _constants(code),
        ),
    )
