"""Ends a test that hangs, and says where; also without pytest-timeout, and beside it.

A test that is not done in time fails with the stacks of all threads and child processes, at the
line where its main thread is, even within a lock or a system call. A test that cannot be ended so,
because a library never returns, ends the whole process, after it has printed the same.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from xetrack_testing.hangs import stacks
from xetrack_testing.hangs.patience import HANGING, VARIABLE, allowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

GRACE = 2.0
"""Seconds in which a test that was told to fail has to do so, at any patience."""

TRIES = 2
"""How often it is told: an exception may get lost in a callback of a library."""

_changed = threading.Condition()
_watch: _Watch | None = None
_thread: threading.Thread | None = None


class _Watch:
    """A running test, and when it is said to hang."""

    def __init__(self, item: pytest.Item, seconds: float) -> None:
        self.item = item
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        self.tries = 0
        self.text = ""
        self.is_done = False


@contextmanager
def watched(item: pytest.Item) -> Iterator[None]:
    """Let the test of a contract hang no longer than the kit's patience.

    Parameters
    ----------
    item
        The test, whose fixtures are watched as well.
    """
    global _watch  # noqa: PLW0603 - one test runs at a time
    watch = _Watch(item, allowed(HANGING))
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(stacks.SIGNAL, _fail) if is_main else None
    with _changed:
        _watch = watch
        _ensure_thread()
        _changed.notify_all()
    try:
        yield
    finally:
        watch.is_done = True  # before all else: from now on `_fail` does nothing
        if is_main:
            signal.signal(stacks.SIGNAL, before or signal.SIG_DFL)
        if watch.text:
            stacks.kill_children()


def _ensure_thread() -> None:
    global _thread  # noqa: PLW0603
    if _thread is None or not _thread.is_alive():
        _thread = threading.Thread(target=_run, name="xetrack-testing-watchdog", daemon=True)
        _thread.start()


def _run() -> None:
    while True:
        with _changed:
            watch = _watch
            remaining = (
                None if watch is None or watch.is_done else watch.deadline - time.monotonic()
            )
            if watch is None or remaining is None or remaining > 0:
                _changed.wait(remaining)
                continue
        _end(watch)


def _end(watch: _Watch) -> None:
    """Tell a test to fail, or end the process if it cannot."""
    watch.text = watch.text or _describe(watch)
    watch.deadline = time.monotonic() + max(GRACE, allowed(GRACE))
    watch.tries += 1
    if watch.is_done:
        return
    # Only the main thread can be made to raise within a system call.
    if watch.tries <= TRIES and signal.getsignal(stacks.SIGNAL) is _fail:
        with suppress(ProcessLookupError):
            signal.pthread_kill(threading.main_thread().ident or 0, stacks.SIGNAL)
        return
    _print(watch)
    stacks.kill_children()
    os._exit(1)


def _fail(_: int, frame: FrameType | None) -> None:
    """Raise in the main thread, where the test is."""
    __tracebackhide__ = True
    watch = _watch
    if watch is None or watch.is_done or not watch.text:
        return
    if _is_reporting(frame):  # it has failed, and pytest takes its time to say so
        watch.tries -= 1
    else:
        pytest.fail(watch.text)


def _is_reporting(frame: FrameType | None) -> bool:
    """Return True between two phases of a test, where an exception would end pytest."""
    while frame is not None and frame.f_code.co_name != "from_call":  # which runs a phase
        if frame.f_code.co_name == "runtestprotocol":  # which runs them all
            return True
        frame = frame.f_back
    return False


def _describe(watch: _Watch) -> str:
    return (
        f"{watch.item.nodeid} hangs: it is not done after {watch.seconds:g} seconds. If it is only "
        f"slow, set the variable {VARIABLE}=3, or `patience = 3` in the class, which multiplies "
        f"every deadline. Where everything is:\n{stacks.of_everything()}"
    )


def _print(watch: _Watch) -> None:
    """Print to where the user sees it, though pytest captures what is printed."""
    capture = watch.item.config.pluginmanager.getplugin("capturemanager")
    printed = ""
    if capture is not None:
        with suppress(Exception):  # whatever state it is in: the process ends now
            capture.suspend_global_capture(in_=True)
            printed = "".join(capture.read_global_capture())
    text = "It cannot be made to fail, so all tests of this process end here."
    sys.stderr.write(f"\n{watch.text}\n{text}\n{printed}\n")
    sys.stderr.flush()
