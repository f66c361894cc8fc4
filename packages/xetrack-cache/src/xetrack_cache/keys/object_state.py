"""The encoding of objects by their state: what pickle would store, piece by piece."""

from __future__ import annotations

import copyreg
import sys
from typing import TYPE_CHECKING, Any

from xetrack.errors import describe_error
from xetrack_cache.keys import classes
from xetrack_cache.keys.netstrings import netstring, text

if TYPE_CHECKING:
    from collections.abc import Container

    from xetrack_cache.keys.encoder import Encoder


def encode_with_state(encoder: Encoder, value: Any) -> bytes:
    """Encode an object by its class and its state.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        The object.

    Returns
    -------
    bytes
        The part of the key.

    Raises
    ------
    NotKeyableError
        It cannot be pickled, or something in it has no content.
    """
    cls = classes.encode_class_name(encoder, type(value))
    return netstring(b"X", cls + _state(encoder, value))


def encode_code_of_class(encoder: Encoder, value: Any) -> bytes:
    """Encode the code of a user's class, with what it refers to; of a library's class nothing.

    Parameters
    ----------
    encoder
        Says whether code counts.
    value
        An object of the class.

    Returns
    -------
    bytes
        A part of the key; empty where nothing counts.
    """
    if not encoder.code:
        return b""
    # Helpers are found with these encoders.
    from xetrack_cache.keys.helpers.roots import material_of  # noqa: PLC0415

    material, _ = material_of(None, (value,))
    return netstring(b"w", material) if material else b""


def encode_attributes(encoder: Encoder, value: Any, *, without: Container[str] = ()) -> bytes:
    """Encode the attributes of an object, those in slots too, in order of name.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        The object.
    without
        Names that do not count.

    Returns
    -------
    bytes
        A part of the key; empty where there are no attributes.
    """
    attributes = {
        name: getattr(value, name) for name in slots_of(type(value)) if hasattr(value, name)
    }
    attributes.update(getattr(value, "__dict__", {}))
    parts = [
        text(str(name)) + encoder.encode_by_content(attribute)
        for name, attribute in sorted(attributes.items(), key=lambda item: str(item[0]))
        if name not in without
    ]
    return netstring(b"w", b"".join(parts)) if parts else b""


def slots_of(cls: type) -> list[str]:
    """Return the names of the slots of a class and its bases.

    Parameters
    ----------
    cls
        Any class.

    Returns
    -------
    list of str
        The names to read them by; the list is Python's own, so leave it as it is.
    """
    names: list[str] = copyreg._slotnames(cls)  # type: ignore[attr-defined] # noqa: SLF001
    return names


def _state(encoder: Encoder, value: Any) -> bytes:
    cls = type(value)
    if isinstance(value, set | frozenset):  # pickle has them in an order that is chance
        elements = _elements(encoder, value)
        return elements + encode_attributes(encoder, value)
    try:
        reduced = value.__reduce_ex__(4)
    except Exception as error:  # noqa: BLE001 - a user's __reduce__ may raise anything
        encoder.refuse(value, f"cannot be pickled ({describe_error(error)})")
    if isinstance(reduced, str):
        return text(reduced)
    pieces: list[Any] = [*reduced, None, None, None]
    make, args, state, items, pairs = pieces[:5]
    if getattr(make, "__module__", None) == "copyreg":
        # Python's own makers; they differ by the protocol only.
        part = text(make.__name__)
        args = args[1:] if args and args[0] is cls else args
    else:
        part = text("class") if make is cls else encoder.encode_by_content(make)
    part += encoder.all(b"t", args)
    attributes = state is not None and _is_attributes(value, state)
    if state is not None and not attributes:
        part += encoder.encode_by_content(state)
    # Python's own way of pickling leaves out attributes that a subclass adds.
    if attributes or _is_pickled_by_python(cls):
        part += encode_attributes(encoder, value)
    part += encoder.all(b"l", items or ())
    return part + encoder.all(b"l", (item for pair in pairs or () for item in pair))


def _elements(encoder: Encoder, value: set[Any] | frozenset[Any]) -> bytes:
    before, encoder.content = encoder.content, True
    try:
        return encoder.unordered(b"z", set(value))
    finally:
        encoder.content = before


def _is_attributes(value: Any, state: Any) -> bool:
    """Return True for a state that is just the attributes, whose order means nothing."""
    if type(state) is tuple and len(state) == 2:  # noqa: PLR2004 - attributes, and those in slots
        getstate: object = getattr(type(value), "__getstate__", None)
        return _is_pickled_by_python(type(value)) and getstate is object.__getstate__
    attributes = getattr(value, "__dict__", None)
    return (
        type(state) is dict
        and type(attributes) is dict
        and state.keys() == attributes.keys()
        and all(state[name] is attribute for name, attribute in attributes.items())
    )


def _is_pickled_by_python(cls: type) -> bool:
    """Return True if no class of a user or a library says how it is pickled."""
    methods = {"__reduce__", "__reduce_ex__", "__getstate__"}
    return all(
        base.__module__.partition(".")[0] in sys.stdlib_module_names
        for base in cls.__mro__
        if not methods.isdisjoint(vars(base))
    )
