"""Blocking work in threads, of which there are never more than a few.

The threads are daemons, and no pool of the standard library has such: a statement of SQL that takes
a minute must not keep Ctrl-C waiting. They wait for the next function: to begin a thread costs more
than a look at a table that has not changed.
"""

from __future__ import annotations

import asyncio
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Callable

Waiting: TypeAlias = "SimpleQueue[Callable[[], None] | None]"

T = TypeVar("T")


class Threads:
    """Runs functions in threads.

    Parameters
    ----------
    most
        How many run at a time; a function that nobody waits for any more counts until it ends.
    """

    def __init__(self, most: int = 8) -> None:
        self._slots = asyncio.Semaphore(most)
        self._waiting: Waiting = SimpleQueue()
        self._idle = 0
        """Threads with nothing to do; the loop alone counts."""

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return what a function returns, or raise what it raises.

        Parameters
        ----------
        function
            What may block.
        *arguments
            What it is called with.
        """
        loop = asyncio.get_running_loop()
        await self._slots.acquire()
        result: asyncio.Future[T] = loop.create_future()

        def finish(value: Any, error: BaseException | None) -> None:
            self._slots.release()
            self._idle += 1
            if result.cancelled():  # the client is gone
                return
            if error is None:
                result.set_result(value)
            else:
                result.set_exception(error)

        def work() -> None:
            value, error = None, None
            try:
                value = function(*arguments)
            except BaseException as raised:  # noqa: BLE001 - raised where the result is awaited
                error = raised
            if not loop.is_closed():  # else the server has ended meanwhile
                loop.call_soon_threadsafe(finish, value, error)

        if self._idle:
            self._idle -= 1
        else:
            waiting = self._waiting
            threading.Thread(target=_work, args=(waiting,), name="xetrack-ui", daemon=True).start()
            finalize(self, waiting.put, None).atexit = False  # nobody has work any more
        self._waiting.put(work)
        return await result


def _work(waiting: Waiting) -> None:
    """Do what comes, until None comes."""
    while True:
        function = waiting.get()
        if function is None:
            return
        function()
        del function  # it keeps what it was called for
