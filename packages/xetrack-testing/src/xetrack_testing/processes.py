"""Processes and threads for tests: started at the same moment, forked, or killed."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
import threading
import time
import traceback
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

import pytest

from xetrack_testing.hangs import stacks
from xetrack_testing.hangs.patience import allowed, factor, set_factor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

PATIENCE = 50.0
"""Seconds after which a process that does not answer is said to hang."""

# Each process is forked from a server, and shares nothing with this one. What they all import, the
# server may import for them: see `multiprocessing.set_forkserver_preload`.
_CONTEXT = multiprocessing.get_context("forkserver")


class _Worker:
    """A process of its own that runs a function, and can be asked where it hangs."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        self.receiver, sender = _CONTEXT.Pipe(duplex=False)
        file = stacks.new_file()
        self.process = _CONTEXT.Process(
            target=_in_child,
            args=(dict(os.environ), file.name, factor(), target, sender, *arguments),
        )
        try:
            self.process.start()
        except BaseException:  # what cannot be pickled, say
            file.close()
            self.receiver.close()
            raise
        finally:
            sender.close()
        self.number = self.process.pid or 0
        stacks.add_child(self.number, file)

    def end(self) -> None:
        """Kill it if it still runs, without a chance to clean up."""
        self.process.kill()
        self.process.join()
        stacks.remove_child(self.number)

    def close(self) -> None:
        """End it, and close the pipe."""
        self.end()
        self.receiver.close()


def _in_child(
    environment: dict[str, str],
    path: str,
    of_class: float,
    target: Callable[..., None],
    *arguments: Any,
) -> None:
    # The environment of today, and not that of whenever the server was started. What is to be done
    # comes as bytes, so that it is made of them here, and not before.
    os.environ.clear()
    os.environ.update(environment)
    stacks.write_on_signal(path)
    set_factor(of_class)
    target(*arguments)


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
        The return value of each process. An exception in one is raised here, with a note that has
        its traceback. One that hangs or dies fails the test, which says where.
    """
    barrier = _CONTEXT.Barrier(processes)
    workers = [
        _Worker(_after_all_others, barrier, pickle.dumps((work, number, arguments)))
        for number in range(processes)
    ]
    try:
        return _answers(workers, time.monotonic() + allowed(PATIENCE))
    finally:
        for worker in workers:
            worker.close()


def _answers(workers: Sequence[_Worker], deadline: float) -> list[Any]:
    answers: dict[int, Any] = {}
    while len(answers) < len(workers):
        pending = [at for at in range(len(workers)) if at not in answers]
        by_handle = {workers[at].receiver: at for at in pending}
        ready: list[Any] = wait([*by_handle], max(0, deadline - time.monotonic()))
        if not ready:
            where = "\n".join(stacks.of_child(workers[at].number) for at in pending)
            pytest.fail(
                f"{len(pending)} of {len(workers)} processes hang for {allowed(PATIENCE):g} "
                f"seconds. Where they are:\n{where}"
            )
        for handle in ready:
            at = by_handle[handle]
            try:
                is_well, answer = handle.recv()
            except EOFError:
                workers[at].process.join(1)
                code = workers[at].process.exitcode
                pytest.fail(f"process {at} died with the exit code {code}; see what it printed")
            if not is_well:
                error, text = answer
                error.add_note(f"In process {at}:\n{text}")
                raise error
            answers[at] = answer
    return [answers[at] for at in range(len(workers))]


def _after_all_others(
    sender: Connection,
    barrier: Any,
    task: bytes,
) -> None:
    try:
        work, number, arguments = pickle.loads(task)  # noqa: S301 - of the test's own process
        barrier.wait(allowed(PATIENCE))
        sender.send((True, work(number, *arguments)))
    except BaseException as error:  # noqa: BLE001 - it is raised in the process of the test
        sender.send((False, (_picklable(error), traceback.format_exc())))


def _picklable(error: BaseException) -> BaseException:
    """Return an error as it arrives elsewhere, or what can be said of one that does not."""
    try:
        return pickle.loads(pickle.dumps(error))  # type: ignore[no-any-return]  # noqa: S301
    except Exception as reason:  # noqa: BLE001 - errors of strangers raise anything
        name = type(error).__name__
        return TypeError(f"{name} ({error}) was raised, and cannot be pickled: {reason}")


def killed(
    work: Callable[..., None],
    *arguments: Any,
    after: int,
    seconds: float = PATIENCE,
    later: Callable[[Any], float] | None = None,
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
        How long to wait for each acknowledgement; multiplied by the kit's patience.
    later
        Returns the seconds to wait before it is killed, from the last value.

    Returns
    -------
    list
        All acknowledged values.
    """
    worker = _Worker(_acknowledging, pickle.dumps((work, arguments)))
    acknowledged: list[Any] = []
    try:
        while len(acknowledged) < after:
            if not worker.receiver.poll(allowed(seconds)):
                pytest.fail(
                    f"the process that writes hangs after {len(acknowledged)} rows. Where it is:\n"
                    f"{stacks.of_child(worker.number)}"
                )
            acknowledged.append(worker.receiver.recv())
        if later is not None:
            time.sleep(later(acknowledged[-1]))
    finally:
        worker.end()
    try:
        while worker.receiver.poll():
            acknowledged.append(worker.receiver.recv())
    except (EOFError, OSError):  # an answer that was cut is none
        pass
    worker.close()
    return acknowledged


def _acknowledging(answers: Connection, task: bytes) -> None:
    work, arguments = pickle.loads(task)  # noqa: S301 - of the test's own process
    work(answers.send, *arguments)


def forked(work: Callable[[], object]) -> int:
    """Run a function in a forked child, and return the child's process id, for `ended_well`.

    Parameters
    ----------
    work
        What the child calls before it exits.
    """
    file = stacks.new_file()
    child = os.fork()
    if child:
        stacks.add_child(child, file)
        return child
    try:
        stacks.write_on_signal(file.name)
        work()
    except BaseException:  # noqa: BLE001 - the child must not come back into pytest
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def ended_well(child: int, seconds: float = 20.0) -> bool:
    """Return True if a child exits without an error; kill it if it hangs, and print where.

    Parameters
    ----------
    child
        The process id that `forked` returned.
    seconds
        How long to wait for its end; multiplied by the kit's patience.

    Returns
    -------
    bool
        False, too, for a child that did not end in time.
    """
    deadline = time.monotonic() + allowed(seconds)
    try:
        while time.monotonic() < deadline:
            number, status = os.waitpid(child, os.WNOHANG)
            if number:
                return status == 0
            time.sleep(0.005)
        where = stacks.of_child(child)
        sys.stderr.write(f"a child hangs for {allowed(seconds):g} seconds:\n{where}\n")
        os.kill(child, 9)
        os.waitpid(child, 0)
        return False
    finally:
        stacks.remove_child(child)


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
    join(*threads)
    if errors:
        raise errors[0]


def join(*threads: threading.Thread, seconds: float = PATIENCE) -> None:
    """Wait for the end of threads; fail if one hangs, and say where.

    Parameters
    ----------
    *threads
        The threads, which were started.
    seconds
        How long to wait for each; multiplied by the kit's patience.
    """
    for thread in threads:
        thread.join(allowed(seconds))
        if thread.is_alive():
            where = stacks.of_threads(each for each in threads if each.is_alive())
            pytest.fail(f"a thread hangs for {allowed(seconds):g} seconds. Where it is:\n{where}")
