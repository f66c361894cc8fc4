"""All distributions, built once as they are published."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.workspace import ROOT


@pytest.fixture(scope="session")
def dist(tmp_path_factory):
    """A folder with the wheel and the source distribution of every member and of the root."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [
            *(Path(sys.executable).with_name("uv"), "build", "--all-packages", "--out-dir", out),
            # as strangers build them, but with the backend that is here already
            *("--no-sources", "--no-build-isolation", "--offline", "--quiet"),
        ],
        cwd=ROOT,
        env={**os.environ, "VIRTUAL_ENV": sys.prefix},
        check=True,
    )
    return out
