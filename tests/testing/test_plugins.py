"""A broken plugin is caught by the test that is named for what it breaks."""

from __future__ import annotations

import sys

import pytest

from tests.testing.nested import outcomes
from xetrack_testing import PluginContract

METADATA = """Metadata-Version: 2.4
Name: {name}
Version: 1.0
Summary: A plugin.
License-Expression: MIT
Requires-Dist: {needs}
"""

PLUGIN = """
from xetrack.plugins import Component, hookimpl
{top}

@hookimpl
def {hook}():
    return [Component(name="thing", target="{package}.{target}:{part}", summary="{summary}")]
"""

PARTS = """
import sqlite3
from xetrack.interfaces.sinks import Sink

class Part(Sink):
    def emit(self, {parameters}): pass

def command(run{annotation}):
    {docstring}
"""

SOUND = {
    "name": "xetrack-thing",
    "package": "xetrack_thing",
    "needs": "xetrack-core>=1,<2",
    "hook": "xetrack_sinks",
    "summary": "A thing.",
    "top": "",
    "parameters": "row, level",
    "annotation": ": str",
    "docstring": '"""Run it."""',
    "target": "parts",
    "part": "Part",
    "typed": "py.typed",
    "group": "xetrack.plugins",
}

COMMAND = {"hook": "xetrack_commands", "part": "command"}

BROKEN = {
    "another group": ("test_it_announces_itself", {"group": "xetrack.plugin"}),
    "another package": ("test_its_names_are_those_of_a_plugin", {"package": "thing"}),
    "another name": ("test_its_names_are_those_of_a_plugin", {"name": "thing"}),
    "needs all": ("test_it_needs_the_core_and_not_everything", {"needs": "xetrack>=1,<2"}),
    "no ceiling": ("test_it_needs_the_core_and_not_everything", {"needs": "xetrack-core>=1"}),
    "only in an extra": (
        "test_it_needs_the_core_and_not_everything",
        {"needs": 'xetrack-core>=1,<2 ; extra == "all"'},
    ),
    "no types": ("test_it_is_installed_with_its_types_and_licence", {"typed": "other"}),
    "no such part": ("test_none_of_it_is_quarantined", {"part": "Missing"}),
    "hook misspelt": ("test_none_of_it_is_quarantined", {"hook": "xetrack_sink"}),
    "no part": ("test_it_offers_a_part", {"hook": "xetrack_sinks():\n    return []\ndef other"}),
    "long summary": ("test_summaries_fit_into_a_line", {"summary": "word " * 40 + "end"}),
    "no summary": ("test_summaries_fit_into_a_line", {"summary": ""}),
    "signature": ("test_signatures_are_those_of_the_interfaces", {"parameters": "row"}),
    "no types of arguments": (
        "test_commands_can_become_a_command_line",
        {**COMMAND, "annotation": ""},
    ),
    "no docstring": ("test_commands_can_become_a_command_line", {**COMMAND, "docstring": "pass"}),
    "imports a library": ("test_announcing_is_light", {"top": "import numpy"}),
    "imports its parts": ("test_announcing_is_light", {"top": "from xetrack_thing import parts"}),
    "a test left out": ("test_no_promise_is_replaced_without_a_reason", {}),
}


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a distribution made of such texts, as pip leaves it."""
    monkeypatch.syspath_prepend(tmp_path)
    before = {*sys.modules}

    def install(texts):
        package = tmp_path / texts["package"]
        package.mkdir()
        for file in ("__init__.py", texts["typed"]):
            (package / file).touch()
        (package / "plugin.py").write_text(PLUGIN.format(**texts))
        (package / "parts.py").write_text(PARTS.format(**texts))
        info = tmp_path / f"{texts['name'].replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(METADATA.format(**texts))
        (info / "entry_points.txt").write_text(
            f"[{texts['group']}]\nthing = {texts['package']}.plugin\n"
        )

    yield install
    for name in {*sys.modules} - before:
        if name.partition(".")[0] in {"xetrack_thing", "thing"}:
            del sys.modules[name]


def run(folder, test, texts, *body):
    """What becomes of one test of the kit, or of all."""
    inner = folder / f"inner_{folder.name}"
    inner.mkdir()
    imports = "from xetrack_testing import PluginContract"
    body = [f"distribution = {texts['name']!r}", *body]
    return outcomes(inner, test, "PluginContract", body, imports)


@pytest.mark.parametrize("texts", [SOUND, SOUND | COMMAND], ids=["sink", "command"])
def test_a_sound_plugin_passes(tmp_path, installed, texts):
    """All of the contract, so that what is caught below is caught for its fault."""
    installed(texts)
    for test in (name for name in dir(PluginContract) if name.startswith("test_")):
        (tmp_path / test).mkdir()
        found = run(tmp_path / test, test, texts)
        assert ({}, [test]) == (found.failed, found.passed)


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_plugin_is_caught(tmp_path, installed, fault):
    """A broken plugin is caught, by the test of the kit that is named beside it."""
    test, changes = BROKEN[fault]
    texts = SOUND | changes
    installed(texts)
    body = () if changes else ("test_it_offers_a_part = None",)
    assert [test] == [*run(tmp_path, test, texts, *body).failed]


def test_every_promise_has_a_plugin_that_breaks_it():
    """A test of the kit that cannot fail proves nothing."""
    promises = {name for name in dir(PluginContract) if name.startswith("test_")}
    assert promises == {test for test, _ in BROKEN.values()}
