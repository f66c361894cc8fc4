"""The key of a call: a digest, and the material that it is the digest of."""

from __future__ import annotations

import pickle
from hashlib import sha256
from types import FunctionType
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack_cache.keys import functions
from xetrack_cache.keys.binding import Parameters, reached
from xetrack_cache.keys.classes import home_of
from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.netstrings import net, short, text
from xetrack_cache.keys.values import ValueEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType

SCHEME = net(b"1", b"xetrack call")
"""Changes with the way in which keys are made, so that no old key is taken for a new one."""

OBJECTS = b"q"
"""Kind of the part that holds pickled objects, behind the rest of the material."""

_MOST = 1_000
"""Functions of which the parts that never change are remembered."""


@frozen
class Key:
    """What a result is found by."""

    text: str
    """Hexadecimal digits; with a second group where `objects` must be compared."""
    base: str
    """The first group: equal for all calls that only the ``==`` of objects can tell apart."""
    common: bytes
    """What `base` is the digest of."""
    objects: tuple[Any, ...] = ()
    """What only its own ``==`` can compare."""
    pickled: bytes = b""
    """The objects as any later process can load them; empty where that is impossible."""

    @property
    def material(self) -> bytes:
        """What is stored with a result and compared on a hit."""
        return self.common + net(OBJECTS, self.pickled) if self.objects else self.common


@frozen
class _Known:
    """What is always the same of a function."""

    code: CodeType
    head: bytes
    parameters: Parameters
    labels: dict[str, bytes]


_known: dict[tuple[int, str, str], _Known] = {}


def of_call(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    params: bytes = b"",
    content: bool = False,
    version: str | None = None,
) -> Key:
    """Return the key of a call.

    Parameters
    ----------
    function, args, kwargs
        The call.
    params
        What else must be equal, as `of_params` gives it.
    content
        Take unhashable arguments by their content.
    version
        Stands for the code of the function, which then does not count.

    Raises
    ------
    NotKeyableError
        No key can stand for an argument, or for something that the function closed over.
    NoSuchCallError
        The function does not take these arguments.
    """
    encoder = ValueEncoder(content=content)
    function, args, kwargs = reached(function, args, kwargs)
    if type(function) is FunctionType:
        known = _known_of(function)
        found = [known.head]
        if version is None:
            found.append(_CODE + functions.of_code(encoder, function.__code__))
        if function.__closure__:
            closed = functions.closure(encoder, function)
            found += [text(f"closure {name}") + part for name, part in closed]
        labels = known.labels
        for name, value in known.parameters.bound(function, args, kwargs).items():
            found.append(labels[name] + short(encoder.of(value)))
    else:
        found = [
            SCHEME + _FUNCTION + text(_name(function)),
            _CODE + short(encoder.freely(function)),
        ]
        found += [text(f"argument #{at}") + short(encoder.of(one)) for at, one in enumerate(args)]
        items = sorted(kwargs.items())
        found += [text(f"argument {name}") + short(encoder.of(one)) for name, one in items]
    if version is not None:
        found.append(_VERSION + text(version))
    return _key(b"".join(found) + params, encoder.objects)


def of_params(params: Mapping[str, Any]) -> bytes:
    """Return what params add to a key; their order does not count."""
    encoder = ValueEncoder(content=True)
    found = (text(f"param {name}") + short(encoder.of(one)) for name, one in sorted(params.items()))
    material = b"".join(found)
    if encoder.objects:
        encoder.refuse(encoder.objects[0], "is no plain value; params take plain ones only")
    return material


_FUNCTION, _CODE, _VERSION = text("function"), text("code"), text("cache_version")


def _name(function: Any) -> str:
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{getattr(named, '__module__', None) or ''}.{named.__qualname__}"


def _known_of(function: FunctionType) -> _Known:
    code = function.__code__
    place = id(code), function.__module__, function.__qualname__
    known = _known.get(place)
    if known is not None and known.code is code:
        return known
    module, _, script = home_of(function.__module__).partition(" ")
    head = SCHEME + _FUNCTION + text(f"{module}.{function.__qualname__}")
    if script:
        head += text("script") + text(script)
    parameters = Parameters.of(function)
    names = (*parameters.positional, *parameters.only, parameters.rest, parameters.named)
    known = _Known(code, head, parameters, {name: text(f"argument {name}") for name in names})
    if len(_known) >= _MOST:
        _known.clear()
    _known[place] = known
    return known


def _key(material: bytes, objects: list[Any]) -> Key:
    base = sha256(material).hexdigest()
    if not objects:
        return Key(base, base, material)
    pickled = _pickled(objects)
    try:
        exactly = ValueEncoder(content=True, state=True).all(b"t", objects)
    except NotKeyableError:
        exactly = pickled
    if not exactly:
        ValueEncoder().refuse(objects[0], "can neither be pickled nor told by its state")
    name = f"{base}-{sha256(exactly).hexdigest()[:32]}"
    return Key(name, base, material, tuple(objects), pickled)


def _pickled(objects: list[Any]) -> bytes:
    """Return objects as any later process can load them; nothing when that is impossible.

    By the standard `pickle`, which names classes: one that brought its class along would give
    objects of another class, to which none of the user's is equal.
    """
    try:
        return pickle.dumps(tuple(objects), protocol=4)
    except Exception:  # noqa: BLE001 - a user's __reduce__ may raise anything
        return b""
