"""What is called in the end, and with which value for each parameter.

``f(1)``, ``f(a=1)`` and ``partial(f, 1)()`` are one call, and so are ``obj.method(1)`` and
``Class.method(obj, 1)``. Binding is our own because `inspect.Signature.bind` takes longer than all
the rest of a key.
"""

from __future__ import annotations

import inspect
from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MISSING = object()


class NoSuchCallError(Exception):
    """The arguments do not fit; the call itself is about to say so."""


def reached(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any]]:
    """Follow partials, bound methods and callable objects to what runs, with all it is given."""
    while True:
        if type(function) is FunctionType:
            return function, args, kwargs
        if type(function) is MethodType:
            args = (function.__self__, *args)
            function = function.__func__
        elif type(function) is partial and _PLACEHOLDER not in map(type, function.args):
            args = (*function.args, *args)
            kwargs = {**function.keywords, **kwargs}
            function = function.func
        elif type(getattr(type(function), "__call__", None)) is FunctionType:  # noqa: B004
            args = (function, *args)
            function = type(function).__call__
        else:
            return function, args, kwargs


# Since Python 3.14 a partial may leave places open; such a one is a value like another.
_PLACEHOLDER = type(getattr(__import__("functools"), "Placeholder", MISSING))


@frozen
class Parameters:
    """The parameters of one code object."""

    positional: tuple[str, ...]
    keyword: frozenset[str]
    """Those that may be given by name."""
    only: tuple[str, ...]
    """Those that must be."""
    rest: str
    """Name of ``*args``; empty without."""
    named: str
    """Name of ``**kwargs``; empty without."""
    simple: bool
    """Whether all of them are positional."""

    @classmethod
    def of(cls, function: FunctionType) -> Parameters:
        """Read them from a function's code."""
        code = function.__code__
        count, only = code.co_argcount, code.co_kwonlyargcount
        names = code.co_varnames
        others = list(names[count + only :])
        rest = others.pop(0) if code.co_flags & inspect.CO_VARARGS else ""
        named = others.pop(0) if code.co_flags & inspect.CO_VARKEYWORDS else ""
        return cls(
            names[:count],
            frozenset(names[code.co_posonlyargcount : count + only]),
            names[count : count + only],
            rest,
            named,
            not (only or rest or named),
        )

    def bound(
        self, function: FunctionType, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the value of each parameter, by name; those of ``**kwargs`` in order of name.

        Raises
        ------
        NoSuchCallError
            The call cannot be made.
        """
        count = len(self.positional)
        found = dict(zip(self.positional, args, strict=False))
        if len(args) == count and not kwargs and self.simple:  # as nearly always
            return found
        if len(args) > count and not self.rest:
            raise NoSuchCallError
        more = self._named(kwargs, found)
        if len(found) < count + len(self.only):
            self._default(function, found)
        if kwargs:  # in whichever order they came
            found = {name: found[name] for name in (*self.positional, *self.only)}
        if self.rest:
            found[self.rest] = args[count:]
        if self.named:
            found[self.named] = tuple(sorted(more.items()))
        return found

    def _named(self, kwargs: Mapping[str, Any], found: dict[str, Any]) -> dict[str, Any]:
        """Add what is given by name to what was found; return what goes to ``**kwargs``."""
        more = {}
        for name, value in kwargs.items():
            if name in self.keyword:
                if name in found:
                    raise NoSuchCallError
                found[name] = value
            elif self.named:
                more[name] = value
            else:
                raise NoSuchCallError
        return more

    def _default(self, function: FunctionType, found: dict[str, Any]) -> None:
        defaults = function.__defaults__ or ()
        first = len(self.positional) - len(defaults)
        for at, name in enumerate(self.positional):
            if name not in found:
                if at < first:
                    raise NoSuchCallError
                found[name] = defaults[at - first]
        by_name = function.__kwdefaults__ or {}
        for name in self.only:
            if name not in found:
                if name not in by_name:
                    raise NoSuchCallError
                found[name] = by_name[name]
