"""Files that an engine of this process has open, so that others must not.

A lock of POSIX belongs to a process and a file: the process loses it when anything in it closes
the file, whoever opened it, were it only for a look. So an engine says here which files it has
open, and whoever looks into a file asks here first, while holding `xetrack.forks.gate`.
"""

from __future__ import annotations

import os
from collections import Counter

_held: Counter[str] = Counter()


def hold(path: str) -> None:
    """Say that a file must not be opened by others from now on."""
    _held[os.path.realpath(path)] += 1


def release(path: str) -> None:
    """Say that it may; as often as it was said that it must not."""
    name = os.path.realpath(path)
    _held[name] -= 1
    if _held[name] <= 0:
        del _held[name]


_used: Counter[str] = Counter()


def use(path: str) -> None:
    """Say that a file is open, through a library that looks at what it opened itself."""
    _used[os.path.realpath(path)] += 1


def disuse(path: str) -> None:
    """Say that it is closed; as often as it was said that it is open."""
    name = os.path.realpath(path)
    _used[name] -= 1
    if _used[name] <= 0:
        del _used[name]


def uses(path: str) -> int:
    """Return how many engines of this process have a file open."""
    return _used[os.path.realpath(path)]


def is_used(path: str) -> bool:
    """Tell whether a file is open."""
    return os.path.realpath(path) in _used


def is_held(path: str) -> bool:
    """Tell whether an engine of this process has a file for itself; never raises."""
    try:
        return bool(_held) and os.path.realpath(path) in _held
    except (OSError, ValueError):
        return False
