"""Ctrl-C in the midst of a run that is run again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.processes

WAITING = """
import os, time
from pathlib import Path
from xetrack import Tracker

with Tracker("runs.db", track_id="first") as tracker:
    tracker.log({"epoch": 1})
    if os.environ.get("MARK"):
        Path(os.environ["MARK"]).touch()
        time.sleep(50)
"""


def test_it_ends_the_program_and_leaves_nothing_behind(project, tmp_path):
    """The program gets it too and ends its run; the worktree is removed."""
    project.write("train.py", WAITING)
    project.python("train.py")
    before = project.state()
    mark = tmp_path / "mark"
    process = subprocess.Popen(
        [sys.executable, "-m", "xetrack_cli", "reproduce", str(project.db), "first"],
        cwd=project.folder,
        env={**project.env, "MARK": str(mark)},
        stderr=subprocess.PIPE,
    )
    while not mark.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert 130 == process.returncode
    assert before == project.state()
    _, new = project.ids()
    assert ("interrupted", "first") == (
        str(project.record(new).status),
        project.record(new).parent,
    )
