"""The encoding of objects of users' classes.

Where a library wrote ``__eq__`` (dataclasses, attrs, Pydantic), the fields that it compares are
the content. Where the user wrote it, only calling it can tell, so the class alone is in the key,
and the object goes to `Encoder.objects`. Where nobody did, an object equals only itself.
"""

from __future__ import annotations

import dataclasses
import functools
import weakref
from typing import TYPE_CHECKING, Any, TypeAlias

from xetrack_cache.keys import classes
from xetrack_cache.keys.netstrings import netstring, text

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
    fields = _compared(type(value))
    if fields is None:
        return None
    if type(value).__hash__ is None:
        encoder.need_content(value)
    named = ((text(name), encoder.of(field_value)) for name, field_value in fields(value))
    content = b"".join(name + part for name, part in named)
    return netstring(b"x", classes.encode_class_name(encoder, type(value)) + content)


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
    # A subclass may have attributes besides; they count, though `==` does not know them.
    return [
        *zip(value._fields, value, strict=True),
        *sorted(getattr(value, "__dict__", {}).items()),
    ]


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
    for group in (vars(value), value.__pydantic_extra__, value.__pydantic_private__):
        yield from sorted((group or {}).items())


def encode_object(encoder: Encoder, value: Any) -> bytes:
    """Encode any other object: by its class, if its own ``==`` can tell it.

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
    if encoder.state:
        return netstring(
            b"X", classes.encode_class_name(encoder, cls) + _encode_state(encoder, value)
        )
    if getattr(cls, "__eq__", None) is object.__eq__:
        encoder.refuse(value, "is told from others only by where it is in memory; give it __eq__")
    if cls.__hash__ is None:
        encoder.need_content(value)
        return netstring(
            b"X", classes.encode_class_name(encoder, cls) + _encode_state(encoder, value)
        )
    try:
        hash(value)
    except TypeError:
        encoder.need_content(value)
    except Exception:  # noqa: BLE001 - a user's __hash__ may raise anything
        encoder.refuse(value, "has a __hash__ that fails")
    encoder.objects.append(value)
    return netstring(b"O", classes.encode_class_name(encoder, cls))


def _encode_state(encoder: Encoder, value: Any) -> bytes:
    """Encode the state that pickle would store of an object, piece by piece."""
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:  # noqa: BLE001 - a user's __reduce__ may raise anything
        encoder.refuse(value, "cannot be pickled")
    if isinstance(reduced, str):
        return text(reduced)
    pieces: list[Any] = [*reduced, None, None, None]
    make, args, state, items, pairs = pieces[:5]
    # Python's own makers; they differ by the protocol only.
    known = getattr(make, "__module__", None) == "copyreg"
    part = text(make.__name__) if known else encoder.encode_by_content(make)
    part += encoder.all(b"t", args) + encoder.encode_by_content(state)
    part += encoder.all(b"l", items or ())
    return part + encoder.all(b"l", (item for pair in pairs or () for item in pair))
