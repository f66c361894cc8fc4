"""R19: a plugin that hangs while it is asked is left to itself, and the program goes on."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from contextvars import ContextVar

import pytest

from tests.core.plugins.conftest import answer
from xetrack.errors import InvalidArgumentError, PluginError, XetrackWarning
from xetrack.interfaces.component import PartKind
from xetrack.plugins.timeouts import Patience, _Helper
from xetrack_testing.processes import ended_well, forked, meanwhile

SHORT = 0.4
"""Seconds that the plugin `bad` has; all others have 30, so that none is late by chance."""

HANG = "import gates; gates.asked.append(__name__); assert gates.gate.wait(50)\n"
SINK = (
    "from xetrack.interfaces.sinks import Sink\nclass Part(Sink):\n    def emit(self, *_): pass\n"
)
OFFERED = "[Component(name='bad', target='xetrack_bad.parts:Part', summary='')]"
LATE = "did not end within 30 s; give it longer with XETRACK_PLUGIN_TIMEOUT=300"


@pytest.fixture
def gates(strangers, monkeypatch):
    """A gate that modules of strangers wait at; at the end it is opened, and their threads end."""
    source = "import threading\ngate, asked = threading.Event(), []\n"
    (strangers.folder / "gates.py").write_text(source)
    done = Patience._is_done

    def is_done(self, task, helper, seconds):
        return done(self, task, helper, SHORT if "xetrack_bad" in str(task._subject) else seconds)

    monkeypatch.setattr(Patience, "_is_done", is_done)
    gates = importlib.import_module("gates")
    yield gates
    opened(gates)


def opened(gates):
    """Open the gate, and wait for the threads that waited there."""
    gates.gate.set()
    for thread in helpers():
        thread.join(50)
        assert not thread.is_alive()


def helpers():
    return [each for each in threading.enumerate() if each.name == "xetrack-plugins"]


@pytest.fixture
def good(strangers):
    """Two plugins that work, one before and one after the bad one in the order of names."""
    strangers.offer("aaa", "xetrack_sinks", {}, parts=SINK)
    strangers.offer("zzz", "xetrack_sinks", {}, parts=SINK)
    return {"aaa", "zzz"}


def sinks(registry):
    return {part.name for part in registry.components(PartKind.SINK)}


def test_a_plugin_that_hangs_at_import_is_quarantined(strangers, good, gates, monkeypatch):
    """Threads that ask at once get the others; nobody waits for it twice; one is warned."""
    strangers.add("bad", HANG)
    registry = strangers.registry()
    asks = [lambda: good <= sinks(registry) or pytest.fail("the others are gone")] * 3
    reason = f"importing 'xetrack_bad.plugin' {LATE}"
    with pytest.warns(XetrackWarning) as seen, meanwhile(*asks):
        pass
    [warning] = [str(each.message) for each in seen]
    assert f"The plugin 'xetrack-bad' cannot be used: {reason}. " in warning
    assert "leave it out with: XETRACK_DISABLE_PLUGINS=xetrack-bad" in warning
    [status] = [each for each in registry.statuses() if each.distribution == "xetrack-bad"]
    assert ("quarantined", reason) == (status.state, status.reason)
    registry.refresh()
    monkeypatch.setenv("XETRACK_STRICT", "1")
    before = len(helpers())
    with pytest.raises(PluginError, match="did not end"):
        registry.components(PartKind.SINK)
    assert (1, before) == (len(gates.asked), len(helpers()))
    opened(gates)
    assert good <= sinks(registry), "it is asked again when its import has come to an end"


def test_a_hook_that_hangs_is_named(strangers, good, gates):
    """It is the step that is told, not only the plugin."""
    strangers.add("bad", answer("xetrack_sinks", "__import__('gates').gate.wait(50)"))
    registry = strangers.registry()
    [status] = [each for each in registry.statuses() if each.distribution == "xetrack-bad"]
    assert f"its hook 'xetrack_sinks' {LATE}" == status.reason


def test_a_target_that_hangs_is_an_error_where_it_is_used(strangers, good, gates):
    """At once the second time; and the part is there when its import ends after all."""
    strangers.add("bad", answer("xetrack_sinks", OFFERED), parts=HANG + SINK)
    registry = strangers.registry()
    for _ in range(2):
        with pytest.raises(PluginError, match="the sink 'bad' is refused: importing") as caught:
            registry.load(PartKind.SINK, "bad")
        assert caught.value.reason.endswith(f"importing 'xetrack_bad.parts' {LATE}")
    states = {each.name: each.state for each in registry.check() if each.name in {*good, "bad"}}
    assert {"aaa": "ready", "bad": "quarantined", "zzz": "ready"} == states
    assert ["xetrack_bad.parts"] == gates.asked
    opened(gates)
    assert "Part" == registry.load(PartKind.SINK, "bad").__name__


def test_one_thread_asks_all_plugins_and_ends(strangers, good, monkeypatch):
    """A part that was loaded before needs none."""
    begun, begin = [], _Helper.__init__
    monkeypatch.setattr(_Helper, "__init__", lambda self: (begin(self), begun.append(self))[0])
    registry = strangers.registry()
    assert good <= sinks(registry)
    assert (1, []) == (len(begun), helpers())
    found = [registry.load(PartKind.SINK, "aaa") for _ in range(3)]
    assert (2, []) == (len(begun), helpers())
    assert 1 == len({*found})
    registry.load(PartKind.ENGINE, "sqlite")
    assert 2 == len(begun)


def test_where_no_thread_can_begin_plugins_are_asked_without(strangers, good, monkeypatch):
    """At a limit of threads, or while the interpreter ends."""

    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert good <= sinks(strangers.registry())


def test_a_package_that_is_being_imported_may_have_a_plugin(strangers, gates):
    """Its lock is this thread's: in another one the import would wait for ever."""
    strangers.add("bad", "from xetrack_bad import early\n" + answer("xetrack_sinks", OFFERED))
    holder = strangers.folder / "asked_registry.py"
    holder.write_text("it = None\n")
    importlib.import_module("asked_registry").it = strangers.registry()
    (strangers.folder / "xetrack_bad" / "__init__.py").write_text(
        "import asked_registry\nfrom xetrack.interfaces.component import PartKind\nearly = 1\n"
        "names = [part.name for part in asked_registry.it.components(PartKind.SINK)]\n"
    )
    assert "bad" in importlib.import_module("xetrack_bad").names


