"""The right to compute a key, as far as it does not matter how others are kept out."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

T = TypeVar("T")

_mine: ContextVar[frozenset[Hashable]] = ContextVar("xetrack_rights")
"""What is held here: by this thread or task, or by the one that began it."""


@contextmanager
def right(
    name: Hashable, take: Callable[[], T | None], give_back: Callable[[T], None]
) -> Iterator[bool]:
    """Hold a right, which a call within the call holds too; tell whether it is held.

    Parameters
    ----------
    name
        What tells it from all other rights.
    take
        Takes it from all others, and returns what giving it back needs; None when they have it.
    give_back
        Gives it back.
    """
    held = _mine.get(frozenset())
    if name in held:  # a call within the call, which would wait for itself
        yield True
        return
    taken = take()
    if taken is None:
        yield False
        return
    token = _mine.set(held | {name})
    try:
        yield True
    finally:
        # In an async generator that is closed elsewhere, the context is another one.
        with suppress(ValueError):
            _mine.reset(token)
        give_back(taken)
