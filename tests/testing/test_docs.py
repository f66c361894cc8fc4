"""The page on plugins names every hook, interface and contract, and its code runs."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

import xetrack_testing
from tests.run_page import blocks
from tools.workspace import ROOT
from xetrack.interfaces import assets, cache, engine, probes, sinks
from xetrack.interfaces.component import Component, PartKind
from xetrack.plugins.loader import HOOKS
from xetrack.plugins.registry import registry

PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")
CODE = [block.code for block in blocks(PAGE, "python")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_told_of(hook):
    """By its name, in the table."""
    assert f"| `{hook}` |" in PAGE


@pytest.mark.parametrize("module", [assets, cache, engine, probes, sinks])
def test_every_interface_is_told_of(module):
    """The page names each abstract class that a part extends.

    Of engines, sinks and probes each method.
    """
    for name, one in inspect.getmembers(module, inspect.isabstract):
        if one.__module__ != module.__name__:
            continue
        assert name in PAGE
        if module in {engine, sinks, probes}:
            for method in one.__abstractmethods__:
                assert f"`{method}`" in PAGE, (name, method)


@pytest.mark.parametrize("name", xetrack_testing.__all__)
def test_everything_in_the_kit_is_told_of(name):
    """The page names everything in the kit."""
    assert f"`{name}" in PAGE


def test_every_built_in_part_is_told_of():
    """Every built-in part is in the table of first-party parts."""
    (row,) = re.findall(r"^\| `xetrack-core` \| (.*) \|$", PAGE, re.MULTILINE)
    kinds = (PartKind.ENGINE, PartKind.SINK, PartKind.PROBE, PartKind.FRAME_BACKEND)
    built_in = {
        status.name
        for status in registry().statuses()
        if status.state == "built-in" and status.kind in kinds
    }
    assert built_in == set(re.findall(r"`(\w+)`", row))


@pytest.mark.parametrize("code", CODE, ids=range(len(CODE)))
def test_the_code_runs(code):
    """As it stands there: it defines what it shows, and its hooks answer as hooks do."""
    shown = {"__name__": "shown"}
    exec(compile(code, "docs/plugins.md", "exec"), shown)
    defined = {one.name for one in ast.parse(code).body if hasattr(one, "name")}
    assert defined
    assert defined <= shown.keys()
    for hook in defined & set(HOOKS):
        (component,) = shown[hook]()
        assert isinstance(component, Component)
