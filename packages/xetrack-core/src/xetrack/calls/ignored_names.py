"""The names of parameters that do not count in keys of cached calls (``cache_ignore``)."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence


class IgnoredNames(tuple[str, ...]):
    """Names that were validated for a function, in order."""

    __slots__ = ()


def checked_ignored(func: Callable[..., Any], names: Any) -> Sequence[str]:
    """Return the names if the function has such parameters.

    Parameters
    ----------
    func
        The function. One with ``**kwargs``, or without a signature, takes any name.
    names
        Names of parameters, or `IgnoredNames`, which are returned as they are.

    Raises
    ------
    InvalidArgumentError
        The names are no list of texts, or the function has no such parameter.
    """
    if not names:
        return ()
    if type(names) is IgnoredNames:
        return names
    is_text = isinstance(names, str) or not isinstance(names, Iterable)
    if is_text or not all(isinstance(name, str) for name in names):
        expected = 'a list of names of parameters, as ["verbose"]'
        raise InvalidArgumentError("cache_ignore", names, expected)
    ignored = IgnoredNames(sorted(set(names)))
    while isinstance(func, MethodType | partial):  # of which signatures lack what is bound
        func = func.__func__ if isinstance(func, MethodType) else func.func
    parameters = _parameters_of(func)
    unknown = [name for name in ignored if parameters is not None and name not in parameters]
    if unknown:
        name = getattr(func, "__qualname__", type(func).__qualname__)
        expected = f"names of parameters of {name}: {', '.join(parameters or ()) or 'it has none'}"
        raise InvalidArgumentError("cache_ignore", unknown, expected)
    return ignored


def _parameters_of(func: Callable[..., Any]) -> Collection[str] | None:
    """Return the names of a function's parameters; None where any name will do."""
    if isinstance(func, FunctionType):  # a signature takes longer than a cached call
        code = func.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        count += bool(code.co_flags & inspect.CO_VARARGS)
        return None if code.co_flags & inspect.CO_VARKEYWORDS else code.co_varnames[:count]
    try:
        parameters = inspect.signature(func, follow_wrapped=False).parameters
    except (TypeError, ValueError):  # some of the functions that are written in C
        return None
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    return None if takes_any else parameters
