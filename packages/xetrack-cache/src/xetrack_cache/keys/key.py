"""The key of a call: a digest, and the material that it is the digest of."""

from __future__ import annotations

import pickle
from hashlib import sha256
from io import BytesIO
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import define

from xetrack.model.objects.shown_fields import fields_of_class, is_secret
from xetrack_cache.keys import functions
from xetrack_cache.keys.binding import Parameters, resolve_call, without_ignored
from xetrack_cache.keys.classes import home_of
from xetrack_cache.keys.encoder import NotKeyableError
from xetrack_cache.keys.helpers.roots import PLAIN_TYPES, graph_of_function, material_of
from xetrack_cache.keys.netstrings import LONGEST, netstring, shorten, text
from xetrack_cache.keys.values import ValueEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from types import CodeType

    from xetrack_cache.keys.helpers.graph import Graph

SCHEME = netstring(b"2", b"xetrack call")
"""Changes with the way in which keys are made, so that no old key is taken for a new one."""

OBJECTS = b"q"
"""Kind of the part that holds pickled objects, behind the rest of the material."""

_MOST = 1_000
"""Functions whose unchanging parts are remembered."""


class Key(NamedTuple):
    """The key of a call, by which its result is found."""

    text: str
    """Hexadecimal digits; with a second group where `objects` must be compared."""
    base: str
    """The first group: equal for all calls that only the ``==`` of objects can tell apart."""
    common: bytes
    """What `base` is the digest of."""
    objects: tuple[Any, ...] = ()
    """Objects that only their own ``==`` can compare."""
    pickled: bytes = b""
    """The objects as any later process can load them; empty where that is impossible."""
    limit: str = ""
    """Which limit kept helpers from being followed to the end; empty where none did."""

    @property
    def material(self) -> bytes:
        """What is stored with a result and compared on a hit."""
        return self.common + netstring(OBJECTS, self.pickled) if self.objects else self.common


class _Head(NamedTuple):
    """The parts of a key that come before the arguments."""

    material: bytes
    hashed: Any
    """A SHA-256 that has read them, to be copied: they may be long."""
    limit: str


def _head(material: bytes, limit: str = "") -> _Head:
    return _Head(material, sha256(material), limit)


@define
class _FunctionFacts:
    """The parts of a function that are the same in each of its keys."""

    code: CodeType
    head: bytes
    code_part: bytes
    parameters: Parameters
    labels: dict[str, bytes]
    plain_head: _Head
    """The head for calls with a version in place of code."""
    followed: tuple[Graph, _Head] | None = None
    """What it refers to, and the head with code and helpers; None where that depends on what it
    closed over."""

    def head_with_helpers(
        self, function: FunctionType, arguments: tuple[Any, ...], with_code: list[Any]
    ) -> _Head:
        """Return the head with code and helpers.

        Parameters
        ----------
        function
            The function.
        arguments
            What it is called with.
        with_code
            Functions, classes and objects within the arguments and what it closed over.
        """
        graph, head = self.followed or (None, self.plain_head)
        if graph is None or graph.space is not function.__globals__ or not graph.is_current():
            graph = graph_of_function(function)
            head = _head(self.head + self.code_part + graph.material, graph.limit)
            if not function.__closure__:
                self.followed = graph, head
        if not with_code and PLAIN_TYPES.issuperset(map(type, arguments)):
            return head
        material, limit = material_of(graph, arguments, with_code)
        return (
            head
            if material is graph.material
            else _head(self.head + self.code_part + material, limit)
        )


_known: dict[tuple[int, str, str], _FunctionFacts] = {}


def key_of_call(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    params: bytes = b"",
    content: bool = False,
    version: str | None = None,
    ignored: Collection[str] = (),
) -> Key:
    """Make the key of a call.

    Parameters
    ----------
    function, args, kwargs
        The call.
    params
        What else must be equal, as `of_params` gives it.
    content
        Take unhashable arguments by their content.
    version
        Stands for the code of the function and its helpers, which then do not count.
    ignored
        Names of parameters that do not count.

    Returns
    -------
    Key
        The key.

    Raises
    ------
    NotKeyableError
        No key can stand for an argument, or for something that the function closed over.
    NoSuchCallError
        The function does not take these arguments.
    """
    encoder = ValueEncoder(content=content, code=version is None)
    function, args, kwargs = resolve_call(function, args, kwargs)
    parts: list[bytes] = []
    if type(function) is FunctionType:
        known = _facts_of(function)
        head = known.plain_head
        values = known.parameters.bind(function, args, kwargs)
        if ignored:
            values = known.parameters.without(values, ignored)
            args, kwargs = tuple(known.parameters.arguments_in(values)), {}
        if function.__closure__:
            closed = functions.encode_closure(encoder, function)
            parts += [text(f"closure {name}") + part for name, part in closed]
        labels, encode = known.labels, encoder.of
        for name, value in values.items():
            part = encode(value)
            parts.append(labels[name] + (part if len(part) <= LONGEST else shorten(part)))
        if version is None:
            arguments = (*args, *kwargs.values()) if kwargs else args
            head = known.head_with_helpers(function, arguments, encoder.with_code)
    else:
        if ignored:
            args, kwargs = without_ignored(function, args, kwargs, ignored)
        head, parts = _encode_other(encoder, function, args, kwargs, helpers=version is None)
    if version is not None:
        parts.append(_VERSION + text(str(version)))  # of those who give a number
    if ignored:  # or a call without the argument would be answered with what another value gave
        parts.append(_IGNORED + shorten(encoder.all(b"t", ignored)))
    parts.append(params)
    return _key(head, b"".join(parts), encoder.objects)


