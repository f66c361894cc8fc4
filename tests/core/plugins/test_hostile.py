"""Broken plugins: each is quarantined by name with its reason, and the others go on."""

from __future__ import annotations

import importlib
import sys

import pytest

from xetrack.errors import PluginError, XetrackWarning
from xetrack.interfaces.component import PartKind

HEAD = "from xetrack.plugins import Component, hookimpl\n@hookimpl\n"
PART = "Component(name='part', target='m:c', summary='')"

BROKEN = {
    "raises at import": (
        "raise ValueError('no\\n luck')",
        "importing 'xetrack_bad.plugin' raised ValueError: no luck",
    ),
    "exits at import": (
        "import sys; sys.exit(3)",
        "importing 'xetrack_bad.plugin' raised SystemExit: 3",
    ),
    "panics at import": (
        "class PanicException(BaseException): pass\nraise PanicException",
        "importing 'xetrack_bad.plugin' raised PanicException",
    ),
    "raises what cannot be shown": (
        "class Mute(Exception):\n    def __str__(self): raise RuntimeError\nraise Mute",
        "importing 'xetrack_bad.plugin' raised Mute",
    ),
    "is no Python": (
        "def",
        "importing 'xetrack_bad.plugin' raised SyntaxError: invalid syntax (plugin.py, line 1)",
    ),
    "warns where warnings are errors": (
        "import warnings; warnings.warn('out of date')",
        "importing 'xetrack_bad.plugin' raised UserWarning: out of date",
    ),
    "needs a module that is missing": (
        "import redis_client.aio",
        "the module 'redis_client' is missing, which it needs; type: pip install xetrack-bad",
    ),
    "raises in a hook": (
        f"{HEAD}def xetrack_sinks(): raise OSError(2, 'gone')",
        "its hook 'xetrack_sinks' raised FileNotFoundError: [Errno 2] gone",
    ),
    "exits in a hook": (
        f"{HEAD}def xetrack_sinks(): raise SystemExit",
        "its hook 'xetrack_sinks' raised SystemExit",
    ),
    "misspells a hook": (
        f"{HEAD}def xetrack_engine(): return []",
        "it answers 'xetrack_engine', but there is no such hook; there is xetrack_engines",
    ),
    "forgets the mark": (
        "def xetrack_probes(): return []",
        "its 'xetrack_probes' lacks the mark @hookimpl",
    ),
    "takes an argument": (
        f"{HEAD}def xetrack_sinks(config): return []",
        "pluggy refuses its hooks: PluginValidationError: Plugin 'bad' for hook 'xetrack_sinks'",
    ),
    "wraps a hook": (
        (
            "from xetrack.plugins import hookimpl\n"
            "@hookimpl(wrapper=True)\ndef xetrack_sinks(): return (yield)"
        ),
        "its 'xetrack_sinks' is a wrapper; hooks of xetrack are not wrapped",
    ),
    "returns nothing": (
        f"{HEAD}def xetrack_sinks(): pass",
        "its hook 'xetrack_sinks' returned a NoneType, not a list",
    ),
    "returns a part, not a list": (
        f"{HEAD}def xetrack_sinks(): return {PART}",
        "its hook 'xetrack_sinks' returned a Component, not a list",
    ),
    "yields": (
        f"{HEAD}def xetrack_sinks(): yield {PART}",
        "its hook 'xetrack_sinks' returned a generator, not a list",
    ),
    "returns names": (
        f"{HEAD}def xetrack_sinks(): return ['kafka']",
        "its hook 'xetrack_sinks' returned a list with a str, not a Component",
    ),
    "gives a part a bad name": (
        f"{HEAD}def xetrack_sinks(): return [Component(name='My Sink', target='m:c', summary='')]",
        (
            "its hook 'xetrack_sinks' raised ValueError: 'name' must match regex "
            "'[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)?' ('My Sink' doesn't)"
        ),
    ),
    "gives a part a bad target": (
        f"{HEAD}def xetrack_sinks(): return [Component(name='s', target='m.c', summary='')]",
        (
            "its hook 'xetrack_sinks' raised ValueError: 'target' must match regex "
            "'[A-Za-z_][\\\\w.]*:[A-Za-z_]\\\\w*' ('m.c' doesn't)"
        ),
    ),
}

