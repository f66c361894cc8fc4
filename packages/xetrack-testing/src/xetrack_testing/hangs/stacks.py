"""Where threads and child processes are that hang."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNAL = int(getattr(signal, "SIGRTMAX", signal.SIGUSR2)) - hasattr(signal, "SIGRTMAX")
"""The signal that makes a child write its stacks, and that ends a test which hangs. It is one that
hardly any program uses."""

_files: dict[int, Any] = {}
"""The file of each living child, by its process id."""


def new_file() -> Any:
    """Return a temporary file for the stacks of a child that is to be started."""
    return tempfile.NamedTemporaryFile(prefix="xetrack-testing-", suffix=".stacks")


def write_on_signal(path: str) -> None:
    """Write the stacks of all threads of this process to a file when `SIGNAL` comes.

    It is done in C: also where a thread holds the interpreter's lock, or the main thread never
    returns from a library.

    Parameters
    ----------
    path
        The file, which the parent made.
    """
    file = Path(path).open("w")  # noqa: SIM115 - it stays open as long as the process lives
    faulthandler.register(SIGNAL, file, all_threads=True, chain=False)


def add_child(process: int, file: Any) -> None:
    """Remember a child that writes its stacks to a file.

    Parameters
    ----------
    process
        Its process id.
    file
        What `new_file` returned; the child called `write_on_signal` with its name.
    """
    _files[process] = file


def remove_child(process: int) -> None:
    """Forget a child that has ended, and remove its file.

    Parameters
    ----------
    process
        The id of the child's process.
    """
    if process in _files:
        _files.pop(process).close()


def kill_children() -> None:
    """Kill every child that was started by the kit and has not ended."""
    for process in [*_files]:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        remove_child(process)


def of_child(process: int) -> str:
    """Return the stacks of a child, as they are now.

    Parameters
    ----------
    process
        Its process id.

    Returns
    -------
    str
        The text of `faulthandler`; that there is none, if the child does not answer.
    """
    title = f"Process {process}:\n"
    file = _files.get(process)
    if file is None:
        return f"{title}  (it was not started by the kit)"
    try:
        os.kill(process, SIGNAL)
    except ProcessLookupError:
        return f"{title}  (it has ended)"
    size, deadline = 0, time.monotonic() + 2
    while time.monotonic() < deadline:
        time.sleep(0.05)
        written = os.path.getsize(file.name)  # noqa: PTH202
        if size and size == written:
            break
        size = written
    return title + (Path(file.name).read_text(errors="replace") or "  (it writes no stacks)")


def of_threads(threads: Iterable[threading.Thread] | None = None) -> str:
    """Return the stacks of threads of this process, the innermost call last.

    Parameters
    ----------
    threads
        The threads; by default all but the calling one.
    """
    frames = sys._current_frames()  # noqa: SLF001 - the documented way to all stacks
    if threads is None:
        threads = [each for each in threading.enumerate() if each is not threading.current_thread()]
    return "\n".join(
        f"Thread {thread.name}:\n{''.join(traceback.format_stack(frames[thread.ident]))}"
        for thread in threads
        if thread.ident in frames
    )


def of_everything() -> str:
    """Return the stacks of all other threads of this process, and of its children."""
    return "\n".join([of_threads(), *map(of_child, [*_files])])
