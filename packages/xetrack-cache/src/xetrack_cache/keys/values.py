"""The encoding of values: equal ones of one type alike, in every process, with any hash seed.

Nothing is told by ``id``, ``repr`` or ``hash()``. What has no content that could tell it from
others raises `NotKeyableError`. What only its own ``==`` can compare leaves its class in the key,
and goes to `Encoder.objects`.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
import uuid
import weakref
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from types import CodeType, FunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from xetrack.errors import describe_error
from xetrack.interfaces.key_content import key_of
from xetrack_cache.keys import classes, functions, models
from xetrack_cache.keys.classes import is_installed
from xetrack_cache.keys.encoder import Encoder, NotKeyableError
from xetrack_cache.keys.libraries import encode_array
from xetrack_cache.keys.netstrings import netstring, text
from xetrack_cache.keys.object_state import encode_attributes, encode_with_state

if TYPE_CHECKING:
    from collections.abc import Callable

_DEEPEST = 100
"""Levels of nesting; more can only be a structure that grows without end."""

_INT64 = 2**63

_registered_types = key_of.registry
_UNREGISTERED = key_of.dispatch(object)


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
        except NotKeyableError:
            raise
        except Exception as error:  # noqa: BLE001 - code of the value's class may raise anything
            self.refuse(value, f"raised {describe_error(error)}")
        finally:
            self.within.pop()

    def _of_kind(self, value: Any) -> bytes:
        cls = type(value)
        encode = _CONTAINERS.get(cls)
        if encode is None and len(_registered_types) > 1:  # than the one for `object`
            encode = None if key_of.dispatch(cls) is _UNREGISTERED else _registered
        if encode is not None:
            return encode(self, value)
        if isinstance(value, Enum):
            return _enum(self, value)
        if isinstance(value, type):
            return classes.encode_class(self, value)
        if isinstance(value, ModuleType):
            return netstring(b"m", value.__name__.encode())
        for special in (functions.encode_callable, encode_array, models.encode_model):
            part: bytes | None = special(self, value)
            if part is not None:
                return part
        return models.encode_object(self, value)


def _registered(encoder: Encoder, value: Any) -> bytes:
    """Encode an object by its class and what `key_of` returns for it."""
    cls = type(value)
    encoder.with_code.append(value)
    content = encoder.encode_by_content(key_of.dispatch(cls)(value))
    return netstring(b"U", classes.encode_class_name(encoder, cls) + content)


def _int(value: int) -> bytes:
    # Python refuses to write very long integers in decimal digits.
    digits = b"%d" % value if -_INT64 <= value < _INT64 else b"%#x" % value
    return b"i%d:%b" % (len(digits), digits)  # calling `netstring` would take as long again


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


_ENUM_OWN = {"_value_", "_name_", "__objclass__", "_sort_order_"}


def _enum(encoder: Encoder, member: Enum) -> bytes:
    """Encode a member by its class, name, value, and the attributes that its class gave it."""
    name = _enum_class(encoder, type(member)) + text(member.name or "")
    encoder.with_code.append(type(member))
    value = classes.encode_member_value(encoder, member)
    return netstring(b"e", name + value + encode_attributes(encoder, member, without=_ENUM_OWN))


_enums: weakref.WeakKeyDictionary[
    type, tuple[tuple[Any, ...], list[tuple[FunctionType, CodeType]], bytes]
] = weakref.WeakKeyDictionary()


def _enum_class(encoder: Encoder, cls: type[Enum]) -> bytes:
    """Encode the class of a member; only once, if no content of it can change unnoticed."""
    known = _enums.get(cls)
    values = tuple(vars(cls).values())
    if known is not None:
        known_values, codes, part = known
        is_same = len(values) == len(known_values) and all(map(operator.is_, values, known_values))
        if is_same and all(method.__code__ is code for method, code in codes):
            return part
    part = encoder.of(cls)
    methods = [value for value in values if isinstance(value, FunctionType)]
    if _is_fixed(cls, methods):
        _enums[cls] = values, [(method, method.__code__) for method in methods], part
    return part


def _is_fixed(cls: type[Enum], methods: list[FunctionType]) -> bool:
    """Return True if members, attributes and methods have nothing in them that can change."""
    attributes = (
        value
        for name, value in vars(cls).items()
        if name not in cls.__members__ and classes.is_attribute(cls, name, value)
    )
    return (
        all(base.__module__ == "enum" or base in _SIMPLE for base in cls.__bases__)
        and all(type(member._value_) in _SIMPLE for member in cls.__members__.values())
        and all(type(attribute) in _SIMPLE for attribute in attributes)
        and not any(
            method.__closure__ or method.__defaults__ or method.__kwdefaults__ or vars(method)
            for method in methods
            if not is_installed(method.__module__)
        )
    )


def _elements(encoder: Encoder, value: Any) -> bytes:
    tag = b"S" if type(value) is set else b"z"
    known = len(encoder.objects)
    part = encoder.unordered(tag, value)
    if len(encoder.objects) > known:
        # In which order they come is chance, so they are compared as a set.
        encoder.objects[known:] = [value]
    return part


def _memoryview(encoder: Encoder, value: memoryview) -> bytes:
    if not value.readonly:
        encoder.need_content(value)
    head = encoder.of((value.format, value.shape, value.readonly))
    return netstring(b"X", text("memoryview") + head + netstring(b"b", value.tobytes()))


def _proxy(encoder: Encoder, value: MappingProxyType[Any, Any]) -> bytes:
    encoder.need_content(value)
    return netstring(b"X", text("mappingproxy") + encoder.of(value.copy()))


def _uuid(value: uuid.UUID) -> bytes:
    safe = value.is_safe
    return netstring(b"u", value.bytes + (b"" if safe is _UNKNOWN else safe.name.encode()))


_UNKNOWN = uuid.SafeUUID.unknown


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
    Decimal: lambda value: netstring(b"E", str(value).upper().encode()),
    Fraction: lambda value: netstring(b"Q", _int(value.numerator) + _int(value.denominator)),
    uuid.UUID: _uuid,
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
    dict: _unhashable(lambda encoder, value: encoder.encode_mapping(b"d", value.items())),
    set: _unhashable(_elements),
    bytearray: _unhashable(lambda _, value: netstring(b"B", bytes(value))),
    memoryview: _memoryview,
    slice: lambda encoder, value: encoder.all(b"L", (value.start, value.stop, value.step)),
    MappingProxyType: _proxy,
    re.Pattern: lambda encoder, value: encoder.all(b"R", (value.pattern, value.flags)),
    operator.itemgetter: encode_with_state,
    operator.attrgetter: encode_with_state,
    operator.methodcaller: encode_with_state,
}


def _path(cls: type) -> Callable[[Any], bytes]:
    name = text(cls.__name__)
    return lambda value: netstring(b"p", name + text(str(value)))


def is_encoded(cls: type) -> bool:
    """Return True for a class whose objects this module encodes by their content.

    Parameters
    ----------
    cls
        Any class.
    """
    return cls in _SIMPLE or cls in _CONTAINERS


_PATHS = (type(PurePath()), type(Path()), PurePosixPath, PureWindowsPath)
_SIMPLE.update({cls: _path(cls) for cls in _PATHS})
