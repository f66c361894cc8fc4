"""All distributions, built once as they are published, and environments to install them into."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workspace.environments import Environment
from tools.workspace import ROOT


@pytest.fixture(scope="session")
def build():
    """A function that builds the distribution of a folder, as strangers build it."""

    def run(folder, out, *options):
        subprocess.run(
            [
                *(Path(sys.executable).with_name("uv"), "build", "--out-dir", out, *options),
                # as strangers build them, but with the backend that is here already
                *("--no-sources", "--no-build-isolation", "--offline", "--quiet"),
            ],
            cwd=folder,
            env={**os.environ, "VIRTUAL_ENV": sys.prefix},
            check=True,
        )

    return run


@pytest.fixture(scope="session")
def dist(tmp_path_factory, build):
    """A folder with the wheel and the source distribution of every member and of the root.

    The first worker that needs it makes it for all.
    """
    base = tmp_path_factory.getbasetemp()
    out = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "dist"
    with out.with_name("dist.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            build(ROOT, base / "built", "--all-packages")
            (base / "built").rename(out)
    return out


@pytest.fixture
def fresh(tmp_path, dist):
    """A function that installs distributions into a fresh environment, ours from their wheels.

    With pip, or with uv, which takes a fourth of the time for all of them.
    """
    environment = Environment(tmp_path / "venv")

    def install(*requirements, installer="pip"):
        getattr(environment, installer)("--find-links", dist, *requirements)
        return environment

    return install
