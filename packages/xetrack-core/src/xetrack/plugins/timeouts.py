"""A deadline for a stranger's code: a thread runs it, and whoever asks waits so long and no more.

A thread cannot be broken off from outside. So one that is late is left to itself: it is a daemon,
which keeps no program from ending, and what it brings in the end is nobody's. A library that
waits without letting go of the interpreter's lock stops every thread; against that nothing helps.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Self

from xetrack.plugins import settings
from xetrack.plugins.quarantine import HERE, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_late: dict[object, _Task] = {}
"""What was waited for in vain. It holds the locks of its modules, so nobody waits once more."""


class _Task:
    """One piece of work, and how far it is."""

    def __init__(self, work: Callable[[Any], Any], subject: Any) -> None:
        self._work = work
        self._subject = subject
        # With the caller's variables, among which filters of warnings may be.
        self._context = copy_context()
        self._answer: Any = None
        self._error: BaseException | None = None
        self.steps = ["loading it"]
        self.busy = threading.Lock()
        self.busy.acquire()

    def run(self) -> None:
        """Do it, and keep what it raises for whoever waits."""
        HERE.steps = self.steps
        try:
            self._answer = self._context.run(self._work, self._subject)
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error
        finally:
            HERE.steps = None
            self.busy.release()

    def answer(self) -> Any:
        """Return what came of it, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._answer


class _Helper:
    """A thread that does one task after the other, until it is given None."""

    def __init__(self) -> None:
        self._tasks: deque[_Task | None] = deque()
        self._given = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._work, name="xetrack-plugins", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while self._given.acquire() and (task := self._tasks.popleft()) is not None:
            task.run()

    def give(self, task: _Task | None) -> None:
        """Have a task done when those before it are over."""
        self._tasks.append(task)
        self._given.release()

    def end(self) -> None:
        """End the thread, which is idle."""
        self.give(None)
        self._thread.join()


class Patience:
    """Asks strangers for one thing after another, in one thread as long as none of them is late."""

    def __init__(self) -> None:
        self._idle: _Helper | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._idle is not None:
            self._idle.end()

    def ask(self, work: Callable[[Any], Any], subject: Any, module: str) -> Any:
        """Return ``work(subject)``, which begins with the import of a module.

        Raises
        ------
        Refusal
            The work raised it, or is late.
        InvalidArgumentError
            ``XETRACK_PLUGIN_TIMEOUT`` is no number of seconds.
        """
        importing = _importing()
        # The import in a thread would wait for a lock that this thread, or one waiting for it,
        # holds; and what is asked for within an answer is bounded as that is.
        if HERE.steps is not None or module.partition(".")[0] in importing:
            return _directly(work, subject)
        seconds = settings.timeout()
        task = _late.get(subject)
        if task is None or not task.busy.locked():
            try:
                helper = self._idle or _Helper()
            except RuntimeError:  # no thread can begin, at a limit or at the end of a program
                return _directly(work, subject)
            task = _Task(work, subject)
            if self._is_done(task, helper, seconds):
                return task.answer()
            _late[subject] = task
        others = ", ".join(sorted(importing - {"__main__"}))
        circle = f", while {others}, which it may need, was being imported" if others else ""
        longer = f"give it longer with {settings.TIMEOUT}=300"
        raise Refusal(f"{task.steps[-1]} did not end within {seconds:g} s{circle}; {longer}")

    def _is_done(self, task: _Task, helper: _Helper, seconds: float) -> bool:
        self._idle = None
        try:
            helper.give(task)
            if task.busy.acquire(timeout=seconds):
                self._idle = helper
        finally:  # Ctrl-C, too, leaves the thread to itself
            if self._idle is None:
                helper.give(None)
        return self._idle is not None


def _directly(work: Callable[[Any], Any], subject: Any) -> Any:
    outer, HERE.steps = HERE.steps, HERE.steps or []
    try:
        return work(subject)
    finally:
        HERE.steps = outer


def _importing() -> set[str]:
    """Name the packages of the modules that this thread is in the midst of importing."""
    packages = set()
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - documented; `inspect` is slow to import
    while frame is not None:
        # What is run otherwise, such as a script, has no lock of a module.
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__spec__") is not None:
            packages.add(str(frame.f_globals["__name__"]).partition(".")[0])
        frame = frame.f_back
    return packages
