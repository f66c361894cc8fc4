"""The right to compute a key, as far as it does not matter how others are kept out."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

T = TypeVar("T")


class _Held(Generic[T]):
    """A right, as long as it is held."""

    def __init__(self, name: Hashable, give_back: Callable[[T], None]) -> None:
        self.name = name
        self.taken: T | None = None
        self._give_back = give_back

    def end(self) -> None:
        """Give the right back, once."""
        if self.taken is not None:
            self._give_back(self.taken)
            self.taken = None


_mine: ContextVar[tuple[_Held[Any], ...]] = ContextVar("xetrack_rights", default=())
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
        Gives it back. It is called again where an interrupt may have cut it short.
    """
    # Those that ended in another context, as in an async generator that is closed elsewhere, go.
    others = tuple(one for one in _mine.get() if one.taken is not None)
    if any(one.name == name for one in others):  # a call within the call: it would wait for itself
        yield True
        return
    held = _Held(name, give_back)
    try:
        held.taken = take()
        if held.taken is not None:
            _mine.set((*others, held))
        yield held.taken is not None
    finally:
        try:
            held.end()
        except BaseException:
            held.end()
            raise
