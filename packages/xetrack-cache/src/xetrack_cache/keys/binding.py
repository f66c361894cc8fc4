"""The function that a call reaches, and the value of each of its parameters.

``f(1)``, ``f(a=1)`` and ``partial(f, 1)()`` are one call, and so are ``obj.method(1)`` and
``Class.method(obj, 1)``. Binding is our own because `inspect.Signature.bind` takes longer than all
the rest of a key.
"""

from __future__ import annotations

import inspect
from contextlib import suppress
from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

MISSING = object()


class NoSuchCallError(Exception):
    """The arguments do not fit; the call itself is about to raise the error of Python."""


def resolve_call(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any]]:
    """Follow partials, bound methods and callable objects to the function that runs.

    Parameters
    ----------
    function
        What is called.
    args
        Positional arguments.
    kwargs
        Keyword arguments.

    Returns
    -------
    function, args, kwargs
        The function, with all arguments that it gets.
    """
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
    """Those that may be passed by name."""
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
        """Read the parameters from a function's code.

        Parameters
        ----------
        function
            A function written in Python.
        """
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

    def bind(
        self, function: FunctionType, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the value of each parameter, by name; those of ``**kwargs`` in their order.

        Parameters
        ----------
        function
            The function, for its defaults.
        args
            Positional arguments.
        kwargs
            Keyword arguments.

        Returns
        -------
        dict
            Values by the names of the parameters.

        Raises
        ------
        NoSuchCallError
            The call cannot be made.
        """
        count = len(self.positional)
        values = dict(zip(self.positional, args, strict=False))
        if self.simple and not kwargs and len(args) == count:  # as nearly always
            return values
        if len(args) > count and not self.rest:
            raise NoSuchCallError
        extra = self._bind_keywords(kwargs, values)
        if len(values) < count + len(self.only):
            self._fill_defaults(function, values)
        if kwargs:  # in whichever order they came
            values = {name: values[name] for name in (*self.positional, *self.only)}
        if self.rest:
            values[self.rest] = args[count:]
        if self.named:
            values[self.named] = tuple(extra.items())
        return values

    def without(self, values: Mapping[str, Any], ignored: Collection[str]) -> dict[str, Any]:
        """Return the values of parameters that count.

        Parameters
        ----------
        values
            What `bind` returned.
        ignored
            Names of parameters that do not count, those of ``**kwargs`` included.
        """
        counted = {name: value for name, value in values.items() if name not in ignored}
        if self.named in counted:
            pairs = counted[self.named]
            counted[self.named] = tuple(pair for pair in pairs if pair[0] not in ignored)
        return counted

    def arguments_in(self, values: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the single arguments among the values of parameters.

        Parameters
        ----------
        values
            What `bind` or `without` returned.
        """
        for name, value in values.items():
            if name == self.rest:
                yield from value
            elif name == self.named:
                yield from (argument for _, argument in value)
            else:
                yield value

    def _bind_keywords(self, kwargs: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Add keyword arguments to the values; return what goes to ``**kwargs``."""
        extra = {}
        for name, value in kwargs.items():
            if name in self.keyword:
                if name in values:
                    raise NoSuchCallError
                values[name] = value
            elif self.named:
                extra[name] = value
            else:
                raise NoSuchCallError
        return extra

    def _fill_defaults(self, function: FunctionType, values: dict[str, Any]) -> None:
        defaults = function.__defaults__ or ()
        first = len(self.positional) - len(defaults)
        for position, name in enumerate(self.positional):
            if name not in values:
                if position < first:
                    raise NoSuchCallError
                values[name] = defaults[position - first]
        by_name = function.__kwdefaults__ or {}
        for name in self.only:
            if name not in values:
                if name not in by_name:
                    raise NoSuchCallError
                values[name] = by_name[name]


def without_ignored(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    ignored: Collection[str],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments that count of a class, or of a function that is not written in Python.

    Parameters
    ----------
    function, args, kwargs
        The call.
    ignored
        Names of parameters that do not count.
    """
    by_position: list[str] = []
    with suppress(TypeError, ValueError):  # nothing tells what some call their parameters
        by_position += (
            each.name
            for each in inspect.signature(function).parameters.values()
            if each.kind in {each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD}
        )
    # An ignored one leaves its place, so that those behind it keep their numbers.
    counted = tuple(
        None if at < len(by_position) and by_position[at] in ignored else argument
        for at, argument in enumerate(args)
    )
    return counted, {name: value for name, value in kwargs.items() if name not in ignored}
