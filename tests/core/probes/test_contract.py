"""The built-in probes keep every promise of probes."""

from __future__ import annotations

import subprocess

import pytest

from xetrack.builtin.probes.git import GitProbe
from xetrack.builtin.probes.network import NetworkProbe
from xetrack.builtin.probes.system import SystemProbe
from xetrack_testing import ProbeContract


class TestSystem(ProbeContract):
    probe_class = SystemProbe


class TestNetwork(ProbeContract):
    probe_class = NetworkProbe


class TestGit(ProbeContract):
    probe_class = GitProbe

    @pytest.fixture
    def options(self, tmp_path):
        for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
            named = ["-c", "user.name=a", "-c", "user.email=a@b"]
            subprocess.run(["git", "-C", tmp_path, *named, *command], check=True)
        return {"interval": 1, "git_root": tmp_path}
