"""All distributions, built once as they are published, and environments to install them into."""

from __future__ import annotations

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
    """A folder with the wheel and the source distribution of every member and of the root."""
    out = tmp_path_factory.mktemp("dist")
    build(ROOT, out, "--all-packages")
    return out


@pytest.fixture
def fresh(tmp_path, dist):
    """A function that installs distributions into a fresh environment, ours from their wheels."""
    environment = Environment(tmp_path / "venv")

    def install(*requirements):
        environment.pip("--find-links", dist, *requirements)
        return environment

    return install
