"""Worker threads for parts of plugins, so that a part that hangs delays nobody for long.

A thread cannot be stopped from outside. So a part is called in a thread of its own; the caller
waits a moment for the answer, and continues without it if it does not come.
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
"""The return value of a part, and the exception that it raised instead."""


class Task:
    """One call of a part.

    Parameters
    ----------
    work
        Calls the part; runs in its thread.
    callback
        Takes the outcome, once: in the thread that waited for it, or in the part's thread if it
        came late.
    """

    __slots__ = ("_callback", "_done", "_late", "_outcome", "_work")

    def __init__(self, work: Callable[[], Outcome], callback: Callable[[Outcome], Any]) -> None:
        self._work = work
        self._callback = callback
        self._late = False
        self._outcome: Outcome = (None, None)
        self._done = threading.Lock()
        self._done.acquire()

    def run(self) -> None:
        """Call the part; runs in its thread."""
        self._outcome = self._work()
        self._done.release()
        if self._late and self._done.acquire(blocking=False):
            with suppress(KeyboardInterrupt):
                self._callback(self._outcome)

    def detach(self) -> None:
        """Do not wait for the answer; the callback gets it all the same."""
        if self.wait(0):
            self.result()

    def wait(self, seconds: float) -> bool:
        """Wait for the answer.

        Parameters
        ----------
        seconds
            The longest time to wait.

        Returns
        -------
        bool
            True if it came. If not, the callback gets it later, in the part's thread.
        """
        if self._done.acquire(timeout=seconds):
            return True
        self._late = True
        return self._done.acquire(blocking=False)

    def result(self) -> Any:
        """Return the value of the callback for an answer that came."""
        return self._callback(self._outcome)


class _TaskQueue:
    """The tasks of one thread. It does not refer to the worker, whose deletion ends the thread."""

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


class WorkerThread:
    """A thread that runs the tasks of one part, one after the other.

    **Forks.** A forked child starts with an empty queue and without a thread; the tasks of the
    parent are done there.

    Parameters
    ----------
    name
        Name of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._renew()

    def _renew(self) -> None:
        self._process = os.getpid()
        self._tasks = _TaskQueue()
        self._thread: threading.Thread | None = None

    @property
    def pending(self) -> int:
        """The number of tasks that are not done yet; in a forked child, without the parent's."""
        return self._tasks.begun - self._tasks.done if self._process == os.getpid() else 0

    def submit(self, task: Task) -> Task:
        """Run a task after those submitted before it, and return it."""
        if self._process != os.getpid():
            self._lock = threading.Lock()
            self._renew()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._tasks.work, name=self._name)
                # A part that hangs must not keep the program from ending.
                self._thread.daemon = True
                self._thread.start()
            self._tasks.begun += 1
            self._tasks.queue.put(task)
        return task

    def drain(self, deadline: float) -> bool:
        """Wait until all tasks are done; return False if a deadline of `monotonic` comes first."""
        if not self.pending:
            return True
        last = self.submit(Task(_nothing, _nothing))
        return last.wait(max(0.0, deadline - monotonic()))

    def stop(self) -> None:
        """End the thread when its tasks are done; a later task starts a new one."""
        if self._process != os.getpid():
            return
        with self._lock:
            thread, self._thread = self._thread, None
            tasks, self._tasks = self._tasks, _TaskQueue()
        if thread is not None:
            tasks.queue.put(None)
            if tasks.begun == tasks.done and thread is not threading.current_thread():
                thread.join()

    def __del__(self) -> None:
        self._tasks.queue.put(None)


def _nothing(*_: Any) -> Any:
    return None, None
