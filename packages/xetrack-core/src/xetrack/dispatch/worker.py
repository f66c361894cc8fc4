"""Worker threads for parts of plugins, so that a part that hangs delays nobody for long.

A thread cannot be stopped from outside. So a part is called in a thread of its own; the caller
waits a moment for the answer, and continues without it if it does not come.
"""

from __future__ import annotations

import os
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue


class Task:
    """One call in a worker thread.

    Parameters
    ----------
    work
        The function to call.
    """

    __slots__ = ("_answer", "_error", "_pending", "_work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._answer: Any = None
        self._error: BaseException | None = None
        self._pending = threading.Lock()
        self._pending.acquire()

    def run(self) -> None:
        """Call the function; runs in the worker thread."""
        try:
            self._answer = self._work()
        except BaseException as error:  # noqa: BLE001 - raised where the answer is wanted
            self._error = error
        finally:
            self._pending.release()

    def wait(self, seconds: float) -> bool:
        """Wait for the answer, in one thread; return False if it does not come in time.

        Parameters
        ----------
        seconds
            The longest time to wait.
        """
        return self._pending.acquire(timeout=seconds)

    def result(self) -> Any:
        """Return the answer that came, or raise what the function raised."""
        if self._error is not None:
            raise self._error
        return self._answer


class _TaskQueue:
    """The tasks of one thread. It does not refer to the worker, whose deletion ends the thread."""

    def __init__(self) -> None:
        from queue import SimpleQueue  # noqa: PLC0415 - many trackers have nothing to do behind

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
        self._renew()

    def _renew(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._tasks = _TaskQueue()
        self._thread: threading.Thread | None = None

    @property
    def pending(self) -> int:
        """The number of tasks that are not done yet; in a forked child, without the parent's."""
        return self._tasks.begun - self._tasks.done if self._process == os.getpid() else 0

    def submit(self, work: Callable[[], Any]) -> Task:
        """Call a function after those submitted before it.

        Parameters
        ----------
        work
            Takes nothing; it runs in the thread.

        Returns
        -------
        Task
            Returns or raises what the function does, once it has ended.
        """
        task = Task(work)
        if self._process != os.getpid():
            self._renew()
        with self._lock:
            if self._thread is None:
                # Daemonic: a part that hangs must not keep the program from ending.
                self._thread = threading.Thread(
                    target=self._tasks.work, name=self._name, daemon=True
                )
                self._thread.start()
            self._tasks.begun += 1
            self._tasks.queue.put(task)
        return task

    def drain(self, deadline: float) -> bool:
        """Wait until all tasks are done; return False if a deadline of `monotonic` comes first.

        Parameters
        ----------
        deadline
            In seconds of `time.monotonic`.
        """
        return not self.pending or self.submit(_do_nothing).wait(max(0.0, deadline - monotonic()))

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


def _do_nothing() -> None:
    """Do nothing; once this was called, all tasks before it are done."""
