"""The real `xt`, in a process of its own: in a pipe, and on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
from typing import NamedTuple

import pytest

from xetrack import Tracker

XT = [sys.executable, "-m", "xetrack_cli"]
RUN = "calm-fox-1"


class Done(NamedTuple):
    """How a process ended."""

    code: int
    out: str
    err: str


def environment(**changes):
    """This process's environment without what would change `xt`; its warnings are errors."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("XETRACK_") and name not in {"NO_COLOR", "COLUMNS", "FORCE_COLOR"}
    }
    return {**ours, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1", **changes}


@pytest.fixture
def xt(tmp_path):
    """Run `xt` in a folder of its own, with its output in pipes."""

    def run(*words, **changes):
        done = subprocess.run(
            [*XT, *map(str, words)],
            check=False,
            cwd=tmp_path,
            env=environment(**changes),
            capture_output=True,
            text=True,
            timeout=50,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def screen(tmp_path):
    """Run `xt` on a terminal of a given width, and return what a person would read."""

    def run(*words, columns=80, **changes):
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (50, columns))
        with subprocess.Popen(
            [*XT, *map(str, words)],
            cwd=tmp_path,
            env=environment(TERM="xterm-256color", **changes),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            os.close(theirs)
            read = []
            while True:
                try:
                    piece = os.read(ours, 65_536)
                except OSError:  # Linux says so when the other side is closed
                    break
                if not piece:
                    break
                read.append(piece)
            os.close(ours)
            err = process.stderr.read()
        return Done(process.returncode, b"".join(read).decode().replace("\r\n", "\n"), err)

    return run


def plain(text):
    """Take colours out of what a terminal got."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture
def db(tmp_path):
    """Seven rows of one run, and one of another."""
    path = tmp_path / "runs.db"
    with Tracker(path, params={"model": "resnet18"}, track_id=RUN) as tracker:
        tracker.log_batch([{"accuracy": 0.5 + epoch / 100, "epoch": epoch} for epoch in range(7)])
    with Tracker(path, track_id="other-1") as tracker:
        tracker.log({"accuracy": 0.25, "epoch": 0})
    return path
