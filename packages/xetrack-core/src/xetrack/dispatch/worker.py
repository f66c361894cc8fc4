"""A thread for a part that somebody else wrote, so that nobody waits long for one that hangs.

A thread cannot be broken off from outside. So whoever asks a part has a thread of the part's do
it, waits a moment for the answer, and goes on without it where it does not come.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Outcome: TypeAlias = "tuple[Any, BaseException | None]"
"""What a part answered, and what it raised instead."""


class Task:
    """One question to a part."""

    __slots__ = ("_done", "_late", "_outcome", "_over", "_work")

    def __init__(self, work: Callable[[], Outcome], over: Callable[[Outcome], Any]) -> None:
        self._work = work
        self._over = over
        self._late = False
        self._outcome: Outcome = (None, None)
        self._done = threading.Lock()
        self._done.acquire()

    def run(self) -> None:
        """Ask; called in the part's thread."""
        self._outcome = self._work()
        self._done.release()
        if self._late and self._done.acquire(blocking=False):
            with suppress(KeyboardInterrupt):
                self._over(self._outcome)

    def leave(self) -> None:
        """Wait for no answer; `over` hears of it all the same."""
        if self.wait(0):
            self.take()

    def wait(self, seconds: float) -> bool:
        """Wait for the answer, and tell whether it came; if not, `over` hears of it later."""
        if self._done.acquire(timeout=seconds):
            return True
        self._late = True
        return self._done.acquire(blocking=False)

    def take(self) -> Any:
        """Return what `over` makes of an answer that came."""
        return self._over(self._outcome)


class _Line:
    """The tasks of one thread. It does not know the relay, whose end is the thread's too."""

    def __init__(self) -> None:
        self.queue: SimpleQueue[Task | None] = SimpleQueue()
        self.begun = self.done = 0

    def work(self) -> None:
        while (task := self.queue.get()) is not None:
            try:
                task.run()
            finally:
                self.done += 1
                del task  # and with it the row


class Relay:
    """Takes tasks of one part, and does them one after the other in a thread of its own.

    Parameters
    ----------
    name
        What the thread is called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._renew()

    def _renew(self) -> None:
        self._process = os.getpid()
        self._line = _Line()
        self._thread: threading.Thread | None = None

    @property
    def pending(self) -> int:
        """How many tasks are not done yet; after a fork those of the parent are the parent's."""
        return self._line.begun - self._line.done if self._process == os.getpid() else 0

    def put(self, task: Task) -> Task:
        """Have a task done when those before it are."""
        if self._process != os.getpid():
            self._lock = threading.Lock()
            self._renew()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._line.work, name=self._name)
                # A part that hangs must not keep the program from ending.
                self._thread.daemon = True
                self._thread.start()
            self._line.begun += 1
            self._line.queue.put(task)
        return task

    def settle(self, deadline: float) -> bool:
        """Wait until all tasks are done, or until a deadline of `monotonic`; tell which."""
        if not self.pending:
            return True
        last = self.put(Task(_nothing, _nothing))
        return last.wait(max(0.0, deadline - monotonic()))

    def end(self) -> None:
        """End the thread when its tasks are done; another task begins a new one."""
        if self._process != os.getpid():
            return
        with self._lock:
            thread, self._thread = self._thread, None
            line, self._line = self._line, _Line()
        if thread is not None:
            line.queue.put(None)
            if line.begun == line.done and thread is not threading.current_thread():
                thread.join()

    def __del__(self) -> None:
        self._line.queue.put(None)


def _nothing(*_: Any) -> Any:
    return None, None
