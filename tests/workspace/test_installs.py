"""The wheels, installed with plain pip into fresh environments, as users install them."""

from __future__ import annotations

import json
import subprocess
import sys
import venv

import pytest

from tools.lock import LOCK
from tools.workspace import distributions

VERSION = distributions()[0].version

EVERYTHING = {"xetrack", "xetrack_cli", "xetrack_duckdb", "xetrack_cache", "xetrack_assets"}
PROBE = """
import importlib.util, json, sys
found = [name for name in sys.argv[1:] if importlib.util.find_spec(name)]
import xetrack
xetrack.Tracker, xetrack.Reader
print(json.dumps([xetrack.__version__, found]))
"""


class Environment:
    """A fresh virtual environment without pip; this one's pip installs into it."""

    def __init__(self, folder):
        venv.create(folder, symlinks=True)
        self.bin = folder / "bin"
        self.folder = folder

    def run(self, *command):
        """What a command of the environment prints."""
        command = [self.bin / command[0], *command[1:]]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, check=False)
        assert 0 == done.returncode, done.stderr
        return done.stdout

    def pip(self, *arguments):
        """Install, third parties at the versions of `requirements.lock`."""
        lines = LOCK.read_text().splitlines()
        pins = [line.rstrip(" \\") for line in lines if line[:1].isalpha()]
        constraints = self.folder / "constraints.txt"
        constraints.write_text("\n".join(pins))
        pip = [sys.executable, "-m", "pip", "--python", self.bin / "python", "install", "--quiet"]
        subprocess.run([*pip, "--no-compile", "--constraint", constraints, *arguments], check=True)

    def importable(self):
        """The version of `xetrack`, and which of our modules are there."""
        version, found = json.loads(self.run("python", "-c", PROBE, *sorted(EVERYTHING)))
        return version, set(found)

    def parts(self):
        """What `xt plugins` lists, as (kind, name) and the distribution it is from."""
        listed = json.loads(self.run("xt", "plugins", "--json"))
        return {(part["kind"], part["name"]): part["distribution"] for part in listed}


@pytest.fixture
def fresh(tmp_path, dist):
    """A function that installs distributions into a fresh environment, ours from their wheels."""
    environment = Environment(tmp_path / "venv")

    def install(*requirements):
        environment.pip("--find-links", dist, *requirements)
        return environment

    return install


@pytest.mark.timeout(180)
def test_core_alone(fresh):
    """xetrack-core gives `import xetrack` and no command."""
    environment = fresh(f"xetrack-core=={VERSION}")
    assert (VERSION, {"xetrack"}) == environment.importable()
    assert not (environment.bin / "xt").exists()


@pytest.mark.timeout(180)
def test_core_and_cli(fresh):
    """`pip install xetrack` is core and CLI; `xt plugins` lists what core brings."""
    environment = fresh(f"xetrack=={VERSION}")
    assert (VERSION, {"xetrack", "xetrack_cli"}) == environment.importable()
    parts = environment.parts()
    assert "xetrack-core" == parts["engine", "sqlite"]
    assert {"xetrack-core", "xetrack-cli"} >= set(parts.values())


@pytest.mark.timeout(180)
def test_everything(fresh):
    """`xetrack[all]` brings every member, and their plugins load without a fault."""
    environment = fresh(f"xetrack[all]=={VERSION}")
    assert (VERSION, EVERYTHING) == environment.importable()
    assert "xetrack-core" == environment.parts()["engine", "sqlite"]
    environment.run("xt", "plugins", "--check")
