"""`xt plugins --check` and `xt doctor` look at each plugin in a process of its own."""

from __future__ import annotations

import json
import os
import sys

import pytest

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
    """Run `xt` where a plugin of these sources is installed."""

    def install(plugin, parts=SINK):
        folder = tmp_path / "site"
        (folder / "xetrack_stray").mkdir(parents=True)
        for name, source in {"__init__": "", "plugin": plugin, "parts": parts}.items():
            (folder / "xetrack_stray" / f"{name}.py").write_text(source)
        info = folder / "xetrack_stray-2.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xetrack-stray\nVersion: 2.5\n")
        (info / "entry_points.txt").write_text("[xetrack.plugins]\nstray = xetrack_stray.plugin\n")
        path = os.pathsep.join([str(folder), *filter(None, sys.path)])
        return lambda *words: xt(*words, PYTHONPATH=path, PYTHONWARNINGS="")

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
    xt = stray(plugin, parts)
    done = xt("plugins", "--check", "--timeout", "2", "--json")
    listed = {(each["kind"], each["name"]): each for each in json.loads(done.out)}
    told = listed["plugin", "stray"]
    assert ("quarantined", reason) == (told["state"], told["reason"])
    assert {"ready", "built-in", "quarantined"} == {each["state"] for each in listed.values()}
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
