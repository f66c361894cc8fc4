"""The names of parameters that do not count in keys of cached calls (``cache_ignore``)."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import partial
from types import MethodType
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


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
    try:
        parameters = inspect.signature(func, follow_wrapped=False).parameters
    except (TypeError, ValueError):  # some of the functions that are written in C
        return ignored
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    unknown = [] if takes_any else [name for name in ignored if name not in parameters]
    if unknown:
        name = getattr(func, "__qualname__", type(func).__qualname__)
        expected = f"names of parameters of {name}: {', '.join(parameters) or 'it has none'}"
        raise InvalidArgumentError("cache_ignore", unknown, expected)
    return ignored
