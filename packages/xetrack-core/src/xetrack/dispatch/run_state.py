"""The run of one tracker: it begins with the first row, and whoever asked is told of both ends."""

from __future__ import annotations

import atexit
import os
import sys
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from xetrack.dispatch.fan_out import shut_down_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xetrack.interfaces.runs import Run
    from xetrack.process.forks import Forkable

_running: WeakSet[RunState] = WeakSet()
_finalized_in = 0
"""The process of multiprocessing that ends its runs itself, as Python's own end may not come."""


# It is registered after that of `fan_out`, and so runs before it: threads of parts still run then.
@atexit.register
def _end() -> None:
    """End the runs of trackers that were not closed; with what ended the program, if that did."""
    error = None
    if not hasattr(sys, "ps1"):  # where somebody types, an error ends a command and no program
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    for state in list(_running):
        state.end(error)


class Listeners(Protocol):
    """Parts that are told of a run."""

    def open_run(self, run: Run) -> None:
        """Begin to tell them that a run begins.

        Parameters
        ----------
        run
            The run, with its params.
        """

    def close_run(self, run: Run, error: BaseException | None) -> None:
        """Begin to tell them that a run ended.

        Parameters
        ----------
        run
            The run, with its params at the end.
        error
            What ended it; None if nothing went wrong.
        """

    def wait(self) -> None:
        """Wait for those that were told, within the time that each has."""

    def is_calling(self) -> bool:
        """Return True if this thread is in a call of one of them."""


class RunState:
    """Whether the run of a tracker has begun.

    **Forks.** A run belongs to the process in which it began: a forked child logs into it, and
    neither begins nor ends it.

    **Thread safety.** Any thread may begin and end it; each end is told once.

    Parameters
    ----------
    listeners
        Those who are told, in this order.
    describe
        Returns the description of the run now. It must not refer to the tracker.
    arm
        Has a function called before the first row; called with None once the run has begun. It
        must not refer to the tracker either.
    guard
        Its lock is held while the run begins or ends: that of the sinks, so that a fork, which
        takes all locks, finds no two in another order.
    """

    def __init__(
        self,
        listeners: Sequence[Listeners],
        describe: Callable[[], Run],
        arm: Callable[[Callable[[], None] | None], None],
        guard: Forkable,
    ) -> None:
        self._guard = guard
        self._listeners = listeners
        self._describe = describe
        self._run: Run | None = None
        self._process = 0
        self._arm = arm
        arm(self.begin)

    def begin(self) -> None:
        """Begin the run, unless it has begun."""
        # Rows of a part that is told of the end begin no run, or there would be no last one.
        if any(each.is_calling() for each in self._listeners):
            return
        with self._guard.lock:
            if self._run is not None:
                return
            self._run, self._process = self._describe(), os.getpid()
            for each in self._listeners:
                each.open_run(self._run)
            self._arm(None)
        _running.add(self)
        _finish_in_workers()
        for each in self._listeners:
            each.wait()

    def end(self, error: BaseException | None) -> None:
        """End the run, if one has begun in this process.

        Parameters
        ----------
        error
            What ended it; None where it ended well.
        """
        with self._guard.lock:
            if self._run is None or self._process != os.getpid():
                return
            run = self._describe()._replace(started=self._run.started)
            self._run = None
            for each in self._listeners:
                each.close_run(run, error)
            self._arm(self.begin)
        _running.discard(self)
        for each in self._listeners:
            each.wait()


def _finish_in_workers() -> None:
    """End runs with a process that multiprocessing made, which may end without Python's own end."""
    global _finalized_in  # noqa: PLW0603 - the state of this process
    util = sys.modules.get("multiprocessing.util")
    if util is None or _finalized_in == os.getpid():
        return
    _finalized_in = os.getpid()
    if sys.modules["multiprocessing"].parent_process() is not None:
        util.Finalize(None, _end_worker, exitpriority=0)


def _end_worker() -> None:
    _end()
    shut_down_all()
