"""Configuration: without what the environment of the tests says."""

from __future__ import annotations

import pytest

from tests.core.configuration import parts
from xetrack.plugins.parts import Part
from xetrack.plugins.registry import registry

VARIABLES = ("XETRACK_SINKS", "XETRACK_PROBES", "XETRACK_OPTIONS", "XETRACK_CONFIG")


@pytest.fixture(autouse=True)
def unconfigured(monkeypatch, tmp_path):
    """Start in an empty folder, without the variables of parts."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def project(tmp_path):
    """Write a file of a project, ``pyproject.toml`` unless it has another name."""

    def write(text, name="pyproject.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


@pytest.fixture
def installed(monkeypatch):
    """Make the parts of `parts` known to the registry of this process."""
    known = registry()._full(warn=False).parts
    for (kind, name), component in parts.PARTS.items():
        part = Part(
            kind=kind, name=name, distribution="xetrack-otel", version="1", component=component
        )
        monkeypatch.setitem(known, (kind, name), part)
    parts.Otel.made.clear()
    parts.OptionsEngine.opened.clear()
    return parts
