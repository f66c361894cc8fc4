"""Idle tasks: work that runs when nothing was written for a moment, or when the program ends.

A file should be complete soon after its last row, so that a copy of it is complete too. An engine
schedules that with the first row after a pause; one thread of this process then checks a few times
a second whether further rows came.

**Forks.** The thread ends when there is nothing left to do, and before each fork.
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
"""Seconds between two checks; nothing may have been written between them."""

TRIES = 9
"""Number of retries of work that failed, each after twice the time; it is tried once more when the
program ends."""

LAST = 1.0
"""Seconds that the end of a program waits for locks, for all idle tasks together."""

_PATIENCE = 5.0
"""Seconds that a fork, or the end of a program, waits for a running task."""


class IdleTask(ABC):
    """Work for when nothing was written for a moment.

    **Lifetime.** A task must not keep its owner alive; refer to it weakly.

    **Forks.** A child process does not inherit tasks; see `forget`.

    Examples
    --------
    ::

        class Checkpoint(IdleTask):
            def state(self):
                return os.stat(self.path).st_mtime_ns

            def work(self, patience):
                return checkpoint(self.path, timeout=patience)

        idle.schedule(Checkpoint())
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        """Held while `work` runs."""

    @abstractmethod
    def state(self) -> object:
        """Return a value that differs after each write; it is compared by ``!=``."""

    @abstractmethod
    def work(self, patience: float) -> bool:
        """Do the work, and return True if all of it is done.

        First of all, tell the owner to schedule it again with the next row.

        Parameters
        ----------
        patience
            The longest time to wait for locks, in seconds.
        """

    def forget(self) -> None:
        """Drop the task in a forked child; the parent, which scheduled it, still does it."""
        self.lock = threading.RLock()


class _Pending:
    """The schedule of a task that waits."""

    def __init__(self) -> None:
        self.state: object = self  # as nothing else is
        self.tries = 0
        self.next = monotonic() + LOOK
        """When to check next; never, for what is left to the end of the program."""


_NEVER = float("inf")

# All of this must be reentrant, as a signal handler may log.
_lock = threading.RLock()
_waiting: dict[IdleTask, _Pending] = {}
_thread: threading.Thread | None = None
_wakeup = threading.Lock()
"""Locked while there is no wake-up: the thread acquires it, and `_wake` releases it."""
_wakeup.acquire()
_resting = False
"""Whether no thread may start: during a fork, and at the end."""
_registered: int | None = None
"""The process that calls `_finish` at its end."""


def schedule(task: IdleTask) -> None:
    """Run a task as soon as nothing is written for a moment.

    Parameters
    ----------
    task
        The task; scheduling it again restarts its schedule.
    """
    _register()
    forks.locked(_lock, lambda: _add(task))


def _add(task: IdleTask) -> None:
    _waiting[task] = _Pending()
    _begin()


def cancel(task: IdleTask) -> bool:
    """Cancel a task, and wait for its end if it is running.

    Parameters
    ----------
    task
        A task, scheduled or not.

    Returns
    -------
    bool
        True if the task was scheduled.
    """
    waited = _waiting.pop(task, None) is not None
    return forks.locked(task.lock, lambda: waited)


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
    """Start the thread if it is needed and not running; called with the lock held."""
    global _thread  # noqa: PLW0603 - the state of this process
    if _resting:
        return
    if _thread is not None and _thread.is_alive():
        _wake()
    elif any(pending.next < _NEVER for pending in [*_waiting.values()]):
        _thread = threading.Thread(target=_run, name="xetrack-idle", daemon=True)
        # No thread can be had when the system has none left, or Python is ending.
        with suppress(RuntimeError):
            _thread.start()


def _wake() -> None:
    """Wake the thread."""
    with suppress(RuntimeError):  # it is woken already
        _wakeup.release()


def _run() -> None:
    global _thread  # noqa: PLW0603 - the state of this process
    current = threading.current_thread()
    while True:
        with _lock:
            first = min((pending.next for pending in [*_waiting.values()]), default=_NEVER)
            if _thread is not current or first == _NEVER:
                _thread = None if _thread is current else _thread
                return
        _wakeup.acquire(timeout=max(0.0, first - monotonic()))
        for task, pending in list(_waiting.items()):
            if _thread is current and pending.next <= monotonic():
                _look(task, pending)


def _look(task: IdleTask, pending: _Pending) -> None:
    """Do the work, unless something was written since the last check."""
    state = task.state()
    if state != pending.state:
        pending.state, pending.tries, pending.next = state, 0, monotonic() + LOOK
    elif _done(task, 0):
        with _lock:
            if _waiting.get(task) is pending:  # else it was scheduled again meanwhile
                del _waiting[task]
    else:
        pending.tries += 1
        pending.next = monotonic() + LOOK * 2**pending.tries if pending.tries <= TRIES else _NEVER


def _done(task: IdleTask, patience: float) -> bool:
    """Do the work; a failure costs no row, as rows are stored already."""
    with suppress(Exception):
        return forks.locked(task.lock, lambda: task.work(patience))
    return False


def _stop() -> None:
    """Wait for the end of the thread, which starts no further task."""
    global _thread, _resting  # noqa: PLW0603 - the state of this process
    _resting = True
    thread, _thread = forks.locked(_lock, lambda: _thread), None
    _wake()
    if thread is not None and thread is not threading.current_thread() and thread.is_alive():
        thread.join(_PATIENCE)


def _finish() -> None:
    """Run the waiting tasks, as the program ends."""
    with suppress(KeyboardInterrupt):  # whoever presses Ctrl-C now wants it to end
        _stop()
        deadline = monotonic() + LAST
        for _ in range(2 * len(_waiting)):  # as a task may schedule others
            if _waiting:
                task, _ = _waiting.popitem()
                _done(task, max(0.0, deadline - monotonic()))


def _resume() -> None:
    global _resting  # noqa: PLW0603 - the state of this process
    _resting = False
    forks.locked(_lock, _begin)


def _resume_child() -> None:
    global _lock, _resting, _thread
    _lock, _resting, _thread = threading.RLock(), False, None
    for task in list(_waiting):
        task.forget()
    _waiting.clear()
