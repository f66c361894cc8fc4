"""Processes and threads for tests: started at the same moment, forked, or killed."""

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

# Each process is forked from a server, and shares nothing with this one. What they all import, the
# server may import for them: see `multiprocessing.set_forkserver_preload`.
_CONTEXT = multiprocessing.get_context("forkserver")

_barrier: Any = None


def _meet_at(barrier: Any, environment: dict[str, str]) -> None:
    global _barrier  # noqa: PLW0603 - the way into the processes of a pool
    _barrier = barrier
    _live_in(environment)


def _live_in(environment: dict[str, str]) -> None:
    """Take the environment of today, and not that of whenever the server was started."""
    os.environ.clear()
    os.environ.update(environment)


def _after_all_others(work: Callable[..., Any], number: int, arguments: Sequence[Any]) -> Any:
    _barrier.wait(PATIENCE)
    return work(number, *arguments)


def together(work: Callable[..., Any], *arguments: Any, processes: int) -> list[Any]:
    """Run a function in processes of their own that begin at the same moment.

    Parameters
    ----------
    work
        A function of a module, called with the number of its process and the arguments.
    arguments
        Further arguments, which can be pickled.
    processes
        The number of processes.

    Returns
    -------
    list
        The return value of each process. An exception in one is raised here.
    """
    barrier = _CONTEXT.Barrier(processes)
    tasks = [(work, number, arguments) for number in range(processes)]
    with _CONTEXT.Pool(processes, _meet_at, (barrier, dict(os.environ))) as pool:
        # One task for each: none takes a second one before all have met.
        return pool.starmap_async(_after_all_others, tasks, 1).get(PATIENCE)


def killed(
    work: Callable[..., None], *arguments: Any, after: int, seconds: float = PATIENCE
) -> list[Any]:
    """Run a function in a process of its own, and kill it while it runs.

    Parameters
    ----------
    work
        A function of a module that runs until it is killed. Its first argument is a function to
        call with each value that it acknowledges.
    arguments
        Further arguments, which can be pickled.
    after
        The number of acknowledgements after which to kill it, without a chance to clean up.
    seconds
        How long to wait for each acknowledgement.

    Returns
    -------
    list
        All acknowledged values.
    """
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    environment = dict(os.environ)
    process = _CONTEXT.Process(target=_acknowledging, args=(sender, environment, work, arguments))
    process.start()
    sender.close()
    acknowledged: list[Any] = []
    try:
        while len(acknowledged) < after:
            rows = len(acknowledged)
            assert receiver.poll(seconds), f"the process that writes hangs after {rows} rows"
            acknowledged.append(receiver.recv())
    finally:
        process.kill()
        process.join()
    try:
        while receiver.poll():
            acknowledged.append(receiver.recv())
    except (EOFError, OSError):  # an answer that was cut is none
        pass
    receiver.close()
    return acknowledged


def _acknowledging(
    answers: Connection,
    environment: dict[str, str],
    work: Callable[..., None],
    arguments: Sequence[Any],
) -> None:
    _live_in(environment)
    work(answers.send, *arguments)


def forked(work: Callable[[], object]) -> int:
    """Run a function in a forked child, and return the child's process id, for `ended_well`.

    Parameters
    ----------
    work
        What the child calls before it exits.
    """
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
    """Return True if a child exits without an error; kill it if it hangs.

    Parameters
    ----------
    child
        The process id that `forked` returned.
    seconds
        How long to wait for its end.

    Returns
    -------
    bool
        False, too, for a child that did not end in time.
    """
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
    """Run functions in threads while the ``with`` block runs, and wait for their end.

    Parameters
    ----------
    *works
        The functions, each for a thread of its own. The first exception is raised at the end.
    """
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
