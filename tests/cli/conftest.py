"""The real `xt`, in a process of its own: into files, and on a terminal."""

from __future__ import annotations

import os
import pty
import re
import shlex
import sys
import termios
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cli.recorded import log_two_runs
from tests.preloaded import Done, run_xt
from tools.workspace import distributions
from xetrack import Tracker

XT = [sys.executable, "-m", "xetrack_cli"]
RUN = "calm-fox-1"

ALONE = {"XETRACK_DISABLE_PLUGINS": ",".join(one.name for one in distributions()[1:])}
"""Leaves out all plugins, each of which `xt doctor` imports in a process of its own."""


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
    """Run `xt` in a folder of its own, with its output in files."""

    def run(*words, **changes):
        return run_xt(words, cwd=tmp_path, env=environment(**changes))

    return run


@pytest.fixture
def screen(tmp_path):
    """Run `xt` on a terminal of a given width, and return what a person would read."""

    def run(*words, columns=80, **changes):
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (50, columns))
        env = environment(TERM="xterm-256color", **changes)
        with ThreadPoolExecutor(1) as reading:
            shown = reading.submit(_until_closed, ours)
            done = run_xt(words, cwd=tmp_path, env=env, stdout=theirs)
            os.close(theirs)
        os.close(ours)
        return Done(done.code, shown.result().replace("\r\n", "\n"), done.err)

    return run


def _until_closed(terminal):
    """Return what comes out of a terminal until nobody has it open any more."""
    read = b""
    while True:
        try:
            read += os.read(terminal, 65_536)
        except OSError:  # Linux says so when the other side is closed
            return read.decode()


def without(there, text):
    """Return a text without the location of a database, which a shell may need quoted."""
    return text.replace(shlex.quote(there), "DB").replace(there, "DB")


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


@pytest.fixture
def recorded(tmp_path):
    """Two runs with records; see `log_two_runs`."""
    path = tmp_path / "two.db"
    log_two_runs(path)
    return path
