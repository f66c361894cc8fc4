"""Which Pythons `make pythons` takes."""

from __future__ import annotations

import sys

import pytest

from tools.environments import find_python


def executable(path, text):
    """Write a script that can be started."""
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A search path with a shim of 3.99 that does not run, and one that pyenv installed."""
    shim = executable(tmp_path / "shims" / "python3.99", "exit 127")
    monkeypatch.setenv("PATH", str(shim.parent))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    name = tmp_path / "pyenv" / "versions" / "3.99.1" / "bin" / "python3.99"
    return executable(name, f'exec {sys.executable} "$@"')


def test_a_python_that_runs_is_taken(installed):
    """It may lie behind a shim that does not."""
    assert str(installed) == find_python("3.99")


def test_a_python_that_is_not_there_is_none(installed):
    """Neither is one that cannot be started."""
    assert find_python("3.98") is None
    installed.unlink()
    assert find_python("3.99") is None
