"""The environment leaves plugins out without importing them."""

from __future__ import annotations

import pytest

from xetrack.errors import UnknownComponentError
from xetrack.interfaces.component import PartKind


@pytest.fixture
def three(strangers):
    """Plugins a and b of sinks, and one that must never be imported."""
    strangers.offer("a", "xetrack_sinks", {})
    strangers.offer("b", "xetrack_sinks", {})
    strangers.add("never-import", "raise ValueError")
    return strangers


def states(registry):
    """State of each plugin or part that is not built in."""
    return {
        status.name: status.state for status in registry.statuses() if status.state != "built-in"
    }


def test_plugins_are_disabled_by_name_or_distribution(three, monkeypatch):
    """Names are separated by commas; case and the kind of dash do not matter."""
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", " b, Xetrack_Never.Import,,unknown")
    registry = three.registry()
    assert {"a": "ready", "b": "disabled", "never-import": "disabled"} == states(registry)
    [status] = [each for each in registry.statuses() if each.name == "b"]
    assert ("plugin", "xetrack-b", "1.0") == (status.kind, status.distribution, status.version)
    assert status.reason.startswith("left out by XETRACK_DISABLE_PLUGINS= b,")


@pytest.mark.parametrize("value", ["0", "false", "No", " OFF "])
def test_all_plugins_are_disabled_at_once(three, monkeypatch, value):
    """What is built in stays."""
    monkeypatch.setenv("XETRACK_PLUGIN_AUTOLOAD", value)
    registry = three.registry()
    assert {"disabled"} == set(states(registry).values())
    assert "sqlite" in [part.name for part in registry.components(PartKind.ENGINE)]


@pytest.mark.parametrize("value", ["", "1", "true"])
def test_other_values_leave_plugins_on(strangers, monkeypatch, value):
    """An empty variable is as good as none."""
    strangers.offer("a", "xetrack_sinks", {})
    monkeypatch.setenv("XETRACK_PLUGIN_AUTOLOAD", value)
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "")
    monkeypatch.setenv("XETRACK_STRICT", "0")
    assert {"a": "ready"} == states(strangers.registry())


def test_who_asks_for_a_disabled_part_is_told_that_it_is_disabled(three, monkeypatch):
    """Who asks for a disabled part is told that it is disabled, not that it should be installed."""
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "b,never-import")
    with pytest.raises(
        UnknownComponentError,
        match="The plugin 'b' of xetrack-b is disabled: left out by XETRACK_DISABLE_PLUGINS=b",
    ):
        three.registry().component(PartKind.SINK, "b")


def test_a_disabled_plugin_does_not_break_strict_mode(three, monkeypatch):
    """It is the way out that the error itself names."""
    monkeypatch.setenv("XETRACK_STRICT", "1")
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "xetrack-never-import")
    assert {"a": "ready", "b": "ready", "never-import": "disabled"} == states(three.registry())
