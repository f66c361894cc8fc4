"""The matrix of systems and Pythons that a host can run: it is valid, and names what is there."""

from __future__ import annotations

import shlex

import pytest
import yaml

from tools.environments import PYTHONS, QUICK
from tools.setup import SETS
from tools.workspace import ROOT


@pytest.fixture
def workflow():
    """The file, parsed; YAML takes the key `on` for True."""
    return yaml.safe_load((ROOT / ".github/workflows/platforms.yml").read_text())


def test_it_runs_by_hand_alone_until_somebody_switches_it_on(workflow):
    """A clone on a host starts nothing, and may change nothing there."""
    assert {"workflow_dispatch": None} == workflow[True]
    assert {"contents": "read"} == workflow["permissions"]


def test_it_has_all_systems_and_pythons(workflow):
    """The Pythons are those of `make pythons`."""
    (job,) = workflow["jobs"].values()
    matrix = job["strategy"]["matrix"]
    assert [*PYTHONS] == matrix["python"]
    assert ["macos", "ubuntu", "windows"] == sorted(
        name.removesuffix("-latest") for name in matrix["system"]
    )


def test_its_commands_are_plain_and_of_this_repository(workflow):
    """Each shell reads their words alike; sets and tests that they name exist."""
    (job,) = workflow["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert all(set("&|;<>`\\").isdisjoint(command) for command in commands)
    install, users, quick = (shlex.split(command) for command in commands)
    assert ["python", "-m", "tools.setup"] == install[:-1]
    assert install[-1] in SETS
    folder = users[users.index("pytest") + 1]
    assert [*(ROOT / folder).glob("test_*.py")]
    assert [*QUICK] == quick[-2:]
