"""Adding a part of any kind is installing a distribution: no file of core is touched."""

from __future__ import annotations

import pytest

from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Engine
from xetrack.interfaces.probes import Probe
from xetrack.interfaces.sinks import Sink

PARTS = {
    "xetrack_sinks": (
        PartKind.SINK,
        Sink,
        (
            "from xetrack.interfaces.sinks import Sink\n"
            "class Part(Sink):\n    def emit(self, row, level): pass\n"
        ),
    ),
    "xetrack_probes": (
        PartKind.PROBE,
        Probe,
        (
            "from xetrack.interfaces.probes import Probe\n"
            "class Part(Probe):\n    def present(self): return {}\n    def start(self): ...\n"
        ),
    ),
}

ENGINE = "from xetrack.interfaces.engine import Engine\n\nclass Part(Engine):\n" + "".join(
    f"    def {name}(self, *args, **options): return 'from the stranger'\n"
    for name in sorted(Engine.__abstractmethods__)
)


def test_an_engine_of_a_plugin_is_found_by_name_scheme_and_suffix_and_loads(strangers):
    """The registry gives the class itself, and finds it by all three."""
    part = {"schemes": ("redis",), "suffixes": (".rdb",)}
    strangers.offer("redis", "xetrack_engines", part, parts=ENGINE)
    registry = strangers.registry()
    assert "redis" == registry.engine_for("redis://localhost/0")
    assert "redis" == registry.engine_for("/tmp/experiments.RDB")
    engine = registry.load(PartKind.ENGINE, "redis")
    assert issubclass(engine, Engine)
    assert "from the stranger" == engine.tables(None)


@pytest.mark.parametrize("hook", PARTS)
def test_a_sink_or_probe_of_a_plugin_is_found_and_loads(strangers, hook):
    """The registry lists it beside what is built in, and gives a class that can be made."""
    kind, interface, source = PARTS[hook]
    strangers.offer("extra", hook, {}, parts=source)
    registry = strangers.registry()
    assert "extra" in [part.name for part in registry.components(kind)]
    assert isinstance(registry.load(kind, "extra")({}), interface)


def test_a_command_of_a_plugin_is_found_and_runs(strangers):
    """A command is a function, and may belong to a group."""
    strangers.offer(
        "kafka",
        "xetrack_commands",
        {"name": "kafka replay"},
        parts="def Part(run: str) -> str:\n    return f'{run} replayed'\n",
    )
    command = strangers.registry().load(PartKind.COMMAND, "kafka replay")
    assert "r1 replayed" == command("r1")


def test_one_plugin_offers_parts_of_several_kinds(strangers):
    """Each hook is asked, and each list is taken as a whole."""
    source = (
        "from xetrack.plugins import Component, hookimpl\n"
        "def part(name): return Component(name=name, target='m:c', summary='')\n"
        "@hookimpl\ndef xetrack_caches(): return [part('one'), part('two')]\n"
        "@hookimpl\ndef xetrack_asset_stores(): return [part('three')]\n"
    )
    strangers.add("many", source)
    registry = strangers.registry()
    assert ["one", "two"] == [part.name for part in registry.components(PartKind.CACHE)]
    assert ["three"] == [part.name for part in registry.components(PartKind.ASSET_STORE)]


def test_an_entry_point_may_name_an_object_in_a_module(strangers):
    """Hooks may be methods, for plugins that need state."""
    source = (
        "from xetrack.plugins import Component, hookimpl\n"
        "class Plugin:\n"
        "    @hookimpl\n"
        "    def xetrack_sinks(self):\n"
        "        return [Component(name='made', target='m:c', summary='')]\n"
        "plugin = Plugin()\n"
    )
    strangers.add("object", source, value="xetrack_object.plugin : plugin")
    assert "made" == strangers.registry().component(PartKind.SINK, "made").name


def test_a_plugin_installed_while_the_process_runs_is_seen_after_a_refresh(strangers):
    """In a notebook, `pip install` needs no new kernel."""
    registry = strangers.registry()
    before = len(registry.components(PartKind.SINK))
    strangers.offer("late", "xetrack_sinks", {})
    assert before == len(registry.components(PartKind.SINK))
    registry.refresh()
    assert "late" == registry.component(PartKind.SINK, "late").name


def test_whoever_installs_a_plugin_finds_it_in_the_registry_of_the_process(strangers):
    """The shared registry looks through `sys.path`, as the import system does."""
    strangers.offer("shared", "xetrack_sinks", {})
    code = (
        "from xetrack.interfaces.component import PartKind\n"
        "from xetrack.plugins.registry import registry\n"
        "assert registry() is registry()\n"
        "print(registry().component(PartKind.SINK, 'shared').target)\n"
    )
    assert "xetrack_shared.parts:Part\n" == strangers.run(code).stdout
