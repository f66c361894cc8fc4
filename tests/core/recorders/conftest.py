"""What holds for the tests of recorders."""

from __future__ import annotations

import os

import pytest

from xetrack.builtin import git_process


@pytest.fixture(autouse=True)
def _plain_git(monkeypatch):
    """Have git look at no settings of whoever runs the tests."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def calls(monkeypatch):
    """The calls of git that the recorder makes."""
    commands = []
    popen = git_process.subprocess.Popen

    def note(command, **options):
        if "--no-pager" in command:  # those of the test are none of it
            commands.append(command)
        return popen(command, **options)

    monkeypatch.setattr(git_process.subprocess, "Popen", note)
    return commands
