"""Two plugins that claim the same: neither has it, and both are named."""

from __future__ import annotations

import pickle

import pytest

from xetrack.errors import PartClashError, PluginError, XetrackWarning
from xetrack.interfaces.component import PartKind

HEAD = "from xetrack.plugins import Component, hookimpl\n@hookimpl\n"


def quarantined(registry):
    """Distribution and reason of all that is quarantined."""
    return {
        status.distribution: status.reason
        for status in registry.statuses()
        if status.state == "quarantined"
    }


def offered_by(what, *releases, none="neither"):
    """The reason for each of two or more distributions that clash."""
    *others, last = (f"xetrack-{name} 1.0" for name in releases)
    both = "both " if len(others) == 1 else ""
    reason = f"{what} is offered by {both}{', '.join(others)} and {last}, so {none} is used"
    return {f"xetrack-{name}": reason for name in releases}


def test_two_plugins_with_one_name_are_both_refused(strangers, monkeypatch):
    """Neither is imported, and one warning names both; leaving one out lets the other in."""
    strangers.offer("one", "xetrack_sinks", {}, entry="same")
    strangers.offer("two", "xetrack_sinks", {}, entry="Same")
    registry = strangers.registry()
    reasons = quarantined(registry)
    assert {"xetrack-one", "xetrack-two"} == reasons.keys()
    assert all("xetrack-one 1.0 and xetrack-two 1.0, so neither" in r for r in reasons.values())
    with pytest.warns(XetrackWarning, match="=xetrack-one or XETRACK_DISABLE_PLUGINS=xetrack-two"):
        assert "sqlite" in {part.name for part in registry.components(PartKind.ENGINE)}
    monkeypatch.setenv("XETRACK_DISABLE_PLUGINS", "xetrack-one")
    assert "two" == strangers.registry().component(PartKind.SINK, "two").name


def test_two_plugins_that_offer_one_part_both_lose_it(strangers, monkeypatch):
    """They keep their other parts; the error names both, and strict mode raises it."""
    strangers.offer("alpha", "xetrack_sinks", {"name": "kafka"})
    both = "[Component(name=n, target='m:c', summary='') for n in ('kafka', 'nats')]"
    strangers.add("beta", f"{HEAD}def xetrack_sinks(): return {both}")
    registry = strangers.registry()
    reasons = offered_by("the sink 'kafka'", "alpha", "beta")
    assert reasons == quarantined(registry)
    with pytest.warns(XetrackWarning) as warned:
        assert "nats" == registry.component(PartKind.SINK, "nats").name
    assert 1 == len(warned)
    with pytest.raises(PartClashError, match=reasons["xetrack-beta"]) as caught:
        registry.load(PartKind.SINK, "kafka")
    assert ("xetrack-alpha", "xetrack-beta") == caught.value.plugins
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))
    monkeypatch.setenv("XETRACK_STRICT", "1")
    with pytest.raises(PluginError, match=reasons["xetrack-beta"]):
        strangers.registry().components(PartKind.SINK)


@pytest.mark.parametrize("first", ["alpha", "zeta"])
def test_no_order_of_names_decides(strangers, first):
    """Whichever name comes first, the answer is the same."""
    for name in sorted(["alpha", "zeta"], key=lambda name: name != first):
        strangers.offer(name, "xetrack_probes", {"name": "tpu"})
    assert {"xetrack-alpha", "xetrack-zeta"} == quarantined(strangers.registry()).keys()


def test_all_of_three_that_clash_are_named(strangers):
    """Also where the first is left out of one of the two clashes."""
    strangers.offer("a", "xetrack_caches", {"name": "redis"})
    strangers.offer("b", "xetrack_caches", {"name": "redis", "schemes": ("rediss",)})
    strangers.offer("c", "xetrack_caches", {"name": "redis"})
    strangers.offer("d", "xetrack_caches", {"name": "valkey", "schemes": ("rediss",)})
    assert {
        **offered_by("the cache 'redis'", "a", "b", "c", none="none of them"),
        "xetrack-d": offered_by("'rediss', for a cache,", "b", "d")["xetrack-d"],
    } == quarantined(strangers.registry())


