"""Work that waits until nothing was written for a moment, or until the program ends.

A file is to be whole soon after its last row, so that a copy of it is, too. Whoever stores rows
asks for that with the first one after a rest; one thread of this process then looks a few times a
second whether more came. It ends when there is nothing left to do, and is not there during forks.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from time import monotonic

from xetrack.process import forks

LOOK = 0.25
"""Seconds between two looks; nothing may have been written between them."""

TRIES = 9
"""How often work that could not be done is tried again, after twice the time each; it is tried
once more when the program ends."""

LAST = 1.0
"""Seconds that the end of a program waits for others, for all such work together."""

_PATIENCE = 5.0
"""Seconds that a fork, or the end of a program, waits for work that is going on."""


class Chore(ABC):
    """Such work. It must not keep alive whoever asks for it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        """Held while the work is done."""

    @abstractmethod
    def state(self) -> object:
        """Return what is another thing when something was written meanwhile."""

    @abstractmethod
    def work(self, patience: float) -> bool:
        """Do the work, and tell whether all is done; wait for others so many seconds at most.

        First of all its owner is told to ask again with the next row.
        """

    def forget(self) -> None:
        """Leave the work to the parent of this process, in which it was asked for."""
        self.lock = threading.RLock()


class _Watch:
    """What is known about a chore that waits."""

    def __init__(self) -> None:
        self.state: object = self  # as nothing else is
        self.tries = 0
        self.next = monotonic() + LOOK
        """When to look; never, for what is left to the end of the program."""


_NEVER = float("inf")

# All of this must stand a call within a call, as a signal handler may log.
_lock = threading.RLock()
_waiting: dict[Chore, _Watch] = {}
_thread: threading.Thread | None = None
_bell = threading.Lock()
"""Held while nobody rang: whoever waits acquires it, and whoever rings releases it."""
_bell.acquire()
_resting = False
"""Whether no thread may begin: during a fork, and at the end."""
_registered: int | None = None
"""The process that was told to call `_finish`."""


def watch(chore: Chore) -> None:
    """Have some work done as soon as nothing is written for a moment."""
    _register()
    forks.locked(_lock, lambda: _watch(chore))


def _watch(chore: Chore) -> None:
    _waiting[chore] = _Watch()
    _begin()


def leave(chore: Chore) -> bool:
    """Have it not done, and wait for its end if it is being done; tell whether it waited."""
    waited = _waiting.pop(chore, None) is not None
    return forks.locked(chore.lock, lambda: waited)


def _register() -> None:
    global _registered  # noqa: PLW0603 - the state of this process
    if _registered == os.getpid():
        return
    if _registered is None:
        forks.gate()  # its hooks come first, so that ours runs before them
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=_stop, after_in_parent=_resume, after_in_child=_resume_child)
        atexit.register(_finish)
    _registered = os.getpid()
    # A process that multiprocessing made may end without Python's own end.
    util = sys.modules.get("multiprocessing.util")
    if util is not None and sys.modules["multiprocessing"].parent_process() is not None:
        util.Finalize(None, _finish, exitpriority=-1)


def _begin() -> None:
    """Start the thread, if it is needed and not there; called with the lock held."""
    global _thread  # noqa: PLW0603 - the state of this process
    if _resting:
        return
    if _thread is not None and _thread.is_alive():
        _ring()
    elif any(one.next < _NEVER for one in [*_waiting.values()]):
        _thread = threading.Thread(target=_run, name="xetrack-idle", daemon=True)
        # No thread can be had when the system has none left, or Python is ending.
        with suppress(RuntimeError):
            _thread.start()


def _ring() -> None:
    """Wake the thread."""
    with suppress(RuntimeError):  # somebody rang already
        _bell.release()


def _run() -> None:
    global _thread  # noqa: PLW0603 - the state of this process
    current = threading.current_thread()
    while True:
        with _lock:
            first = min((one.next for one in [*_waiting.values()]), default=_NEVER)
            if _thread is not current or first == _NEVER:
                _thread = None if _thread is current else _thread
                return
        _bell.acquire(timeout=max(0.0, first - monotonic()))
        for chore, known in list(_waiting.items()):
            if _thread is current and known.next <= monotonic():
                _look(chore, known)


def _look(chore: Chore, known: _Watch) -> None:
    """Do the work, unless something was written since the last look."""
    state = chore.state()
    if state != known.state:
        known.state, known.tries, known.next = state, 0, monotonic() + LOOK
    elif _done(chore, 0):
        with _lock:
            if _waiting.get(chore) is known:  # else it was asked for again meanwhile
                del _waiting[chore]
    else:
        known.tries += 1
        known.next = monotonic() + LOOK * 2**known.tries if known.tries <= TRIES else _NEVER


def _done(chore: Chore, patience: float) -> bool:
    """Do the work; whatever goes wrong costs no row, as those are stored."""
    with suppress(Exception):
        return forks.locked(chore.lock, lambda: chore.work(patience))
    return False


def _stop() -> None:
    """Wait for the end of the thread; it begins no further work."""
    global _thread, _resting  # noqa: PLW0603 - the state of this process
    _resting = True
    thread, _thread = forks.locked(_lock, lambda: _thread), None
    _ring()
    if thread is not None and thread is not threading.current_thread() and thread.is_alive():
        thread.join(_PATIENCE)


def _finish() -> None:
    """Do what waits, as the program ends."""
    with suppress(KeyboardInterrupt):  # whoever presses Ctrl-C now wants it to end
        _stop()
        deadline = monotonic() + LAST
        for _ in range(2 * len(_waiting)):  # as work may ask for other work
            if _waiting:
                chore, _ = _waiting.popitem()
                _done(chore, max(0.0, deadline - monotonic()))


def _resume() -> None:
    global _resting  # noqa: PLW0603 - the state of this process
    _resting = False
    forks.locked(_lock, _begin)


def _resume_child() -> None:
    global _lock, _resting, _thread
    _lock, _resting, _thread = threading.RLock(), False, None
    for chore in list(_waiting):
        chore.forget()
    _waiting.clear()
