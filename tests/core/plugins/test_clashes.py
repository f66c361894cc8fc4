"""Two plugins that claim the same: the first by name keeps it, and both are named."""

from __future__ import annotations

import pytest

from xetrack.errors import PluginError, XetrackWarning
from xetrack.interfaces.component import PartKind


def quarantined(registry):
    """Distribution and reason of all that is quarantined."""
    return {
        status.distribution: status.reason
        for status in registry.statuses()
        if status.state == "quarantined"
    }


def test_two_plugins_with_one_name_are_both_named(strangers, monkeypatch):
    """The second by distribution is quarantined; disabling the first lets it in."""
    strangers.offer("one", "xetrack_sinks", {}, entry="same")
    strangers.offer("two", "xetrack_sinks", {}, entry="same")
    registry = strangers.registry()
    assert {
        "xetrack-two": "the plugin's name 'same' is declared by both xetrack-one 1.0 and "
        "xetrack-two 1.0, and the first has it"
    } == quarantined(registry)
    with pytest.warns(XetrackWarning, match="DISABLE_PLUGINS=xetrack-two"):
        assert "one" == registry.component(PartKind.SINK, "one").name
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "xetrack-one")
    assert "two" == strangers.registry().component(PartKind.SINK, "two").name


def test_two_plugins_that_offer_one_part_are_both_named(strangers, monkeypatch):
    """The later loses this part only, and strict mode raises."""
    strangers.offer("alpha", "xetrack_sinks", {"name": "kafka"})
    both = "[Component(name=n, target='m:c', summary='') for n in ('kafka', 'nats')]"
    head = "from xetrack.plugins import Component, hookimpl\n@hookimpl\n"
    strangers.add("beta", f"{head}def xetrack_sinks(): return {both}")
    registry = strangers.registry()
    reason = "the sink 'kafka' is offered by both xetrack-alpha 1.0 and xetrack-beta 1.0"
    assert {"xetrack-beta": reason} == quarantined(registry)
    with pytest.warns(XetrackWarning, match=reason):
        assert "xetrack_alpha.parts:Part" == registry.component(PartKind.SINK, "kafka").target
    assert "nats" == registry.component(PartKind.SINK, "nats").name
    monkeypatch.setenv("XETRACK_STRICT", "1")
    with pytest.raises(PluginError, match=reason):
        strangers.registry().components(PartKind.SINK)


def test_parts_of_different_kinds_may_share_a_name(strangers):
    """A name belongs to one part of its kind."""
    strangers.offer("alpha", "xetrack_sinks", {"name": "redis"})
    strangers.offer("beta", "xetrack_probes", {"name": "redis"})
    assert {} == quarantined(strangers.registry())


def test_what_is_built_in_cannot_be_displaced(strangers):
    """Neither the name nor a suffix of the SQLite engine can be had."""
    strangers.offer("aaa", "xetrack_engines", {"name": "sqlite"})
    strangers.offer("bbb", "xetrack_engines", {"name": "other", "suffixes": (".db",)})
    registry = strangers.registry()
    assert {
        "xetrack-aaa": "the engine 'sqlite' is built into xetrack-core and cannot be replaced",
        "xetrack-bbb": "'.db', for an engine, is built into xetrack-core and cannot be replaced",
    } == quarantined(registry)
    assert registry.component(PartKind.ENGINE, "sqlite").target.startswith("xetrack.builtin.")


def test_a_cache_and_an_engine_may_claim_one_scheme_but_two_caches_cannot(strangers):
    """Rows and results may lie in one database; a cache is found by its name as well."""
    strangers.offer("alpha", "xetrack_engines", {"schemes": ("redis",)})
    strangers.offer("beta", "xetrack_caches", {"schemes": ("redis", "rediss")})
    strangers.offer("gamma", "xetrack_caches", {"schemes": ("rediss",)})
    registry = strangers.registry()
    reason = "'rediss', for a cache, is offered by both xetrack-beta 1.0 and xetrack-gamma 1.0"
    assert {"xetrack-gamma": reason} == quarantined(registry)
    with pytest.warns(XetrackWarning, match="xetrack-gamma"):
        assert ["beta"] * 3 == [
            registry.name_for(PartKind.CACHE, name) for name in ("redis", "rediss", "beta")
        ]
    assert "alpha" == registry.engine_for("redis://host")


def test_two_engines_cannot_claim_one_scheme(strangers):
    """Otherwise a URL would be opened by whichever was loaded first."""
    strangers.offer("alpha", "xetrack_engines", {"schemes": ("redis",)})
    strangers.offer("beta", "xetrack_engines", {"schemes": ("redis",)})
    reason = "'redis', for an engine, is offered by both xetrack-alpha 1.0 and xetrack-beta 1.0"
    registry = strangers.registry()
    assert {"xetrack-beta": reason} == quarantined(registry)
    with pytest.warns(XetrackWarning, match="xetrack-beta"):
        assert "alpha" == registry.engine_for("redis://host")
