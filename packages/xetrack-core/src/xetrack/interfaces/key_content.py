"""What stands for objects of users' types in the keys of cached calls; see `key_of`."""

from __future__ import annotations

import functools
from typing import Any


@functools.singledispatch
def key_of(value: Any) -> Any:
    """Return what stands for a value in the keys of cached calls; by default the value itself.

    ``@key_of.register(MyType)`` above a function makes that function return it for objects of a
    type and of its subclasses: plain content, such as a tuple, a dict, or an array. Two objects of
    one class are then equal for the cache if their content is, hashable or not, and whatever their
    ``==`` says. It is a `functools.singledispatch` function.

    Numbers, texts, bytes, dates, tuples, lists, dicts and sets of Python always count by
    themselves, but objects within them as registered.

    **Call caches.** A `xetrack.interfaces.cache.CallCache` calls it for each argument, and compares
    what it returns, with the class of the argument, in place of the argument.

    Parameters
    ----------
    value
        An argument of a cached call, or a value within one.

    Returns
    -------
    object
        The content; `value` itself where nothing is registered for its type.

    Examples
    --------
    >>> from xetrack import Tracker, caches
    >>> class Table:
    ...     def __init__(self, name, version):
    ...         self.name, self.version, self.connection = name, version, object()
    >>> @caches.key_of.register(Table)
    ... def _(table):
    ...     return table.name, table.version
    >>> def count(table):
    ...     return len(table.name)
    >>> tracker = Tracker(Tracker.IN_MEMORY, cache="cache_dir")
    >>> tracker.track(count, args=[Table("users", 3)])
    5
    >>> tracker.is_cached(count, [Table("users", 3)]), tracker.is_cached(count, [Table("users", 4)])
    (True, False)
    """
    return value
