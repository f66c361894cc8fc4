"""The site is built without a warning, fetches nothing, and tells of all that is public."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest
from sphinx.util.inventory import InventoryFile

import xetrack
import xetrack.errors
import xetrack_testing
from tools.commands_page import commands
from tools.workspace import ROOT
from xetrack.interfaces import assets, cache, codecs, engine, probes, sinks
from xetrack.interfaces.engines import capabilities
from xetrack_cli.commands import OWN

FETCHED = re.compile(
    r"""(?:src|<link[^>]*href|action)=["'](?:https?:)?//|url\(["']?(?:https?:)?//"""
)
BUILD = "-m sphinx --quiet --fail-on-warning --fresh-env -b html -d".split()
INTERFACES = (assets, cache, codecs, engine, capabilities, probes, sinks)


def members(cls):
    """The public names of a class, but those that every exception has."""
    return {name for name in dir(cls) if not name.startswith("_")} - set(dir(Exception))


def public():
    """What a user or an author of plugins may look up."""
    for name in set(xetrack.__all__) - {"XetrackError", "XetrackWarning"}:
        yield f"xetrack.{name}"
    for name in members(xetrack.Tracker):
        yield f"xetrack.Tracker.{name}"
    for name in members(xetrack.Reader):
        yield f"xetrack.Reader.{name}"
    for name in xetrack.errors.__all__:
        yield f"xetrack.errors.{name}"
    for name in xetrack_testing.__all__:
        yield f"xetrack_testing.{name}"
    for module in INTERFACES:
        for name, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ == module.__name__:
                yield f"{module.__name__}.{name}"


# Under load it may take the minute that a test has.
@pytest.mark.timeout(240)
def test_the_site_is_whole(tmp_path):
    """Links lead to something, every name has an entry, every command a section."""
    site = tmp_path / "site"
    command = [sys.executable, *BUILD, tmp_path / "doctrees", ROOT / "docs", site]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)

    files = [path for path in site.rglob("*") if path.suffix in {".html", ".css"}]
    assert 20 < len(files)
    fetched = {path.name: FETCHED.findall(path.read_text("utf-8")) for path in files}
    assert [] == [name for name, addresses in fetched.items() if addresses]

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    known = {name for kind, names in inventory.items() if kind[:3] == "py:" for name in names}
    assert set() == set(public()) - known

    page = (site / "reference/cli.html").read_text("utf-8")
    assert [] == [name for name in OWN if f'id="xt-{name.replace(" ", "-")}"' not in page]


def test_a_command_is_told_of_by_its_own_words():
    """A command is described by its own docstring, arguments and options, also one of a plugin."""
    text = commands()
    assert "## xt plugins new\n" in text
    assert "xt top [OPTIONS] DB COLUMN" in text
    assert "xt stats top [OPTIONS] DB COLUMN" in text
    assert "Show the rows with the largest values of a column." in text
    assert "* `--json`: Print one JSON array." in text
    assert "## xt cache why\n" in text
