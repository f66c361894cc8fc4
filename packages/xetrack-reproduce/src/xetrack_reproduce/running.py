"""The command of a run, run again as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from xetrack_reproduce.errors import ReproductionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PATIENCE = 10.0
"""Seconds that a program has for ending by itself after Ctrl-C."""


def run_command(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run a command to its end, and return its exit code.

    Its output goes where that of this process goes; it has no input. Ctrl-C reaches it once, and it
    has some seconds to end; then it is killed with all that it started.

    Parameters
    ----------
    command
        The words, first the program.
    folder
        The working directory.
    environment
        All variables.

    Raises
    ------
    ReproductionError
        The program cannot be started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - to run it is what the user asks for
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # so that we end it, with its children, and then clean up
        )
    except OSError as error:
        raise ReproductionError(f"{command[0]} cannot be started: {error}") from error
    try:
        return process.wait()
    except KeyboardInterrupt:
        if hasattr(os, "killpg"):  # elsewhere a terminal sends it to both
            _signal(process, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        raise
    finally:
        if process.poll() is None:
            _kill(process)
            process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        _signal(process, signal.SIGKILL)
    else:
        process.kill()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to all processes of the command that are left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
