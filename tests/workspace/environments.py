"""Fresh virtual environments, as users have them."""

from __future__ import annotations

import json
import subprocess
import sys
import venv

from packaging.requirements import Requirement
from packaging.version import Version

from tools.lock import LOCK
from tools.workspace import ROOT, distributions

PROBE = """
import importlib.util, json, sys
importable = [name for name in sys.argv[1:] if importlib.util.find_spec(name)]
import xetrack
xetrack.Tracker, xetrack.Reader
print(json.dumps([xetrack.__version__, importable]))
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

    def refused(self, *command):
        """What a command of the environment says when it fails with exit code 1."""
        command = [self.bin / command[0], *command[1:]]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, check=False)
        assert (1, "") == (done.returncode, done.stdout)
        return done.stderr

    @property
    def constraints(self):
        """A file with third parties at the versions of `requirements.lock`."""
        lines = LOCK.read_text().splitlines()
        pins = [line.rstrip(" \\") for line in lines if line[:1].isalpha()]
        path = self.folder / "constraints.txt"
        path.write_text("\n".join(pins))
        return path

    def pip(self, *arguments):
        """Install, third parties at the versions of `requirements.lock`."""
        pip = [sys.executable, "-m", "pip", "--python", self.bin / "python", "install", "--quiet"]
        options = ["--no-compile", "--constraint", self.constraints]
        subprocess.run([*pip, *options, *arguments], check=True)

    def uv(self, *arguments):
        """Install likewise, with the overrides of `pyproject.toml`, which pip has no word for.

        uv remembers wheels by their paths, and an earlier run of the tests may have had the same.
        """
        uv = [ROOT / "tools" / "uv", "pip", "install", "--quiet", "--python", self.bin / "python"]
        ours = [*(one.name for one in distributions()), "xetrack-example"]
        anew = [f"--refresh-package={name}" for name in ours]
        options = [*anew, "--constraint", self.constraints]
        subprocess.run([*uv, *options, *arguments], cwd=ROOT, check=True)

    def importable(self, modules):
        """The version of `xetrack`, and which of some modules are there."""
        version, importable = json.loads(self.run("python", "-c", PROBE, *sorted(modules)))
        return version, set(importable)

    def parts(self):
        """What `xt plugins` lists, as (kind, name) and the distribution it is from."""
        listed = json.loads(self.run("xt", "plugins", "--json"))
        return {(part["kind"], part["name"]): part["distribution"] for part in listed}

    def tests(self, folder):
        """Run the tests that lie in a folder, all of which must pass."""
        command = [self.bin / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr


def lowest(distribution):
    """The lowest core that a distribution declares; it must take that of this repository too."""
    requirements = map(Requirement, distribution.requirements)
    (specifier,) = {needed.specifier for needed in requirements if needed.name == "xetrack-core"}
    assert Version(distributions()[0].version) in specifier, f"{distribution.name} is left behind"
    return min(
        Version(bound.version) for bound in specifier if bound.operator in {">=", "==", "~="}
    )
