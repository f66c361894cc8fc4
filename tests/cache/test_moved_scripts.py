"""Scripts whose project is moved or checked out elsewhere: their functions hit again."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.preloaded import run_command

SCRIPT = """
import sys
from dataclasses import dataclass
from xetrack import Tracker

SCALE = 2

@dataclass(frozen=True)
class Config:
    depth: int

def train(config):
    return SCALE * config.depth

if __name__ == "__main__":
    tracker = Tracker(Tracker.IN_MEMORY, cache=sys.argv[1])
    result = tracker.track(train, args=[Config(3)])
    print(result, "hit" if tracker.latest["cache"] else "computed")
"""


@pytest.fixture
def run(folder):
    """Run a script with the cache, and return what it printed."""

    def run(path, text=None):
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_text(text)
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, path, folder]
        done = run_command(command, env=env, capture_output=True, text=True, check=True)
        return done.stdout.split()

    return run


@pytest.mark.parametrize("marker", [".git", "pyproject.toml", None])
def test_a_moved_script_finds_its_results(run, tmp_path, marker):
    """Below its project, or, outside of any, by its file name; an edit still counts."""
    script = tmp_path / "here/experiments/train.py"
    assert ["6", "computed"] == run(script, SCRIPT)
    if marker:
        (tmp_path / "here" / marker).touch()
        assert ["6", "computed"] == run(script), "a project gives it another name"
    shutil.move(tmp_path / "here", tmp_path / "elsewhere")
    moved = tmp_path / "elsewhere/experiments/train.py"
    assert ["6", "hit"] == run(moved)
    assert ["9", "computed"] == run(moved, SCRIPT.replace("SCALE = 2", "SCALE = 3"))


def test_another_script_of_the_project_is_another(run, tmp_path):
    """Of the same file name, in another folder of it."""
    (tmp_path / "setup.py").touch()
    for place in ("one", "other"):
        assert ["6", "computed"] == run(tmp_path / place / "train.py", SCRIPT)