def _encode_other(
    encoder: ValueEncoder,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    helpers: bool,
) -> tuple[_Head, list[bytes]]:
    """Return head and arguments of a call of a class, or of what is not written in Python."""
    code = _CODE + shorten(encoder.encode_by_content(function))
    parts = [
        text(f"argument #{at}") + shorten(encoder.of(argument)) for at, argument in enumerate(args)
    ]
    parts += [
        text(f"argument {name}") + shorten(encoder.of(argument))
        for name, argument in sorted(kwargs.items())
    ]
    if len(kwargs) > 1:
        parts.append(_KEYWORDS + shorten(encoder.all(b"t", kwargs)))
    material, limit = b"", ""
    if helpers:
        arguments = function, *args, *kwargs.values()
        material, limit = material_of(None, arguments, encoder.with_code)
    named = SCHEME + _FUNCTION + text(_name(function))
    return _head(named + code + material, limit), parts


def encode_params(params: Mapping[str, Any]) -> bytes:
    """Encode the params of a tracker, whose order does not count.

    Parameters
    ----------
    params
        Values by name.

    Returns
    -------
    bytes
        Material for `key_of_call`.

    Raises
    ------
    NotKeyableError
        One of them is no plain value.
    """
    encoder = ValueEncoder(content=True)
    parts = (
        text(f"param {name}") + shorten(encoder.of(value))
        for name, value in sorted(params.items(), key=lambda item: str(item[0]))
    )
    material = b"".join(parts)
    if encoder.objects:
        encoder.refuse(encoder.objects[0], "is no plain value; params take plain ones only")
    return material


_FUNCTION, _CODE, _VERSION = text("function"), text("code"), text("cache_version")
_KEYWORDS, _IGNORED = text("order of keyword arguments"), text("ignored arguments")


def _name(function: Any) -> str:
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{getattr(named, '__module__', None) or ''}.{named.__qualname__}"


def _facts_of(function: FunctionType) -> _FunctionFacts:
    code = function.__code__
    place = id(code), function.__module__, function.__qualname__
    known = _known.get(place)
    if known is not None and known.code is code:
        return known
    module, _, script = home_of(function.__module__).partition(" ")
    head = SCHEME + _FUNCTION + text(f"{module}.{function.__qualname__}")
    if script:
        head += text("script") + text(script)
    code_part = _CODE + functions.encode_code(ValueEncoder(), code)
    parameters = Parameters.of(function)
    names = (*parameters.positional, *parameters.only, parameters.rest, parameters.named)
    known = _FunctionFacts(
        code,
        head,
        code_part,
        parameters,
        {name: text(f"argument {name}") for name in names},
        _head(head),
    )
    if len(_known) >= _MOST:
        _known.clear()
    _known[place] = known
    return known


def _key(head: _Head, rest: bytes, objects: list[Any]) -> Key:
    material, hashed, limit = head
    hashed = hashed.copy()
    hashed.update(rest)
    base = hashed.hexdigest()
    material += rest
    if not objects:
        return Key(base, base, material, (), b"", limit)
    pickled = _pickled(objects)
    try:
        exactly = ValueEncoder(content=True, state=True).all(b"t", objects)
    except NotKeyableError:
        exactly = pickled
    if not exactly:
        ValueEncoder().refuse(objects[0], "can neither be pickled nor told by its state")
    name = f"{base}-{sha256(exactly).hexdigest()[:32]}"
    return Key(name, base, material, tuple(objects), pickled, limit)


class _OpenPickler(pickle.Pickler):
    """Pickles what hides nothing, as everybody who reads the cache can read the pickle."""

    def reducer_override(self, obj: Any) -> Any:
        """Raise an error for what hides a value; see `pickle.Pickler.reducer_override`."""
        fields = fields_of_class(type(obj))
        if is_secret(obj) or (fields is not None and fields.hidden):
            raise pickle.PicklingError
        return NotImplemented


def _pickled(objects: list[Any]) -> bytes:
    """Return objects as any later process can load them; nothing when that is impossible.

    By the standard `pickle`, which names classes: one that brought its class along would give
    objects of another class, to which none of the user's is equal.
    """
    try:
        pickled = BytesIO()
        _OpenPickler(pickled, protocol=4).dump(tuple(objects))
        return pickled.getvalue()
    except Exception:  # noqa: BLE001 - a user's __reduce__ may raise anything
        return b""
