"""The four recorders that every run has, together."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.core.recorders.repositories import FILES, change, make_repository
from xetrack import Tracker
from xetrack.builtin.recorders.command import CommandRecorder
from xetrack.builtin.recorders.environment import EnvironmentRecorder
from xetrack.builtin.recorders.git import GitRecorder
from xetrack.builtin.recorders.packages import PackagesRecorder
from xetrack.configuration.call import RECORDERS
from xetrack.interfaces.component import PartKind
from xetrack.plugins.registry import registry
from xetrack_testing import RecorderContract

CLASSES = {
    "environment": EnvironmentRecorder,
    "packages": PackagesRecorder,
    "git": GitRecorder,
    "command": CommandRecorder,
}


@pytest.fixture
def usual_recorders(monkeypatch):
    """Have the recorders of all runs, which other tests do without."""
    monkeypatch.delenv("XETRACK_RECORDERS", raising=False)


class TestEnvironment(RecorderContract):
    """It records some variables, also of those that hold secrets."""

    recorder_class = EnvironmentRecorder

    @pytest.fixture
    def options(self):
        return {"variables": ["DATABASE_URL", "HF_TOKEN", "PGPASSWORD"]}


class TestPackages(RecorderContract):
    """It records what is installed."""

    recorder_class = PackagesRecorder


class TestCommand(RecorderContract):
    """It records the command line."""

    recorder_class = CommandRecorder


class TestGit(RecorderContract):
    """It records a repository in which something is changed."""

    recorder_class = GitRecorder

    @pytest.fixture
    def options(self, tmp_path):
        folder = make_repository(tmp_path / "repository", FILES)
        change(folder)
        return {"root": folder}


def test_they_are_found_by_their_names():
    """Those that a tracker has if it names none are all that there are."""
    assert set(RECORDERS) == set(CLASSES)
    for name, cls in CLASSES.items():
        assert registry().load(PartKind.RECORDER, name) is cls


@pytest.mark.usefixtures("usual_recorders")
def test_a_run_has_the_facts_of_all(tmp_path, monkeypatch):
    """In a repository, without a word of who logs."""
    folder = make_repository(tmp_path / "repository", FILES)
    change(folder)
    monkeypatch.chdir(folder)
    with Tracker(tmp_path / "runs.db", track_id="first") as tracker:
        tracker.log({"loss": 0.5})
    facts = Tracker(tmp_path / "runs.db", track_id="first").run.record.facts
    expected = {name: {**cls({}).begin(None)} for name, cls in CLASSES.items()}
    assert expected == facts


PROGRAM = """
import sys, threading
from xetrack import Tracker
tracker = Tracker("runs.db", track_id="first")
made = {name for name in sys.modules if "recorders" in name}
importer = {}
class Finder:
    def find_spec(self, name, path=None, target=None):
        if "builtin.recorders" in name or name == "subprocess":
            importer[name] = threading.current_thread() is threading.main_thread()
sys.meta_path.insert(0, Finder())
tracker.log({"loss": 0.5})
tracker.close()
import json
print(json.dumps([sorted(made), importer]))
"""


@pytest.mark.usefixtures("usual_recorders")
def test_they_are_imported_behind_the_program(tmp_path):
    """Neither who makes a tracker nor who logs waits for their modules, and what these import."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, check=True, text=True
    )
    made, importer = json.loads(done.stdout)
    assert not [name for name in made if "builtin" in name]
    assert {"xetrack.builtin.recorders.git", "subprocess"} <= importer.keys()
    assert not any(importer.values())
