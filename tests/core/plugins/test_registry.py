"""The registry under many threads, and how its answers are ordered."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

import xetrack.plugins
from xetrack.errors import PluginError, XetrackWarning
from xetrack.interfaces.component import PartKind
from xetrack.plugins import hookspecs, markers
from xetrack.plugins.loader import HOOKS
from xetrack.plugins.registry import Registry, registry


def test_threads_that_ask_at_once_get_one_answer_and_one_warning(strangers):
    """The description is the very same object for all."""
    strangers.offer("good", "xetrack_sinks", {})
    strangers.add("bad", "raise ValueError")
    found, barrier = strangers.registry(), threading.Barrier(8)

    def ask(_):
        barrier.wait()
        return found.component(PartKind.SINK, "good")

    with warnings.catch_warnings(record=True) as caught, ThreadPoolExecutor(8) as pool:
        warnings.simplefilter("always")
        answers = list(pool.map(ask, range(8)))
    assert 1 == len({id(answer) for answer in answers})
    assert [XetrackWarning] == [each.category for each in caught]


def test_statuses_are_ordered_by_kind_and_name(strangers):
    """Plugins as a whole come last."""
    strangers.offer("b", "xetrack_probes", {})
    strangers.offer("z", "xetrack_engines", {"summary": "Two\n  lines."})
    strangers.add("idle", "")
    listed = [
        (each.kind, each.name, each.state, each.summary)
        for each in strangers.registry().statuses()
        if each.state != "built-in"
    ]
    assert [
        ("engine", "z", "ready", "Two lines."),
        ("probe", "b", "ready", "A part."),
        ("plugin", "idle", "ready", "offers no part"),
    ] == listed


def test_what_is_built_in_says_so(strangers):
    """SQLite comes through the same hook as anybody's engine."""
    [status] = [each for each in strangers.registry().statuses() if each.name == "sqlite"]
    assert ("engine", "xetrack-core", "built-in", "") == (
        status.kind,
        status.distribution,
        status.state,
        status.reason,
    )
    assert status.summary


def test_a_core_that_is_broken_is_an_error(strangers):
    """There is nothing to go on with, so it is not quarantined."""
    (strangers.folder / "broken_core.py").write_text("raise ValueError('oops')")
    with pytest.raises(PluginError, match=r"'xetrack-core' cannot be used.*ValueError: oops"):
        Registry("broken_core", []).components(PartKind.ENGINE)


def test_all_share_one_registry():
    """All share one registry, and a test may have one of its own."""
    assert registry() is registry()
    assert registry() is not Registry()


def test_the_front_lists_what_it_has():
    """Sorted, and nothing else is public."""
    assert sorted(xetrack.plugins.__all__) == xetrack.plugins.__all__
    assert all(hasattr(xetrack.plugins, name) for name in xetrack.plugins.__all__)


@pytest.mark.parametrize("kind", PartKind)
def test_each_kind_has_a_hook_with_a_page(kind):
    """A stranger finds what is asked, when, what to extend, and an example."""
    [name] = [hook for hook, offered in HOOKS.items() if offered is kind]
    hook = getattr(hookspecs, name)
    assert hasattr(hook, f"{markers.PROJECT}_spec")
    assert [] == hook()
    for words in ("Called when", "xetrack.interfaces.", "Examples", f"def {name}()", "Component("):
        assert words in hook.__doc__
