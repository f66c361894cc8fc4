"""The encoding of objects of users' classes.

Where a library wrote ``__eq__`` (dataclasses, attrs, Pydantic), the fields that it compares are
the content. Where it is inherited from a type of the standard library (`str`, `datetime`), the
content is the state, with the attributes that the subclass adds. Where the user wrote it, only
calling it can tell, so the class alone is in the key, and the object goes to `Encoder.objects`.
Where nobody did, an object equals only itself.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import sys
import weakref
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack.errors import describe_error
from xetrack.model.objects.shown_fields import fields_of_class, is_secret
from xetrack_cache.keys import classes
from xetrack_cache.keys.netstrings import DIGEST, netstring, text
from xetrack_cache.keys.object_state import encode_attributes, encode_with_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from xetrack_cache.keys.encoder import Encoder


_Fields: TypeAlias = "Callable[[Any], Iterable[tuple[str, Any]]]"


def encode_model(encoder: Encoder, value: Any) -> bytes | None:
    """Encode a model whose fields are all that it compares.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    value
        Any value.

    Returns
    -------
    bytes or None
        The part of the key; None for a value that is no such model.
    """
    if is_secret(value):
        return _encode_secret(encoder, value)
    fields = _compared(type(value))
    if fields is None:
        return None
    if type(value).__hash__ is None:
        encoder.need_content(value)
    declared = fields_of_class(type(value))
    hidden = declared.hidden if declared is not None else ()
    content = b"".join(
        text(name) + (encoder.of(field) if name not in hidden else _hide(encoder, field))
        for name, field in fields(value)
    )
    if isinstance(value, tuple):  # its `==` does not know what a subclass adds
        content += encode_attributes(encoder, value)
    return netstring(b"x", classes.encode_class_name(encoder, type(value)) + content)


def _encode_secret(encoder: Encoder, value: Any) -> bytes:
    """Encode a secret by a digest, as what is stored with a result can be read."""
    name = classes.encode_class_name(encoder, type(value))
    return _digest(b"O", name + encoder.of(value.get_secret_value()))


def _hide(encoder: Encoder, value: Any) -> bytes:
    """Encode the value of a hidden field by a digest."""
    number = len(encoder.objects)
    part = encoder.of(value)
    if len(encoder.objects) > number:
        encoder.refuse(value, "is hidden by its model, and only its own == can compare it")
    return _digest(part[:1], part)


def _digest(tag: bytes, content: bytes) -> bytes:
    return netstring(DIGEST, tag + sha256(content).digest())


_known: weakref.WeakKeyDictionary[type, tuple[Any, _Fields | None]] = weakref.WeakKeyDictionary()


def _compared(cls: type) -> _Fields | None:
    """Return the same as `_comparing`; it is found once for each class and its ``__eq__``."""
    known = _known.get(cls)
    if known is None or known[0] is not cls.__eq__:
        known = _known[cls] = cls.__eq__, _find_compared(cls)
    return known[1]


def _find_compared(cls: type) -> _Fields | None:
    """Return what gives the fields that ``==`` compares, if that is known."""
    if "__dataclass_params__" in vars(cls) and dataclasses.is_dataclass(cls):
        names = [field.name for field in dataclasses.fields(cls) if field.compare]
        if _is_generated(cls.__eq__, tuple(names)):
            return lambda value: [(name, getattr(value, name)) for name in names]
    elif "__attrs_attrs__" in vars(cls):
        return _attrs_fields(cls)
    elif issubclass(cls, tuple) and cls.__eq__ is tuple.__eq__ and hasattr(cls, "_fields"):
        return _namedtuple_fields
    else:
        for base in cls.__mro__:
            if (base.__module__, base.__name__) == ("pydantic.main", "BaseModel"):
                return _pydantic_fields if cls.__eq__ is base.__eq__ else None
    return None


def _namedtuple_fields(value: Any) -> Iterable[tuple[str, Any]]:
    return zip(value._fields, value, strict=True)


def _is_generated(eq: Any, names: tuple[str, ...]) -> bool:
    """Return True if a dataclass compares as `dataclasses` has it, not as its author wrote it."""
    written, ours = getattr(eq, "__code__", None), _generated(names).__code__
    return written is not None and all(
        getattr(written, what) == getattr(ours, what)
        for what in ("co_code", "co_names", "co_consts")
    )


@functools.lru_cache(maxsize=1_000)
def _generated(names: tuple[str, ...]) -> Any:
    return dataclasses.make_dataclass("_", names).__eq__


def _attrs_fields(cls: type) -> _Fields | None:
    code = getattr(vars(cls).get("__eq__"), "__code__", None)
    if code is None or not code.co_filename.startswith("<attrs generated"):
        return None
    fields = [field for field in vars(cls)["__attrs_attrs__"] if field.eq]

    def compared_fields(value: Any) -> list[tuple[str, Any]]:
        pairs = ((field, getattr(value, field.name)) for field in fields)
        return [
            (field.name, field.eq_key(inner) if field.eq_key else inner) for field, inner in pairs
        ]

    return compared_fields


def _pydantic_fields(value: Any) -> Iterable[tuple[str, Any]]:
    # Without what a cached property put beside the fields, which `==` leaves out as well.
    names = type(value).__pydantic_fields__.keys()
    yield from sorted((name, field) for name, field in vars(value).items() if name in names)
    for group in (value.__pydantic_extra__, value.__pydantic_private__):
        yield from sorted((group or {}).items())


def encode_object(encoder: Encoder, value: Any) -> bytes:
    """Encode any other object: by its state, or by its class if only its own ``==`` can tell it.

    Parameters
    ----------
    encoder
        Makes the parts of values within.
    value
        The object.

    Returns
    -------
    bytes
        The part of the key.

    Raises
    ------
    NotKeyableError
        Nothing tells it from other objects.
    """
    cls = type(value)
    if cls.__module__ == "ipaddress":  # what was asked of one is noted among its attributes
        return netstring(b"X", classes.encode_class_name(encoder, cls) + text(str(value)))
    if encoder.state:
        return encode_with_state(encoder, value)
    if getattr(cls, "__eq__", None) is object.__eq__:
        if isinstance(value, dt.tzinfo):  # zones of pytz are made by name, and say so to pickle
            return encode_with_state(encoder, value)
        encoder.refuse(
            value,
            "is told from others only by where it is in memory; give it __eq__, or "
            "register its type with xetrack.caches.key_of",
        )
    if cls.__hash__ is None:
        encoder.need_content(value)
        return encode_with_state(encoder, value)
    try:
        hash(value)
    except TypeError:
        encoder.need_content(value)
    except Exception:  # noqa: BLE001 - a user's __hash__ may raise anything
        encoder.refuse(value, "has a __hash__ that fails")
    if _extends_standard_equality(cls):
        return encode_with_state(encoder, value)
    try:
        bool(value == value)  # noqa: PLR0124 - whether it can be compared at all
    except Exception as error:  # noqa: BLE001 - a user's __eq__ may raise anything
        encoder.refuse(value, f"has a == that fails ({describe_error(error)})")
    encoder.objects.append(value)
    return netstring(b"O", classes.encode_class_name(encoder, cls))


def _extends_standard_equality(cls: type) -> bool:
    """Return True for a subclass of `str`, `datetime` or the like that has their ``==``.

    That knows nothing of the attributes that the subclass adds.
    """
    owner = next(base for base in cls.__mro__ if "__eq__" in vars(base))
    library = owner.__module__.partition(".")[0]
    return (owner is not cls or owner.__dictoffset__ != 0) and library in sys.stdlib_module_names
