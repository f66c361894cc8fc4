"""A repository with a script that logs."""

from __future__ import annotations

import pytest

from tests.reproduce.projects import make_project

TRAIN = """
import random
from pathlib import Path
from xetrack import Tracker

with Tracker("runs.db", params={"rate": 0.1}, track_id="first") as tracker:
    tracker.seed()
    scale = float(Path(tracker.use("data/scale.txt")).read_text())
    for epoch in range(3):
        tracker.log({"epoch": epoch, "loss": scale * random.random()})
"""


@pytest.fixture
def project(tmp_path):
    """A repository with a script that uses data which git does not have; nothing ran yet."""
    project = make_project(tmp_path)
    project.write("train.py", TRAIN)
    project.write("data/scale.txt", "2.0")
    project.write(".gitignore", "/data/\n/runs.db*\n__pycache__\n")
    project.commit()
    return project
