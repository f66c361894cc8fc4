"""Upgrades from 0.7 in every order, and what is left after an uninstallation.

`make upgrades` runs these with the real 0.7.0 and with pip of several years.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.workspace.environments import Environment
from tests.workspace.old_wheel import FILES, write_old_wheel
from tools.workspace import distributions

VERSION = distributions()[0].version

DOWNLOADS = Path(os.environ.get("XETRACK_TEST_DOWNLOADS", os.devnull))
"""A folder with wheels of pip, and of xetrack 0.7.0."""

INSTALLERS = ("pip", "uv", *sorted(path.name for path in DOWNLOADS.glob("pip-*.whl")))

WORKS = """
import pickle, sys
from xetrack import Reader, Tracker
import xetrack, xetrack.tracker
assert xetrack.Tracker is xetrack.tracker.Tracker is Tracker, "two modules"
assert "xetrack" == xetrack.__package__ == xetrack.__spec__.parent
assert pickle.loads(pickle.dumps(Tracker)) is Tracker
with Tracker("works.db") as tracker:
    tracker.log({"loss": 0.5})
assert 0.5 == Reader("works.db").latest()["loss"][0]
print(xetrack.__version__)
"""

pytestmark = pytest.mark.timeout(400)


def third_parties(*ours):
    """The names of what some distributions need with all extras, and what that needs."""
    names, known = [*ours], set()
    for name in names:
        for requirement in map(Requirement, requires(name) or ()):
            marker = requirement.marker
            is_needed = name in ours or marker is None or marker.evaluate({"extra": ""})
            if is_needed and canonicalize_name(requirement.name) not in known:
                known.add(canonicalize_name(requirement.name))
                names += [requirement.name] if is_installed(requirement.name) else []
    return known


def is_installed(name):
    """Whether a distribution is in this environment."""
    return any(True for _ in Distribution.discover(name=name))


class Installation(Environment):
    """A fresh environment that has third parties, and what one installer makes of it."""

    def __init__(self, folder, installer, dist):
        super().__init__(folder)
        self.dist = dist
        python = self.bin / "python"
        if installer == "uv":
            self.command = [Path(sys.executable).with_name("uv"), "pip"]
        elif installer == "pip":
            self.command = [sys.executable, "-m", "pip", "--python", python]
        else:
            self.command = [python, DOWNLOADS / installer / "pip"]
        # uv's `--upgrade` would want third parties anew
        self.upgrade = ["--upgrade-package=xetrack" if installer == "uv" else "--upgrade"]
        self.confirmed = [] if installer == "uv" else ["--yes"]
        (self.site,) = folder.glob("lib/python*/site-packages")
        (here,) = Path(sys.prefix).glob("lib/python*/site-packages")
        known = third_parties("xetrack-core", "xetrack-cli")
        for path in here.iterdir():
            if path.name.startswith(("xetrack", "_", "pip")) or path.suffix == ".pth":
                continue
            if path.suffix == ".dist-info":  # uv sees no links
                if canonicalize_name(path.name.partition("-")[0]) in known:
                    shutil.copytree(path, self.site / path.name)
            else:
                (self.site / path.name).symlink_to(path)

    def installer(self, *arguments):
        """Run the installer, without any index."""
        env = {**os.environ, "VIRTUAL_ENV": str(self.folder), "PIP_CONFIG_FILE": os.devnull}
        # not in the repository, whose settings uv would take
        done = subprocess.run(
            [*self.command, *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=env,
            check=False,
        )
        assert 0 == done.returncode, done.stderr

    def install(self, *arguments):
        """Install ours from their wheels."""
        self.installer("install", "--no-index", "--find-links", self.dist, *arguments)

    def uninstall(self, *names):
        """Uninstall distributions."""
        self.installer("uninstall", *self.confirmed, *names)

    def works(self):
        """Whether rows are written and read; the version, which must be ours."""
        return f"{VERSION}\n" == self.run("python", "-W", "error", "-c", WORKS)

    def has_command(self):
        """Whether there is a script `xt`, which is then ours and works."""
        if not (self.bin / "xt").exists():
            return False
        assert VERSION in self.run("xt", "--version")
        return True

    def left(self):
        """What there is of ours, folders of compiled code aside."""
        ours = self.site.rglob("xetrack*")
        return {path.name for path in ours if path.is_file() or "dist-info" in path.name}


@pytest.fixture(scope="session")
def old(tmp_path_factory):
    """The real wheel of 0.7.0 if it is there, or else one of the same layout."""
    real = [*DOWNLOADS.glob("xetrack-0.7.0-*.whl")]
    return real[0] if real else write_old_wheel(tmp_path_factory.mktemp("old"))


@pytest.fixture(params=INSTALLERS)
def environment(request, tmp_path, dist):
    """An environment for each installer."""
    return Installation(tmp_path / "venv", request.param, dist)


def test_an_upgrade_is_whole_and_so_is_what_follows(environment, old):
    """`Tracker` and `xt` work after the upgrade, after another installation, and go together."""
    environment.install("--no-deps", old)
    assert (environment.bin / "xt").exists()
    environment.install(*environment.upgrade, "xetrack")
    assert environment.works()
    assert environment.has_command()
    init = environment.site / "xetrack" / "__init__.py"
    assert init.exists() != (
        "xetrack/__init__.py is missing" in environment.run("xt", "doctor", "--json")
    )
    ours = ("xetrack", "xetrack-core", "xetrack-cli")
    environment.install("--force-reinstall", "--no-deps", *ours)
    assert environment.works()
    assert environment.has_command()
    assert init.exists()
    environment.uninstall(*ours)
    assert set() == environment.left()
    assert not (environment.bin / "xt").exists()


def test_an_upgrade_by_parts_is_whole(environment, old):
    """The new core beside the old distribution, then the rest, which removes the old one."""
    environment.install("--no-deps", old)
    environment.install("xetrack-core[pandas]")
    assert environment.works()
    environment.install(*environment.upgrade, "xetrack")
    assert environment.works()
    assert environment.has_command()


def test_the_core_outlives_the_old_distribution(environment, old):
    """Who installs the new core and then uninstalls 0.7 keeps the core."""
    environment.install("--no-deps", old)
    environment.install("xetrack-core[pandas]")
    environment.uninstall("xetrack")
    assert environment.works()


def test_the_library_outlives_its_name(environment):
    """Without `xetrack`, a name for the two, they still work; the script is there once more."""
    environment.install("xetrack")
    assert environment.works()
    assert environment.has_command()
    environment.uninstall("xetrack")
    assert environment.works()
    assert VERSION in environment.run("python", "-m", "xetrack_cli", "--version")


def test_only_the_init_is_lost(dist):
    """No other file of the core has the path of one of 0.7, which pip would remove with it."""
    (wheel,) = dist.glob("xetrack_core-*.whl")
    with ZipFile(wheel) as archive:
        files = archive.namelist()
        assert {"xetrack/__init__.py"} == FILES.keys() & set(files)
        assert archive.read("xetrack/__init__.py") == archive.read("xetrack.py")