def test_a_plugin_that_offers_a_part_twice_has_neither(strangers):
    """There is no way to tell which is meant."""
    part = "Component(name='kafka', target='m:c', summary='')"
    strangers.add("beta", f"{HEAD}def xetrack_sinks(): return [{part}, {part}]")
    [reason] = set(quarantined(strangers.registry()).values())
    assert "the sink 'kafka' is offered more than once by xetrack-beta 1.0" in reason


def test_a_scheme_and_a_name_may_clash(strangers):
    """A URL of a sink selects by scheme or by name, so it is the same."""
    strangers.offer("otel", "xetrack_sinks", {})
    strangers.offer("other", "xetrack_sinks", {"schemes": ("otel",)})
    reasons = offered_by("'otel', for a sink,", "otel", "other")
    assert reasons == quarantined(strangers.registry())


def test_parts_of_different_kinds_may_share_a_name(strangers):
    """A name belongs to one part of its kind."""
    strangers.offer("alpha", "xetrack_sinks", {"name": "redis"})
    strangers.offer("beta", "xetrack_probes", {"name": "redis"})
    assert {} == quarantined(strangers.registry())


def test_what_is_built_in_cannot_be_displaced(strangers):
    """Neither the name nor a suffix of the SQLite engine can be had."""
    strangers.offer("aaa", "xetrack_engines", {"name": "sqlite"})
    strangers.offer("bbb", "xetrack_engines", {"name": "other", "suffixes": (".db",)})
    strangers.offer("ccc", "xetrack_sinks", {"schemes": ("jsonl",)})
    registry = strangers.registry()
    assert {
        "xetrack-aaa": "the engine 'sqlite' is built into xetrack-core and cannot be replaced",
        "xetrack-bbb": "'.db', for an engine, is built into xetrack-core and cannot be replaced",
        "xetrack-ccc": "'jsonl', for a sink, is built into xetrack-core and cannot be replaced",
    } == quarantined(registry)
    assert registry.component(PartKind.ENGINE, "sqlite").target.startswith("xetrack.builtin.")
    assert "sqlite" == registry.engine_for("runs.db")


def test_a_cache_and_an_engine_may_claim_one_scheme_but_two_caches_cannot(strangers):
    """Rows and results may lie in one database; a cache is found by its name as well."""
    strangers.offer("alpha", "xetrack_engines", {"schemes": ("redis",)})
    strangers.offer("beta", "xetrack_caches", {"schemes": ("redis", "rediss")})
    registry = strangers.registry()
    assert ["beta"] * 3 == [
        registry.name_for(PartKind.CACHE, name) for name in ("redis", "rediss", "beta")
    ]
    assert "alpha" == registry.engine_for("redis://host")
    strangers.offer("gamma", "xetrack_caches", {"schemes": ("rediss",)})
    registry = strangers.registry()
    reasons = offered_by("'rediss', for a cache,", "beta", "gamma")
    assert reasons == quarantined(registry)
    with (
        pytest.warns(XetrackWarning, match="xetrack-gamma"),
        pytest.raises(PartClashError, match=reasons["xetrack-beta"]),
    ):
        registry.name_for(PartKind.CACHE, "rediss")


@pytest.mark.parametrize(
    ("claim", "location"),
    [({"schemes": ("lmdb",)}, "lmdb://host"), ({"suffixes": (".lmdb",)}, "runs.lmdb")],
)
def test_two_engines_cannot_claim_one_location(strangers, claim, location):
    """It is opened by neither, and not by SQLite in their place."""
    strangers.offer("alpha", "xetrack_engines", claim)
    strangers.offer("beta", "xetrack_engines", claim)
    registry = strangers.registry()
    with (
        pytest.warns(XetrackWarning, match="xetrack-beta"),
        pytest.raises(PartClashError, match=r"both xetrack-alpha 1\.0 and xetrack-beta 1\.0"),
    ):
        registry.engine_for(location)