def test_a_plugin_that_needs_what_is_being_imported_is_told_apart(strangers, gates):
    """Nobody can tell that beforehand; the reason names what went on."""
    strangers.add("bad", "import asking")
    (strangers.folder / "asking.py").write_text(
        "import gates\nfrom xetrack.plugins.registry import Registry\n"
        "found = [str(each.reason) for each in gates.registry.statuses() if each.name == 'bad']\n"
    )
    gates.registry = strangers.registry()
    [reason] = importlib.import_module("asking").found
    assert "within 30 s, while asking, which it may need, was being imported; give" in reason


def test_a_part_that_loads_parts_while_imported_needs_no_further_thread(strangers, gates):
    """The time of both is one; even a part that asks for itself gets an answer."""
    count = "import threading\nnames = [each.name for each in threading.enumerate()]\n"
    strangers.offer("aaa", "xetrack_sinks", {}, parts=SINK + count)
    source = (
        "import gates\nfrom xetrack.interfaces.component import PartKind\n"
        "from xetrack.errors import PluginError\n"
        "other = gates.registry.load(PartKind.SINK, 'aaa')\n"
        "try:\n    gates.registry.load(PartKind.SINK, 'bad')\n"
        f"except PluginError as error:\n    said = str(error)\n{SINK}"
    )
    strangers.add("bad", answer("xetrack_sinks", OFFERED), parts=source)
    gates.registry = strangers.registry()
    gates.registry.load(PartKind.SINK, "bad")
    assert "has no attribute 'Part'" in sys.modules["xetrack_bad.parts"].said
    assert 1 == sys.modules["xetrack_aaa.parts"].names.count("xetrack-plugins")


def test_what_is_set_where_it_is_asked_holds_for_the_plugin():
    """Variables of the context come along, and what is raised comes back."""
    variable = ContextVar("variable", default=0)
    variable.set(3)
    with Patience() as patience:
        assert 3 == patience.ask(lambda _: variable.get(), None, "any")
        with pytest.raises(KeyError, match="5"):
            patience.ask(lambda _: {}[5], None, "any")


@pytest.mark.skipif(os.name == "nt", reason="this system cannot send a thread a signal")
def test_ctrl_c_while_a_plugin_hangs_goes_through(strangers, good, gates, monkeypatch):
    """And the next question finds what came meanwhile."""
    strangers.add("slow", HANG)
    registry = strangers.registry()

    def interrupt():
        deadline = time.monotonic() + 50
        while not gates.asked and time.monotonic() < deadline:
            time.sleep(0.005)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    with meanwhile(interrupt), pytest.raises(KeyboardInterrupt):
        registry.components(PartKind.SINK)
    gates.gate.set()
    assert good <= sinks(registry)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::xetrack.XetrackWarning")
def test_a_fork_while_a_plugin_is_imported(strangers, good, gates):
    """The child inherits the lock of a thread that it does not have, and waits no longer."""
    strangers.add("bad", HANG)
    registry = strangers.registry()

    def child():
        assert good <= sinks(registry)

    with meanwhile(lambda: sinks(registry)):
        while not gates.asked:
            time.sleep(0.005)
        assert ended_well(forked(child)), "the child failed or hangs; see what it printed"


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan"])
def test_a_deadline_that_is_none_is_an_error(strangers, good, monkeypatch, value):
    """Where plugins are asked; what is built in needs no deadline."""
    monkeypatch.setenv("XETRACK_PLUGIN_TIMEOUT", value)
    registry = strangers.registry()
    assert registry.load(PartKind.ENGINE, "sqlite")
    with pytest.raises(InvalidArgumentError, match=rf"^XETRACK_PLUGIN_TIMEOUT='{value}' cannot"):
        registry.components(PartKind.SINK)


@pytest.mark.parametrize("value", ["", " 50 ", "inf"])
def test_a_deadline_may_be_any_number(strangers, good, monkeypatch, value):
    """Infinity is as long as it takes."""
    monkeypatch.setenv("XETRACK_PLUGIN_TIMEOUT", value)
    assert good <= sinks(strangers.registry())


def test_a_program_ends_beside_a_plugin_that_hangs(strangers, good):
    """With one warning, exit code 0, and within 2 s where nothing else is going on."""
    strangers.add("bad", "import threading; threading.Event().wait()")
    code = (
        "from xetrack.plugins.registry import registry\n"
        "from xetrack.interfaces.component import PartKind\n"
        "names = {part.name for part in registry().components(PartKind.SINK)}\n"
        "print(names >= {'aaa', 'zzz'}, flush=True)"
    )
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **environment, "XETRACK_PLUGIN_TIMEOUT": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert "True\n" == program.stdout.readline()
        began = time.monotonic()
        _, errors = program.communicate(timeout=50)
    assert time.monotonic() - began < 10
    assert 0 == program.returncode
    assert 1 == errors.count("XetrackWarning: The plugin 'xetrack-bad' cannot be used: importing")