MISDESCRIBED = {
    "two words": (
        HEAD + "def xetrack_sinks(): return [Component(name='a b', target='m:c', summary='')]",
        "the sink 'a b' has a name of two words, which only a command may have",
    ),
    "no text": (
        HEAD + "def xetrack_sinks(): return [Component(name='a', target='m:c', summary=None)]",
        "the sink 'a' has a summary that is no text but None",
    ),
    "schemes of a codec": (
        HEAD + "def xetrack_codecs(): return [" + PART[:-1] + ", schemes=('s',))]",
        (
            "the codec 'part' has schemes, which only an engine, an asset-store, a cache, a sink "
            "or a probe may have"
        ),
    ),
    "suffixes of a sink": (
        HEAD + "def xetrack_sinks(): return [" + PART[:-1] + ", suffixes=('.s',))]",
        "the sink 'part' has suffixes, which only an engine may have",
    ),
    "a text for a tuple": (
        HEAD + "def xetrack_engines(): return [" + PART[:-1] + ", schemes='redis')]",
        "the engine 'part' has schemes that are no tuple but 'redis'",
    ),
    "a suffix without a dot": (
        HEAD + "def xetrack_engines(): return [" + PART[:-1] + ", suffixes=('rdb',))]",
        "the engine 'part' has suffixes of a wrong form: 'rdb'",
    ),
    "a summary that cannot be shown": (
        (
            "class Mute:\n    def __repr__(self): raise RuntimeError('no')\n"
            f"{HEAD}def xetrack_sinks(): return [Component(name='a', target='m:c', summary=Mute())]"
        ),
        "looking at the sink 'a' raised RuntimeError: no",
    ),
}


@pytest.fixture
def good(strangers):
    """Two plugins that work, one before and one after the bad one in the order of names."""
    strangers.offer("aaa", "xetrack_sinks", {})
    strangers.offer("zzz", "xetrack_sinks", {})
    return ["aaa", "zzz"]


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_quarantined_with_its_reason(strangers, good, case):
    """Its line says why, it is warned of once by name, and the plugins around it work."""
    source, reason = BROKEN[case]
    strangers.add("bad", source, version="2.1")
    registry = strangers.registry()
    [status] = [each for each in registry.statuses() if each.state == "quarantined"]
    assert ("plugin", "bad", "xetrack-bad", "2.1") == (
        status.kind,
        status.name,
        status.distribution,
        status.version,
    )
    assert status.reason.startswith(reason)
    with pytest.warns(XetrackWarning, match=r"'xetrack-bad'.*DISABLE_PLUGINS=xetrack-bad") as seen:
        parts = [part.name for part in registry.components(PartKind.SINK)]
    assert 1 == len(seen)
    assert set(good) <= set(parts)
    assert parts == [part.name for part in registry.components(PartKind.SINK)]


@pytest.mark.parametrize("case", BROKEN)
def test_strict_mode_raises_what_would_be_quarantined(strangers, monkeypatch, case):
    """Under XETRACK_STRICT=1 any question that needs plugins raises, again and again."""
    source, reason = BROKEN[case]
    strangers.add("bad", source)
    monkeypatch.setenv("XETRACK_STRICT", "1")
    registry = strangers.registry()
    for question in (registry.statuses, lambda: registry.components(PartKind.SINK)):
        with pytest.raises(PluginError) as caught:
            question()
        assert "xetrack-bad" == caught.value.plugin
        assert caught.value.reason.startswith(reason)
    assert "sqlite" == registry.component(PartKind.ENGINE, "sqlite").name


