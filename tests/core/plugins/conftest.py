"""Plugins of strangers, made and thrown away by each test."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from xetrack.plugins.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = (
    "XETRACK_DISABLE_PLUGINS",
    "XETRACK_PLUGIN_AUTOLOAD",
    "XETRACK_PLUGIN_TIMEOUT",
    "XETRACK_STRICT",
)


class Strangers:
    """A folder on `sys.path` with distributions in it, as pip leaves them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, plugin: str, **options: str) -> None:
        """Install `xetrack-NAME`, whose entry point NAME leads to a module with this source.

        Options: `entry` and `value` for the entry point, `version`, `metadata`; every other
        one is the source of a further module of the package.
        """
        package = f"xetrack_{name.replace('-', '_')}"
        entry, version = options.pop("entry", name), options.pop("version", "1.0")
        value = options.pop("value", f"{package}.plugin")
        metadata = options.pop("metadata", f"Name: xetrack-{name}\nVersion: {version}\n\nText.\n")
        # A package of this name may be installed, and another test may have imported it.
        for loaded in [one for one in sys.modules if one.partition(".")[0] == package]:
            del sys.modules[loaded]
        home = self.folder / package
        home.mkdir()
        home.joinpath("__init__.py").touch()
        for module, source in {"plugin": plugin, **options}.items():
            home.joinpath(f"{module}.py").write_text(source)
        info = self.folder / f"{package}-{version}.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(metadata)
        info.joinpath("entry_points.txt").write_text(
            f"[console_scripts]\nx = x:x\n\n[xetrack.plugins]\n{entry} = {value}\n"
        )
        importlib.invalidate_caches()

    def offer(self, name: str, hook: str, part: dict[str, object], **options: str) -> None:
        """Install a plugin that offers one part; module `parts` is where its target is."""
        package = f"xetrack_{name.replace('-', '_')}"
        described = {"name": name, "target": f"{package}.parts:Part", "summary": "A part.", **part}
        self.add(name, answer(hook, f"[Component(**{described!r})]"), **options)

    def registry(self) -> Registry:
        """A fresh registry that sees only these distributions, whatever else is installed."""
        return Registry(path=[str(self.folder)])

    def run(self, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run code in an interpreter that has these distributions on its path."""
        path = os.pathsep.join([str(self.folder), *filter(None, sys.path)])
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": path, **environment},
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )


def answer(hook: str, result: str) -> str:
    """The source of a plugin whose hook returns what an expression gives."""
    return (
        "from xetrack.plugins import Component, hookimpl\n\n"
        f"@hookimpl\ndef {hook}():\n    return {result}\n"
    )


@pytest.fixture(autouse=True)
def no_switches(monkeypatch):
    """Start without the variables that are about plugins."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def strangers(tmp_path, monkeypatch):
    """A place for throw-away plugins, whose modules are forgotten afterwards."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    before = dict(sys.modules)
    yield Strangers(folder)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(folder)):
            del sys.modules[name]
    # Those that `add` took out are there again.
    sys.modules.update({name: one for name, one in before.items() if name not in sys.modules})
