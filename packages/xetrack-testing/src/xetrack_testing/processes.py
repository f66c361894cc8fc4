"""Other processes: many that begin at the same moment, forked ones, and one that is killed."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

PATIENCE = 50.0
"""Seconds after which a process that does not answer is said to hang."""

_barrier: Any = None


def _meet_at(barrier: Any) -> None:
    global _barrier  # noqa: PLW0603 - the way into the processes of a pool
    _barrier = barrier


def _after_all_others(work: Callable[..., Any], number: int, arguments: Sequence[Any]) -> Any:
    _barrier.wait(PATIENCE)
    return work(number, *arguments)


def together(work: Callable[..., Any], *arguments: Any, processes: int) -> list[Any]:
    """Run a function in fresh interpreters that begin at the same moment.

    Parameters
    ----------
    work
        A function of a module, called with the number of its process and the arguments.
    arguments
        What can be pickled.
    processes
        How many.

    Returns
    -------
    list
        What each of them returned; what one raised is raised here.
    """
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes)
    tasks = [(work, number, arguments) for number in range(processes)]
    with context.Pool(processes, _meet_at, (barrier,)) as pool:
        # One task for each: none takes a second one before all have met.
        return pool.starmap_async(_after_all_others, tasks, 1).get(PATIENCE)


def killed(
    work: Callable[..., None], *arguments: Any, after: int, seconds: float = PATIENCE
) -> list[Any]:
    """Run a function in a fresh interpreter, and kill that in the midst of it.

    Parameters
    ----------
    work
        A function of a module, called with a function that acknowledges something, and the
        arguments; it goes on until it is killed.
    arguments
        What can be pickled.
    after
        Acknowledgements after which to kill it, with no chance to clean up.
    seconds
        How long to wait for each of them.

    Returns
    -------
    list
        All that it acknowledged.
    """
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_acknowledging, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    found: list[Any] = []
    try:
        while len(found) < after:
            assert mine.poll(seconds), f"the process that writes hangs after {len(found)} rows"
            found.append(mine.recv())
    finally:
        process.kill()
        process.join()
    try:
        while mine.poll():
            found.append(mine.recv())
    except (EOFError, OSError):  # an answer that was cut is none
        pass
    mine.close()
    return found


def _acknowledging(
    answers: Connection, work: Callable[..., None], arguments: Sequence[Any]
) -> None:
    work(answers.send, *arguments)


def forked(work: Callable[[], object]) -> int:
    """Run a function in a forked child; return the number of the child, for `ended_well`."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:  # noqa: BLE001 - the child must not come back into pytest
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def ended_well(child: int, seconds: float = 20.0) -> bool:
    """Tell whether a child ended without an error; one that hangs is ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            return status == 0
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


@contextmanager
def meanwhile(*works: Callable[[], object]) -> Iterator[None]:
    """Run functions in threads of their own; what one of them raises is raised at the end."""
    errors: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told in the thread of the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"a thread hangs for {PATIENCE:g} seconds"
    if errors:
        raise errors[0]