@pytest.mark.parametrize("case", MISDESCRIBED)
def test_a_part_that_is_described_wrongly_is_quarantined_alone(strangers, good, monkeypatch, case):
    """The line is the part's own, and who asks for the part is told the reason."""
    source, reason = MISDESCRIBED[case]
    strangers.add("bad", source)
    registry = strangers.registry()
    [status] = [each for each in registry.statuses() if each.state == "quarantined"]
    assert ("xetrack-bad", reason) == (status.distribution, status.reason)
    assert status.kind in {"sink", "engine", "codec"}
    with pytest.warns(XetrackWarning, match="xetrack-bad"):
        assert set(good) <= {part.name for part in registry.components(PartKind.SINK)}
    with pytest.raises(PluginError, match="xetrack-bad"):
        registry.component(PartKind(status.kind), status.name)
    monkeypatch.setenv("XETRACK_STRICT", "1")
    with pytest.raises(PluginError, match="xetrack-bad"):
        strangers.registry().statuses()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a b", "the entry point is 'a b', not 'package.module'"),
        ("", "the entry point is '', not 'package.module'"),
        ("nowhere.plugin", "there is no module 'nowhere', though its target or entry point names"),
        ("xetrack_bad.plugin:gone", "looking up 'xetrack_bad.plugin:gone' raised AttributeError"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_quarantined(strangers, value, reason):
    """The entry point is quoted."""
    strangers.add("bad", "", value=value)
    [status] = [each for each in strangers.registry().statuses() if each.name == "bad"]
    assert "quarantined" == status.state
    assert status.reason.startswith(reason)


def test_ctrl_c_during_discovery_goes_through_and_leaves_the_registry_usable(strangers):
    """Ctrl-C during discovery goes through and leaves the registry usable: the next question
    discovers anew.
    """
    source = f"{HEAD}def xetrack_sinks():\n    if not done: done.append(1); raise KeyboardInterrupt"
    strangers.add("slow", f"done = []\n{source}\n    return [{PART}]")
    registry = strangers.registry()
    with pytest.raises(KeyboardInterrupt):
        registry.components(PartKind.SINK)
    assert "part" == registry.component(PartKind.SINK, "part").name


def test_a_hook_of_a_later_xetrack_may_be_marked_optional(strangers):
    """So one release of a plugin serves two of xetrack."""
    source = "from xetrack.plugins import hookimpl\n@hookimpl(optionalhook=True)\n"
    strangers.add("modern", f"{source}def xetrack_dreams(): return []")
    [status] = [each for each in strangers.registry().statuses() if each.name == "modern"]
    assert ("ready", "") == (status.state, status.reason)


def test_a_plugin_that_asks_the_registry_while_imported_gets_what_is_built_in(strangers):
    """Discovery does not turn in a circle, and the plugin's own parts are found all the same."""
    source = (
        "from xetrack.interfaces.component import PartKind\n"
        "import asked_registry\n"
        "known = [part.name for part in asked_registry.it.components(PartKind.ENGINE)]\n"
        f"{HEAD}def xetrack_sinks(): return [{PART}]"
    )
    (strangers.folder / "asked_registry.py").write_text("it = None\n")
    strangers.add("curious", source)
    holder = importlib.import_module("asked_registry")
    holder.it = registry = strangers.registry()
    assert "part" == registry.component(PartKind.SINK, "part").name
    assert "sqlite" in sys.modules["xetrack_curious.plugin"].known


def test_a_broken_plugin_does_not_stop_what_is_built_in(strangers):
    """A built-in name is answered without a look at plugins: no warning, no import."""
    strangers.add("bad", "raise SystemExit")
    registry = strangers.registry()
    assert "sqlite" == registry.component(PartKind.ENGINE, "sqlite").name
    assert "sqlite" == registry.engine_for("results.db")
