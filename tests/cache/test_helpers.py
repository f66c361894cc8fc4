"""Edits of helpers, between two runs of a script and between two cells of a notebook."""

from __future__ import annotations

import os
import sys
from enum import Enum
from types import ModuleType

import pytest

from tests.preloaded import run_command
from xetrack.errors import XetrackWarning

SCRIPT = """
import sys
from enum import Enum
from functools import partial
from xetrack import Tracker
import package.steps as steps
from package.steps import LEVEL

tracker = Tracker(Tracker.IN_MEMORY, cache="cache", warnings=False)
SCALE = 2

def scale(x):
    return x * SCALE

def f(x):
    return scale(x) + steps.shift(x) + LEVEL

@tracker.wrap(cache_version="1")
def wrapped(x):
    return scale(x)

def show(call, why):
    print(call(3), tracker.latest["cache"] != "", why, sep="|")

if __name__ == "__main__":
    why = tracker.why_miss(f, [3])
    show(partial(tracker.track, f, cache_version=None), "")
    print(tracker.why_miss(f, [3]) if "again" in sys.argv else why)
    wrapped(3)
    print(tracker.latest["cache"] != "")
"""
SCRIPT = SCRIPT.replace("print(call(3)", "print(call(args=[3])")
STEPS = """
LEVEL = 10

def shift(x):
    return _inner(x)

def _inner(x):
    return x + 1
"""


@pytest.fixture
def run(tmp_path):
    """Write the script and its package, run it, and return what it printed."""

    def run(script=SCRIPT, steps=STEPS):
        package = tmp_path / "package"
        package.mkdir(exist_ok=True)
        (package / "steps.py").write_text(steps)
        (tmp_path / "script.py").write_text(script)
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # edits come within a second
        command = [sys.executable, tmp_path / "script.py"]
        done = run_command(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert (0, "") == (done.returncode, done.stderr)
        result, why, wrapped = done.stdout.splitlines()
        return result, why, wrapped

    return run


EDITS = [
    (("x * SCALE", "x * SCALE + 1"), (), "21|False|", "helper __main__.scale: code "),
    (("SCALE = 2", "SCALE = 3"), (), "23|False|", "helper __main__.SCALE: 3 instead of 2"),
    ((), ("x + 1", "x + 2"), "21|False|", "helper package.steps._inner: code "),
    ((), ("LEVEL = 10", "LEVEL = 20"), "30|False|", "helper __main__.LEVEL: 20 instead of 10"),
]


@pytest.mark.parametrize(("script", "steps", "result", "why"), EDITS)
def test_an_edited_helper_is_computed_again_and_named(run, script, steps, result, why):
    """With a version of its own, a function is found all the same."""
    assert ("20|False|", "No call of f is in the cache.", "False") == run()
    assert ("20|True|", "True") == run()[::2]
    edited = SCRIPT.replace(*script) if script else SCRIPT
    printed = run(edited, STEPS.replace(*steps) if steps else STEPS)
    assert (result, "True") == printed[::2]
    assert printed[1].startswith(f"The nearest call in the cache differs in {why}")
    assert ("20|True|", "True") == run()[::2]


def test_comments_moves_and_docstrings_are_no_edits(run):
    """Nor are functions that are not called."""
    run()
    steps = '"""A docstring."""\n# a comment\ndef other(): pass\n' + STEPS.replace(
        "    return _inner", '    """Another."""\n\n    return _inner'
    )
    assert ("20|True|", "True") == run(SCRIPT.replace("def scale", "\n\ndef scale"), steps)[::2]


@pytest.fixture
def cells():
    """Return a function that runs cells of a notebook, and its names."""
    module = sys.modules["notebook"] = ModuleType("notebook")

    def run(source):
        exec(compile(source, "<cell>", "exec"), vars(module))
        return module

    yield run
    del sys.modules["notebook"]


def test_a_cell_that_is_run_again_counts_at_once(cells, tracker):
    notebook = cells("def g(x): return x + 1\ndef f(x): return g(x)")
    assert [4, 4] == [tracker.track(notebook.f, args=[3]) for _ in range(2)]
    cells("def g(x): return x + 2")
    assert [5, 5] == [tracker.track(notebook.f, args=[3]) for _ in range(2)]
    cells("def g(x): return x + 1")
    assert 4 == tracker.track(notebook.f, args=[3])
    assert ["", tracker.track_id] * 2 + [tracker.track_id] == tracker["cache"].tolist()


def test_a_setting_that_changes_in_place_counts_at_once(cells, tracker):
    notebook = cells("C = {'a': [1]}\ndef f(): return sum(C['a'])")
    assert [1, 1] == [tracker.track(notebook.f) for _ in range(2)]
    cells("C['a'].append(2)")
    assert [3, 3] == [tracker.track(notebook.f) for _ in range(2)]


def test_a_limit_is_warned_of_once(cells, tracker):
    notebook = cells("T = [*range(20_000)]\ndef f(x): return T[x]")
    with pytest.warns(XetrackWarning, match="f reads notebook.T, which has more than") as warned:
        assert [1, 1, 2] == [tracker.track(notebook.f, args=[x]) for x in (1, 1, 2)]
    assert 1 == len(warned)


def test_what_cannot_be_looked_at_costs_a_warning(cells, tracker):
    """The function runs all the same."""
    source = "class M(type):\n    __module__ = property(lambda cls: 1 / 0)\n"
    notebook = cells(source + "class A(metaclass=M): pass\ndef f(x): return (x, A)[0]")
    with pytest.warns(XetrackWarning, match="f is not cached: .* refers to what cannot be looked"):
        assert 1 == tracker.track(notebook.f, args=[1])


def test_a_version_of_a_call_stands_for_its_code(cells, tracker):
    notebook = cells("def g(x): return x + 1\ndef f(x): return g(x)")

    def track(version):
        return tracker.track(notebook.f, args=[3], cache_version=version)

    assert [4, 4] == [track("1"), track("1")]
    cells("def g(x): return x + 2")
    assert [4, 5, 5] == [track("1"), track("2"), track(2)]
    versions = [Enum("V", {"LAST": version}, type=str).LAST for version in "12"]
    assert [4, 5] == [track(versions[0]), track(versions[1])], "a member stands for its value"
    assert tracker.why_miss(notebook.f, [3], cache_version="2").startswith("It is found")
    keys = [tracker.cache_key(notebook.f, [3], cache_version=version) for version in "112"]
    assert keys[0] == keys[1] != keys[2]
