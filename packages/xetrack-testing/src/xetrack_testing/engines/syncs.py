"""Counting the system calls by which a process syncs files to the disk, on Linux, without a tool.

A forked child traces a child of its own with ``ptrace``, as strace does, threads included; see
https://man7.org/linux/man-pages/man2/ptrace.2.html.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from xetrack_testing.processes import ended_well, forked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    T = TypeVar("T")

_TRACEME, _SYSCALL, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
_OPTIONS = 1 | 8 | 0x100000
"""System calls are marked as such, new threads are traced too, and all ends with the tracer."""

_ALL_CHILDREN = 0x40000000
"""For `os.waitpid`: threads too."""

_OF_ARM = {82, 83, 227, 267}
_SYNCS = {
    0xC000003E: {74, 75, 26, 306},  # x86-64: fsync, fdatasync, msync, syncfs
    0xC00000B7: _OF_ARM,
    0xC00000F3: _OF_ARM,  # RISC-V has the same numbers
}
"""The numbers of the calls, by the architecture that the kernel names."""

_REFUSED = 77
"""Exit code of a child that may not be traced."""


def count_syncs(
    prepare: Callable[[], T], steps: Mapping[str, Callable[[T], object]]
) -> dict[str, int]:
    """Count how often files are synced during each of some steps, in a child process.

    It skips the test where processes cannot be traced.

    Parameters
    ----------
    prepare
        Called first, uncounted; what it returns is passed to each step.
    steps
        Functions by the name of what they do, called in their order.

    Returns
    -------
    dict
        The number of syncs by the name of the step.
    """
    if sys.platform != "linux":
        pytest.skip("syncs can be counted on Linux only; override the fixture `count_syncs`")
    receiver, sender = os.pipe()
    tracer = forked(lambda: os.write(sender, json.dumps(_traced(prepare, steps)).encode()))
    os.close(sender)
    try:
        assert ended_well(tracer), "the child failed or hangs; see what it printed"
        counts = json.loads(os.read(receiver, 65_536))
    finally:
        os.close(receiver)
    if counts is None:
        pytest.skip("this system traces no process; override the fixture `count_syncs`")
    return dict(zip(steps, counts, strict=True))


def _traced(
    prepare: Callable[[], T], steps: Mapping[str, Callable[[T], object]]
) -> list[int] | None:
    """Return the syncs of each step, which a child runs; None where it cannot be traced."""
    libc: Any = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

    def work() -> None:
        if libc.ptrace(_TRACEME, 0, None, None):
            os._exit(_REFUSED)
        # Of this thread: one of the whole process may stop another thread, which is not counted.
        signal.raise_signal(signal.SIGSTOP)  # threads that begin from now on are traced, too
        prepared = prepare()
        for step in steps.values():
            signal.raise_signal(signal.SIGSTOP)
            step(prepared)
        signal.raise_signal(signal.SIGSTOP)

    child = forked(work)
    counts: list[int] = []
    for thread, status in _changes():
        if not os.WIFSTOPPED(status):
            code = os.waitstatus_to_exitcode(status)
            if thread == child and code not in {0, _REFUSED}:
                raise RuntimeError(f"the traced process ended with {code}")
            continue
        stopped = os.WSTOPSIG(status)
        # It is about to prepare, to begin a step, or all are done.
        if stopped == signal.SIGSTOP and thread == child:
            libc.ptrace(_SETOPTIONS, child, None, _OPTIONS)
            counts.append(0)
        elif stopped == signal.SIGTRAP | 0x80:
            counts[-1] += _is_sync(libc, thread)
        is_of_tracing = stopped in {signal.SIGTRAP, signal.SIGTRAP | 0x80, signal.SIGSTOP}
        libc.ptrace(_SYSCALL, thread, None, 0 if is_of_tracing else stopped)
    return counts[1:-1] or None


def _changes() -> Iterator[tuple[int, int]]:
    """Yield each thread that stopped or ended, with its status, until all have ended."""
    with suppress(ChildProcessError):
        while True:
            yield os.waitpid(-1, _ALL_CHILDREN)


def _is_sync(libc: Any, thread: int) -> bool:
    """Return True if a thread is stopped at the entry of a call that syncs."""
    info = (ctypes.c_uint64 * 16)()
    if libc.ptrace(_GET_SYSCALL_INFO, thread, ctypes.sizeof(info), info) < 0:
        raise OSError(ctypes.get_errno(), "the kernel does not tell of system calls")
    operation, architecture, number = info[0] & 0xFF, info[0] >> 32, info[3]
    return operation == 1 and number in _SYNCS.get(architecture, ())
