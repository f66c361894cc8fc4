"""Guarded parts: other faces of the parts themselves, of which every method is guarded.

A guarded part is a second face of the same object: an instance of a subclass that shares its
attributes, and passes each method of the interface on to the object itself. So a part can be asked
for its capabilities by ``isinstance`` as before, and what it calls of itself is not guarded: it
catches its own exceptions where it wants to.

Typed errors pass with a note of the part's name. `KeyboardInterrupt` and what handlers of signals
raise pass unchanged, and so does what the caller's own functions raise within the part.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from xetrack.errors import XetrackError, report
from xetrack.interfaces.component import LOCATION, PartKind
from xetrack.interfaces.engine import Inserter, Selection
from xetrack.interfaces.engines.capabilities import NumberedRows
from xetrack.plugins.guards.answers import (
    GuardedInserter,
    GuardedIterator,
    guarded_context,
    watched,
)
from xetrack.plugins.guards.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_CONTEXTS = frozenset({"transaction", "storing", "compute_lock", "write_sqlite", "copy"})
"""Methods that return contexts."""

_WITH_CALLBACKS = frozenset({"content", "collect", "after_write", "read_sqlite"})
"""Methods that call functions of their caller, whose exceptions are not the part's."""

_UNGUARDED = frozenset({"run", "before_fork"})
"""Methods whose exceptions are the user's own, and what only the object itself is asked for."""


def make_guarded(origin: Origin, make: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Make a part, and return it guarded.

    Parameters
    ----------
    origin
        Where it is from.
    make
        Its class, or an `EngineFactory`.
    *args, **options
        What it is made with.

    Raises
    ------
    XetrackError
        It cannot be made.
    """
    try:
        part = make(*args, **options)
    except BaseException as error:
        place = options.get(LOCATION) or (args[0] if args else "")
        origin.raise_typed(error, place, "__init__")
        raise
    return guarded(part, origin)


def guarded_object(part: T, kind: PartKind) -> T:
    """Return a part that a user made, guarded; errors name its class and the class's module.

    Parameters
    ----------
    part
        The part; one that is guarded is returned as it is.
    kind
        The kind of part.
    """
    if isinstance(part, _Face):
        return part
    return guarded(part, Origin.of_class(kind, type(part)))


def guarded(part: T, origin: Origin) -> T:
    """Return another face of a part, of which every method is guarded.

    Parameters
    ----------
    part
        The part, or an answer of it that has methods of its own.
    origin
        Where it is from.
    """
    if origin.kind == PartKind.CODEC:
        return part  # what it raises is mostly of the user's objects; see `Codecs`
    try:
        cls: Any = type(part)
        face: Any = object.__new__(_face_of(cls))
    except TypeError:  # it extends a type of C, such as dict, whose content cannot be shared
        return part
    object.__setattr__(face, "_guarded_part", part)
    object.__setattr__(face, "_guarded_origin", origin)
    if hasattr(part, "__dict__"):
        object.__setattr__(face, "__dict__", part.__dict__)
    return face  # type: ignore[no-any-return]


def close_part(part: Any) -> None:
    """Close a part that is no longer needed; a failure is reported, and costs nothing else.

    Parameters
    ----------
    part
        Has a method ``close``.
    """
    try:
        part.close()
    except XetrackError as error:
        report(f"{error} What was done before is not affected.")


class _Face:
    """What all guarded parts have in common."""

    __slots__ = ()

    _guarded_part: Any
    _guarded_origin: Origin

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._guarded_part.__reduce_ex__(protocol)


@functools.lru_cache(maxsize=256)
def _face_of(cls: type) -> type:
    """Return the class of the guarded faces of a class."""
    members: dict[str, Any] = {
        "__slots__": ("_guarded_origin", "_guarded_part"),
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
    }
    if any(vars(base).get("__slots__") for base in cls.__mro__):
        members["__getattr__"] = _look_up  # not where a dict has all, as it slows all look-ups
    if hasattr(cls, "__del__"):
        members["__del__"] = _do_nothing  # the object itself has it
    for base in cls.__mro__:
        if not base.__module__.startswith("xetrack.interfaces"):
            continue
        for name, attribute in vars(base).items():
            if name.startswith("_") or name in members or name in _UNGUARDED:
                continue
            if isinstance(attribute, property):
                members[name] = property(_guarded_getter(name))
            elif callable(attribute) and not isinstance(attribute, type):
                members[name] = _guarded_method(name, getattr(cls, name))
    if issubclass(cls, Selection | NumberedRows):
        members["batches"] = property(_guarded_batches)
    return type(cls)(cls.__name__, (_Face, cls), members)


def _look_up(self: Any, name: str) -> Any:
    """Return what lies in a slot of the part."""
    return getattr(self._guarded_part, name)


def _do_nothing(_: object) -> None:
    """Leave it to the object itself."""


def _guarded_getter(name: str) -> Callable[[Any], Any]:
    def get(self: Any) -> Any:
        try:
            return getattr(self._guarded_part, name)
        except BaseException as error:
            self._guarded_origin.raise_typed(error, self._guarded_part, name)
            raise

    return get


def _guarded_batches(self: Any) -> Iterator[Any]:
    part, origin = self._guarded_part, self._guarded_origin
    return GuardedIterator(part.batches, part, origin, "read")


def _guarded_method(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    make = _method
    if name in _CONTEXTS:
        make = _method_of_context
    elif name in _WITH_CALLBACKS:
        make = _method_with_callbacks
    return functools.wraps(function)(make(name))


def _method(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        try:
            answer = getattr(self._guarded_part, name)(*args, **options)
        except BaseException as error:
            self._guarded_origin.raise_typed(error, self._guarded_part, name)
            raise
        cls: Any = type(answer)  # any, as a type is no `Hashable` to mypy
        guard = _guard_of(cls)
        if guard is None:
            return answer
        return guard(answer, self._guarded_part, self._guarded_origin, name)

    return method


def _method_of_context(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        part, origin = self._guarded_part, self._guarded_origin
        try:
            context = getattr(part, name)(*args, **options)
        except BaseException as error:
            origin.raise_typed(error, part, name)
            raise
        return guarded_context(context, part, origin, name)

    return method


def _method_with_callbacks(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        part, origin = self._guarded_part, self._guarded_origin
        passed: list[BaseException] = []
        args = tuple(watched(each, passed) if callable(each) else each for each in args)
        try:
            return getattr(part, name)(*args, **options)
        except BaseException as error:
            origin.raise_typed(error, part, name, passed)
            raise
        finally:
            passed.clear()

    return method


@functools.lru_cache(maxsize=256)
def _guard_of(cls: type) -> Callable[[Any, object, Origin, str], Any] | None:
    """Return what guards answers of a class; None where they do no work later.

    Kept for each class: asking four abstract classes takes longer than the `get` of a cache.
    """
    if issubclass(cls, Inserter):
        return lambda answer, part, origin, _: GuardedInserter(answer, part, origin)
    if issubclass(cls, Selection | NumberedRows):
        return lambda answer, _, origin, __: guarded(answer, origin)
    if issubclass(cls, Iterator):
        return GuardedIterator
    return None
