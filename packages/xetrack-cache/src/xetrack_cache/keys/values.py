"""The encoding of values: equal ones of one type alike, in every process, with any hash seed.

Nothing is told by ``id``, ``repr`` or ``hash()``. What has no content that could tell it from
others raises `NotKeyableError`. What only its own ``==`` can compare leaves its class in the key,
and goes to `Encoder.objects`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from pathlib import Path, PurePath
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from xetrack_cache.keys import arrays, classes, functions, models
from xetrack_cache.keys.encoder import Encoder
from xetrack_cache.keys.netstrings import netstring, text, unordered_container

if TYPE_CHECKING:
    from collections.abc import Callable

_DEEPEST = 100
"""Levels of nesting; more can only be a structure that grows without end."""

_INT64 = 2**63


class ValueEncoder(Encoder):
    """An encoder for values of every type that a key can stand for."""

    def of(self, value: Any) -> bytes:
        """Encode a value; see `Encoder.of`."""
        simply = _SIMPLE.get(type(value))
        return self._nested(value) if simply is None else simply(value)

    def _nested(self, value: Any) -> bytes:
        level = self.level_of(value)
        if level is not None:
            if functions.is_function(value):  # one that names itself
                return netstring(b"^", b"%d" % level)
            self.refuse(value, "holds itself")
        if len(self.within) > _DEEPEST:
            self.refuse(value, "is nested too deeply")
        self.within.append(value)
        try:
            return self._of_kind(value)
        finally:
            self.within.pop()

    def _of_kind(self, value: Any) -> bytes:
        cls = type(value)
        container = _CONTAINERS.get(cls)
        if container is not None:
            return container(self, value)
        if isinstance(value, Enum):
            return _enum(self, value)
        if isinstance(value, type):
            return classes.encode_class(self, value)
        if isinstance(value, ModuleType):
            return netstring(b"m", value.__name__.encode())
        for special in (functions.encode_callable, arrays.encode_array, models.encode_model):
            part: bytes | None = special(self, value)
            if part is not None:
                return part
        return models.encode_object(self, value)


def _int(value: int) -> bytes:
    # Python refuses to write very long integers in decimal digits.
    return netstring(b"i", b"%d" % value if -_INT64 <= value < _INT64 else b"%x" % value)


def _float(value: float) -> bytes:
    """By its bits, minus zero included; one nan is like another."""
    return netstring(b"f", value.hex().encode())


def _complex(value: complex) -> bytes:
    return netstring(b"j", _float(value.real) + _float(value.imag))


def _zoned(tag: bytes) -> Callable[[Encoder, Any], bytes]:
    def of(encoder: Encoder, value: Any) -> bytes:
        bare = value.replace(tzinfo=None).isoformat().encode()
        return netstring(tag, netstring(b"s", bare) + _int(value.fold) + encoder.of(value.tzinfo))

    return of


def _timedelta(value: dt.timedelta) -> bytes:
    return netstring(b"D", b"%d %d %d" % (value.days, value.seconds, value.microseconds))


def _timezone(_: Encoder, value: dt.timezone) -> bytes:
    return netstring(b"Z", _timedelta(value.utcoffset(None)) + text(value.tzname(None)))


def _zone(encoder: Encoder, value: ZoneInfo) -> bytes:
    if value.key is None:
        encoder.refuse(value, "was made without a name")
    return netstring(b"Z", text(value.key))


def _enum(encoder: Encoder, value: Enum) -> bytes:
    cls = classes.encode_class_name(encoder, type(value))
    return netstring(
        b"e", cls + (encoder.of(value.value) if isinstance(value, Flag) else text(value.name))
    )


def _elements(encoder: Encoder, value: Any) -> bytes:
    tag = b"S" if type(value) is set else b"z"
    known = len(encoder.objects)
    part = unordered_container(tag, map(encoder.of, value))
    if len(encoder.objects) > known:
        # In which order they come is chance, so they are compared as a set.
        encoder.objects[known:] = [value]
    return part


def _items(encoder: Encoder, value: Any) -> bytes:
    known = len(encoder.objects)
    part = encoder.encode_mapping(b"d", value.items())
    if len(encoder.objects) > known:
        encoder.objects[known:] = [value]
    return part


def _unhashable(function: Callable[[Encoder, Any], bytes]) -> Callable[[Encoder, Any], bytes]:
    def of(encoder: Encoder, value: Any) -> bytes:
        encoder.need_content(value)
        return function(encoder, value)

    return of


_SIMPLE: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"n0:",
    bool: lambda value: b"o1:1" if value else b"o1:0",
    int: _int,
    float: _float,
    str: text,
    bytes: lambda value: netstring(b"b", value),
    complex: _complex,
    type(...): lambda _: b"n3:...",
    type(NotImplemented): lambda _: b"n1:!",
    dt.date: lambda value: netstring(b"a", value.isoformat().encode()),
    dt.timedelta: _timedelta,
    Decimal: lambda value: netstring(b"E", str(value).encode()),
    Fraction: lambda value: netstring(b"Q", _int(value.numerator) + _int(value.denominator)),
    uuid.UUID: lambda value: netstring(b"u", value.bytes),
    range: lambda value: netstring(b"r", _int(value.start) + _int(value.stop) + _int(value.step)),
}

_CONTAINERS: dict[type, Callable[[Encoder, Any], bytes]] = {
    tuple: lambda encoder, value: encoder.all(b"t", value),
    frozenset: _elements,
    dt.datetime: _zoned(b"A"),
    dt.time: _zoned(b"T"),
    dt.timezone: _timezone,
    ZoneInfo: _zone,
    list: _unhashable(lambda encoder, value: encoder.all(b"l", value)),
    dict: _unhashable(_items),
    set: _unhashable(_elements),
    bytearray: _unhashable(lambda _, value: netstring(b"B", bytes(value))),
    slice: lambda encoder, value: encoder.all(b"L", (value.start, value.stop, value.step)),
}


def _path(cls: type) -> Callable[[Any], bytes]:
    name = text(cls.__name__)
    return lambda value: netstring(b"p", name + text(str(value)))


_SIMPLE.update({cls: _path(cls) for cls in (type(PurePath()), type(Path()))})
