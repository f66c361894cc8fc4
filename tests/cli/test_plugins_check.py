"""`xt plugins --check` and `xt doctor` look at each plugin in a process of its own."""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests.cli.conftest import ALONE

HOOK = """
from xetrack.plugins import Component, hookimpl

@hookimpl
def xetrack_sinks():
    {before}
    return [Component(name="stray", target="xetrack_stray.parts:Part", summary="A sink.")]
"""
SINK = (
    "from xetrack.interfaces.sinks import Sink\nclass Part(Sink):\n    def emit(self, *_): pass\n"
)
HANG = "__import__('threading').Event().wait()"


@pytest.fixture
def stray(tmp_path, xt):
    """Run `xt` where a plugin of these sources is installed, beside no other or all of ours."""

    def install(plugin, parts=SINK, others=ALONE):
        folder = tmp_path / "site"
        (folder / "xetrack_stray").mkdir(parents=True)
        for name, source in {"__init__": "", "plugin": plugin, "parts": parts}.items():
            (folder / "xetrack_stray" / f"{name}.py").write_text(source)
        info = folder / "xetrack_stray-2.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xetrack-stray\nVersion: 2.5\n")
        (info / "entry_points.txt").write_text("[xetrack.plugins]\nstray = xetrack_stray.plugin\n")
        path = os.pathsep.join([str(folder), *filter(None, sys.path)])
        return lambda *words: xt(*words, PYTHONPATH=path, PYTHONWARNINGS="", **others)

    return install


@pytest.mark.parametrize(
    ("plugin", "parts", "reason"),
    [
        (HANG, SINK, "asking what it offers did not end within 2 s"),
        (HOOK.format(before=HANG), SINK, "asking what it offers did not end within 2 s"),
        (HOOK.format(before=""), HANG, "importing the sink 'stray' did not end within 2 s"),
        (
            HOOK.format(before=""),
            "__import__('os')._exit(3)",
            "importing the sink 'stray' ended the process with exit code 3",
        ),
    ],
    ids=["import", "hook", "target", "exit"],
)
def test_a_plugin_that_hangs_or_ends_the_process_is_named(stray, plugin, parts, reason):
    """All others are listed as they are, and none of this process is harmed."""
    hangs = "2 s" in reason  # then no other is there, which would have as little time
    xt = stray(plugin, parts, others=ALONE if hangs else {})
    done = xt("plugins", "--check", "--timeout", "2" if hangs else "30", "--json")
    listed = {(each["kind"], each["name"]): each for each in json.loads(done.out)}
    told = listed["plugin", "stray"]
    assert ("quarantined", reason) == (told["state"], told["reason"])
    others = "disabled" if hangs else "ready"
    assert {others, "built-in", "quarantined"} == {each["state"] for each in listed.values()}
    assert 1 == done.code
    assert "Error: Cannot be used: plugin 'stray'." in done.err


def test_a_part_that_is_refused_is_named_whatever_it_prints_and_leaves_behind(stray):
    """What it prints is no answer, and a thread of its that never ends keeps nobody."""
    noise = (
        "print('{}')\nimport threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    )
    done = stray(HOOK.format(before=""), noise + "class Part: pass\n")(
        "plugins", "--check", "--json"
    )
    [told] = [each for each in json.loads(done.out) if each["name"] == "stray"]
    assert ("sink", "quarantined") == (told["kind"], told["state"])
    assert "does not extend" in told["reason"]
    assert 1 == done.code


def test_a_part_of_ours_whose_extra_is_missing_is_incomplete_and_no_failure(tmp_path, xt):
    """The message says what to install; whoever wants none of it has nothing to mend."""
    missing = "raise ModuleNotFoundError('No module named diskcache', name='diskcache')"
    (tmp_path / "diskcache.py").write_text(missing)
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = xt("plugins", "--check", "--json", PYTHONPATH=path)
    assert (0, "") == (done.code, done.err)
    told = {each["state"]: each for each in json.loads(done.out)}["incomplete"]
    reason = (
        "the module 'diskcache', which it needs, is missing; type: pip install 'xetrack[cache]'"
    )
    assert ("cache", "diskcache", reason) == (told["kind"], told["name"], told["reason"])
    checks = {
        each["check"]: each for each in json.loads(xt("doctor", "--json", PYTHONPATH=path).out)
    }
    note = "not in full: cache diskcache. What to install: xt plugins --check"
    assert ("note", note) == (checks["plugins"]["state"], checks["plugins"]["found"])


ARGUMENTS = {
    "run_hook": (
        (
            "from xetrack.interfaces.runs.hooks import RunHooks\n"
            "class Part(RunHooks):\n    def failed(self, run, exception): pass\n"
        ),
        "its class Part takes what no run hook is given: failed(exception)",
    ),
    "row_filter": (
        (
            "from xetrack.interfaces.rows.filters import RowFilter\n"
            "class Part(RowFilter):\n    def filter(self, row, params): pass\n"
        ),
        (
            "its method Part.filter(self, row, params) cannot be called with a row alone "
            "(missing a required argument: 'params')"
        ),
    ),
}


@pytest.mark.parametrize("kind", ARGUMENTS)
def test_arguments_that_there_are_not_are_told(stray, kind):
    """Else the tracker that uses the part would be the first to say so, or its first row."""
    part, reason = ARGUMENTS[kind]
    plugin = HOOK.format(before="").replace("xetrack_sinks", f"xetrack_{kind}s")
    done = stray(plugin, part)("plugins", "--check", "--json")
    [told] = [each for each in json.loads(done.out) if each["name"] == "stray"]
    assert ("quarantined", reason) == (told["state"], told["reason"])
    assert 1 == done.code


def test_the_doctor_tells_of_a_plugin_that_cannot_be_used(stray):
    """The doctor reports a plugin that cannot be used, and where more is to be seen."""
    done = stray("__import__('os')._exit(3)")("doctor")
    assert 1 == done.code
    assert "cannot be used: plugin stray. See why with: xt plugins --check" in done.out


def test_a_time_that_is_none_is_a_usage_error(xt):
    """Nothing is looked at."""
    done = xt("plugins", "--check", "--timeout", "0")
    assert (2, "") == (done.code, done.out)
    assert "--timeout" in done.err
