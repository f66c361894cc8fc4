"""The two servers, as a user starts them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psutil import Process

_ADDRESS = re.compile(r"https?://127\.0\.0\.1:\d+\S*")


@contextmanager
def serving(
    command: Sequence[str], environment: dict[str, str] | None = None
) -> Iterator[tuple[str, Process]]:
    """Start a server that prints its address, and end it afterwards.

    Parameters
    ----------
    command
        How it is started.
    environment
        Further variables.

    Yields
    ------
    (str, psutil.Process)
        The address, and the process.

    Raises
    ------
    RuntimeError
        It printed none.
    """
    import psutil  # noqa: PLC0415 - as everywhere

    variables = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
    with subprocess.Popen(
        command, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as started:
        try:
            assert started.stdout is not None
            for line in started.stdout:
                if found := _ADDRESS.search(line.replace("\x1b[0m", "")):
                    yield found[0], psutil.Process(started.pid)
                    return
            raise RuntimeError(f"{command[0]} printed no address")
        finally:
            started.terminate()


def xetrack_command(place: Path) -> list[str]:
    """Return the command that shows a database.

    Parameters
    ----------
    place
        The database.
    """
    return [str(Path(sys.executable).with_name("xt")), "ui", str(place), "--no-browser"]


_SHOW = """
import sys
from trackio.cli import main
sys.argv = ["trackio", "show", "--project", "bench"]
main()
"""
TRACKIO = (sys.executable, "-c", _SHOW)
"""The command that shows the project of trackio."""
