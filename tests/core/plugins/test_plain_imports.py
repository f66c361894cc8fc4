"""Plugins are imported plainly: on the thread that asks, with its context, and when it asks."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import time
from contextvars import ContextVar

import pytest

from tests.core.plugins.conftest import answer
from xetrack.interfaces.component import PartKind
from xetrack_testing.processes import ended_well, forked, meanwhile

SINK = (
    "from xetrack.interfaces.sinks import Sink\nclass Part(Sink):\n    def emit(self, *_): pass\n"
)
OFFERED = "[Component(name='bad', target='xetrack_bad.parts:Part', summary='')]"


@pytest.fixture
def shared(strangers):
    """A module through which tests and strangers' modules tell each other something."""
    (strangers.folder / "shared.py").write_text("")
    return importlib.import_module("shared")


@pytest.fixture
def good(strangers):
    """Two plugins that work, one before and one after the bad one in the order of names."""
    strangers.offer("aaa", "xetrack_sinks", {}, parts=SINK)
    strangers.offer("zzz", "xetrack_sinks", {}, parts=SINK)
    return {"aaa", "zzz"}


def sinks(registry):
    return {part.name for part in registry.components(PartKind.SINK)}


def test_a_plugin_may_set_the_handler_of_a_signal_at_import(strangers, good):
    """Which Python allows on the main thread only."""
    before = signal.getsignal(signal.SIGUSR1)
    source = "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
    strangers.add("bad", source + answer("xetrack_sinks", OFFERED), parts=source + SINK)
    registry = strangers.registry()
    try:
        assert good | {"bad"} <= sinks(registry)
        assert "Part" == registry.load(PartKind.SINK, "bad").__name__
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_what_a_plugin_makes_at_import_belongs_to_the_thread_that_asked(strangers, shared):
    """A connection of sqlite3 refuses every other thread."""
    source = "import sqlite3, shared\nshared.connection = sqlite3.connect(':memory:')\n"
    strangers.add("bad", source + answer("xetrack_sinks", OFFERED), parts=SINK)
    assert "bad" in sinks(strangers.registry())
    assert (1,) == shared.connection.execute("SELECT 1").fetchone()
    shared.connection.close()


def test_variables_of_the_context_hold_for_the_plugin(strangers, shared):
    """Filters of warnings may be among them."""
    shared.variable = ContextVar("variable", default=0)
    shared.variable.set(3)
    source = "import shared\nshared.seen = shared.variable.get()\n"
    strangers.add("bad", source + answer("xetrack_sinks", OFFERED), parts=SINK)
    assert "bad" in sinks(strangers.registry())
    assert 3 == shared.seen


def test_no_thread_is_begun(strangers, good, monkeypatch):
    """Plugins are found at a limit of threads too, and while the interpreter ends."""

    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    registry = strangers.registry()
    assert good <= sinks(registry)
    assert "Part" == registry.load(PartKind.SINK, "aaa").__name__


def test_a_package_that_is_being_imported_may_have_a_plugin(strangers, shared):
    """What is there of it already is what its plugin can use."""
    strangers.add("bad", "from xetrack_bad import early\n" + answer("xetrack_sinks", OFFERED))
    shared.registry = strangers.registry()
    (strangers.folder / "xetrack_bad" / "__init__.py").write_text(
        "import shared\nfrom xetrack.interfaces.component import PartKind\nearly = 1\n"
        "names = [part.name for part in shared.registry.components(PartKind.SINK)]\n"
    )
    assert "bad" in importlib.import_module("xetrack_bad").names


def test_a_plugin_that_asks_for_parts_at_import_sees_the_built_in_ones(strangers, good, shared):
    """What it offers itself is not known yet, and nothing goes round in circles."""
    source = (
        "import shared\nfrom xetrack.interfaces.component import PartKind\n"
        "shared.names = {part.name for part in shared.registry.components(PartKind.SINK)}\n"
    )
    strangers.add("bad", source + answer("xetrack_sinks", OFFERED))
    shared.registry = strangers.registry()
    assert good | {"bad"} <= sinks(shared.registry)
    assert "jsonl" in shared.names
    assert not good & shared.names


def test_a_part_may_load_parts_while_it_is_imported(strangers, shared):
    """Even one that asks for itself gets an answer."""
    strangers.offer("aaa", "xetrack_sinks", {}, parts=SINK)
    source = (
        "import shared\nfrom xetrack.interfaces.component import PartKind\n"
        "from xetrack.errors import PluginError\n"
        "other = shared.registry.load(PartKind.SINK, 'aaa')\n"
        "try:\n    shared.registry.load(PartKind.SINK, 'bad')\n"
        f"except PluginError as error:\n    said = str(error)\n{SINK}"
    )
    strangers.add("bad", answer("xetrack_sinks", OFFERED), parts=source)
    shared.registry = strangers.registry()
    shared.registry.load(PartKind.SINK, "bad")
    assert "has no attribute 'Part'" in sys.modules["xetrack_bad.parts"].said


@pytest.mark.skipif(os.name == "nt", reason="this system cannot send a thread a signal")
def test_ctrl_c_ends_the_wait_for_a_plugin_that_hangs(strangers, good, shared):
    """It says what went on, and the next question finds what is there by then."""
    shared.gate, shared.asked = threading.Event(), []
    strangers.add("slow", "import shared; shared.asked.append(1); shared.gate.wait(50)\n")
    registry = strangers.registry()

    def interrupt():
        deadline = time.monotonic() + 50
        while not shared.asked and time.monotonic() < deadline:
            time.sleep(0.005)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    with meanwhile(interrupt), pytest.raises(KeyboardInterrupt) as caught:
        registry.components(PartKind.SINK)
    [note] = caught.value.__notes__
    assert "while xetrack was importing 'xetrack_slow.plugin'" in note
    assert "xt plugins --check" in note
    shared.gate.set()
    assert good <= sinks(registry)


def test_threads_that_ask_at_once_get_the_same_parts(strangers, good, shared):
    """The first result stands for all of them, and a broken plugin is warned of once."""
    strangers.add("bad", "import time; time.sleep(0.2); 1 / 0")
    registry = strangers.registry()
    seen = []
    with pytest.warns() as warned, meanwhile(*[lambda: seen.append(sinks(registry))] * 3):
        pass
    assert 1 == len({frozenset(names) for names in seen})
    assert good <= seen[0]
    assert 1 == len(warned)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_while_another_thread_imports_a_plugin(strangers, good, shared):
    """No lock of ours is held meanwhile, so the child asks for what is not being imported."""
    shared.gate, shared.asked = threading.Event(), []
    strangers.add("slow", "import shared; shared.asked.append(1); shared.gate.wait(50)\n")
    registry = strangers.registry()

    def child():
        assert "Sink" in registry.load(PartKind.SINK, "jsonl").__mro__[-3].__name__

    with meanwhile(lambda: sinks(registry)):
        while not shared.asked:
            time.sleep(0.005)
        ended = ended_well(forked(child))
        shared.gate.set()
    assert ended, "the child failed or hangs; see what it printed"
