"""The compute lock of a key, whatever excludes other threads and processes."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

T = TypeVar("T")


class _HeldLock(Generic[T]):
    """A lock, as long as it is held."""

    def __init__(self, name: Hashable, release: Callable[[T], None]) -> None:
        self.name = name
        self.handle: T | None = None
        self._release = release

    def end(self) -> None:
        """Release the lock, once."""
        if self.handle is not None:
            self._release(self.handle)
            self.handle = None


_held_locks: ContextVar[tuple[_HeldLock[Any], ...]] = ContextVar(
    "xetrack_compute_locks", default=()
)
"""The locks of this thread or task, and of the one that began it."""


@contextmanager
def hold_compute_lock(
    name: Hashable, acquire: Callable[[], T | None], release: Callable[[T], None]
) -> Iterator[bool]:
    """Hold the compute lock of a key; a call within the call holds it too.

    **Interrupts**: an interrupted release is run again.

    Parameters
    ----------
    name
        Tells the lock from all others.
    acquire
        Locks against all others, and returns what `release` needs; None when they have the lock.
    release
        Unlocks. It is called again where an interrupt may have cut it short.

    Yields
    ------
    bool
        True if the lock is held.
    """
    # Those that ended in another context, as in an async generator that is closed elsewhere, go.
    others = tuple(lock for lock in _held_locks.get() if lock.handle is not None)
    # A call within the call would wait for itself.
    if any(lock.name == name for lock in others):
        yield True
        return
    held_lock = _HeldLock(name, release)
    try:
        held_lock.handle = acquire()
        if held_lock.handle is not None:
            _held_locks.set((*others, held_lock))
        yield held_lock.handle is not None
    finally:
        try:
            held_lock.end()
        except BaseException:
            held_lock.end()
            raise
