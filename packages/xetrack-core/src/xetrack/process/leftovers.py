"""What waits for the end of a call, and was left behind when an interrupt met that end.

Rows of nested calls wait for the end of the call around them. An interrupt may come just when that
is about to store them, and the program may log nothing more for an hour: they would be lost with a
killed process. A moment later this thread of idle tasks does what nobody has done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakMethod

from xetrack.process import idle

if TYPE_CHECKING:
    from collections.abc import Callable


class Leftovers(idle.IdleTask):
    """Does what waits, if nobody has done it meanwhile.

    Parameters
    ----------
    waiting
        A method that returns how much waits; its object is not kept alive.
    drain
        A method that does what waits, and returns True if nothing is left. It gets the longest
        time to wait for locks, in seconds, and may be called on any thread.

    Examples
    --------
    ::

        class Engine:
            def __init__(self):
                self._leftovers = Leftovers(self.waiting, self.drain)

            def after_write(self, work):
                self._queue.append(work)
                idle.schedule(self._leftovers)
    """

    def __init__(self, waiting: Callable[[], int], drain: Callable[[float], bool]) -> None:
        super().__init__()
        self._waiting = WeakMethod(waiting)
        self._drain = WeakMethod(drain)

    def state(self) -> object:
        """Return how much waits."""
        waiting = self._waiting()
        return 0 if waiting is None else waiting()

    def work(self, patience: float) -> bool:
        """Do what waits; see `xetrack.process.idle`."""
        drain = self._drain()
        return drain is None or drain(patience)
