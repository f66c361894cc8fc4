"""Forks: what holds a lock or a connection is brought to rest before one, on both sides.

A forked child inherits locks that threads of its parent held, which nobody will release, and
database connections whose locks it does not have. So before a fork every protected object is
locked and told to let go of what must not be inherited; afterwards each side goes on with its
locks free.
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
"""Seconds that a fork waits for work in another thread; whoever takes longer is stuck."""


class Forkable(Protocol):
    """An object that must be at rest during a fork."""

    lock: threading.RLock

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
    """Return the lock of whoever opens something for a moment only: no fork comes meanwhile.

    It may be taken within a member's lock; who holds it takes no other.
    """
    _register()
    return _gate


def locked(lock: threading.RLock, work: Callable[[], T]) -> T:
    """Return what `work` gives while a lock is held, which no interrupt leaves locked."""
    # On one line: between a block and the release there would be a place for an interrupt.
    with lock: return work()  # fmt: skip  # noqa: E701


def protect(member: Forkable) -> None:
    """Bring an object to rest before each fork of this process, for as long as it lives."""
    _register()
    with _gate:
        _members[next(_numbers)] = member


class Unforked:
    """A lock for short work that a fork in another thread must wait for."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        protect(self)

    def before_fork(self) -> None:
        """Nothing is open while the lock is free."""


def _rest() -> None:
    tried: list[Forkable] = []
    while True:
        with _gate:
            new = [one for one in _alive() if not any(one is other for other in tried)]
            if not new:
                _gate.acquire()  # once more, until `_resume`
                return
        # Not with the gate closed: whoever holds a lock may be about to protect something.
        for member in new:
            tried.append(member)
            if member.lock.acquire(timeout=PATIENCE):
                _resting.append(member)
                # One that fails must not keep the others from being brought to rest.
                with suppress(Exception):
                    member.before_fork()


def _alive() -> list[Forkable]:
    """Return the members by age: what is built upon is older than what uses it."""
    return [one for reference in _members.valuerefs() if (one := reference()) is not None]


def _resume() -> None:
    while _resting:
        _resting.pop().lock.release()
    _gate.release()


def _resume_child() -> None:
    rested = list(_resting)
    _resume()
    for member in _alive():
        if not any(member is one for one in rested):
            member.lock = threading.RLock()
