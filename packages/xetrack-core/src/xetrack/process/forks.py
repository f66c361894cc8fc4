"""Forks: objects with locks or connections are brought to rest before a fork.

A forked child inherits locked locks, which no thread of it will release, and database connections
whose file locks it does not have. So before a fork every protected object is locked and closes what
must not be inherited; afterwards both sides continue with free locks.
"""

from __future__ import annotations

import os
import threading
import weakref
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds that a fork waits for the lock of an object; beyond that its holder counts as stuck."""


class Forkable(Protocol):
    """An object that must be at rest during a fork."""

    lock: threading.RLock
    """Held by whatever uses the object; a fork waits for it."""

    def before_fork(self) -> None:
        """Close what must not be inherited; called while holding `lock`."""


_members: weakref.WeakValueDictionary[int, Forkable] = weakref.WeakValueDictionary()
_numbers = count()
_resting: list[Forkable] = []
_registered = False
_gate = threading.RLock()
"""Held during a fork, so that nothing new opens what would be inherited."""


def _register() -> None:
    global _registered  # noqa: PLW0603 - hooks cannot be taken back, so they are set but once
    if not _registered and hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_rest, after_in_parent=_resume, after_in_child=_resume_child)
        _registered = True


def gate() -> threading.RLock:
    """Return the lock to hold while a resource is open for a moment; no fork happens meanwhile.

    **Lock order.** It may be acquired while a protected object's lock is held; no other lock may be
    acquired while it is held.
    """
    _register()
    return _gate


def locked(lock: threading.RLock, work: Callable[[], T]) -> T:
    """Call a function while a lock is held, so that no interrupt leaves it locked.

    Parameters
    ----------
    lock
        The lock to hold.
    work
        The function.

    Returns
    -------
    object
        What the function returns.
    """
    # On one line: between a block and the release there would be a place for an interrupt.
    with lock: return work()  # fmt: skip  # noqa: E701


def protect(member: Forkable) -> None:
    """Bring an object to rest before each fork of this process, for as long as it lives.

    Before a fork its `lock` is acquired and its `before_fork` is called; afterwards the lock is
    free on both sides.

    Parameters
    ----------
    member
        An object with a `lock` and a method `before_fork`; only a weak reference to it is stored.

    Examples
    --------
    ::

        class Pool:
            def __init__(self):
                self.lock = threading.RLock()
                forks.protect(self)

            def before_fork(self):
                self.close()
    """
    _register()
    with _gate:
        _members[next(_numbers)] = member


class ForkLock:
    """A lock for short work; a fork in another thread waits until it is free."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        protect(self)

    def before_fork(self) -> None:
        """Do nothing, as nothing is open while the lock is free."""


def _rest() -> None:
    tried: list[Forkable] = []
    while True:
        with _gate:
            new = [member for member in _alive() if not any(member is other for other in tried)]
            if not new:
                _gate.acquire()  # once more, until `_resume`
                return
        # Not with the gate held: the holder of a lock may be about to protect something.
        for member in new:
            tried.append(member)
            if member.lock.acquire(timeout=PATIENCE):
                _resting.append(member)
                # One that fails must not keep the others from being brought to rest.
                with suppress(Exception):
                    member.before_fork()


def _alive() -> list[Forkable]:
    """Return the members by age: an object is younger than what it is built upon."""
    return [member for reference in _members.valuerefs() if (member := reference()) is not None]


def _resume() -> None:
    while _resting:
        _resting.pop().lock.release()
    _gate.release()


def _resume_child() -> None:
    rested = list(_resting)
    _resume()
    for member in _alive():
        if not any(member is other for other in rested):
            member.lock = threading.RLock()
