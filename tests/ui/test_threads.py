"""Threads of the server wait for the next function, and end with the server."""

from __future__ import annotations

import asyncio
import gc
import threading
import time

from xetrack_testing.hangs.patience import allowed
from xetrack_ui.server.threads import Threads


def test_a_thread_is_used_again():
    """A page that is open looks at its table twice a second."""

    async def ask():
        threads = Threads()
        return {await threads.run(threading.current_thread) for _ in range(20)}

    assert len(asyncio.run(ask())) == 1


def test_several_functions_run_at_once_and_never_too_many():
    """One that waits for another has a thread of its own, up to the number that is allowed."""
    together, running, most = threading.Barrier(3), [], []

    def meet():
        running.append(1)
        most.append(len(running))
        together.wait(allowed(20))
        running.pop()

    async def ask():
        threads = Threads(3)
        for _ in range(3):
            await asyncio.gather(*(threads.run(meet) for _ in range(6)))

    asyncio.run(ask())
    assert max(most) == 3


def test_threads_end_with_who_gave_them_work():
    """Also where a function raised, or nobody waited for it any more."""

    def fail():
        raise OSError("gone")

    async def ask():
        threads = Threads()
        raised = await asyncio.gather(
            *(threads.run(fail) for _ in range(4)), return_exceptions=True
        )
        given_up = asyncio.create_task(threads.run(time.sleep, 0.1))
        await asyncio.sleep(0)
        given_up.cancel()
        return raised, [each for each in threading.enumerate() if each not in before]

    before = {*threading.enumerate()}
    raised, threads = asyncio.run(ask())
    assert {OSError} == {*map(type, raised)}
    assert threads
    del raised  # an exception holds the frames that it came from
    gc.collect()
    for each in threads:
        each.join(allowed(20))
        assert not each.is_alive()
