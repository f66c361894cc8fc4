"""The site is built without a warning, fetches nothing, and tells of all that is public."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

import xetrack
import xetrack.errors
import xetrack_testing
from tools.commands_page import commands
from tools.workspace import ROOT, distributions
from tools.written_pages import REPOSITORY
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


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site, built without a warning."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, *BUILD, folder / "doctrees", ROOT / "docs", folder / "html"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    return folder / "html"


# Under load it may take the minute that a test has.
pytestmark = pytest.mark.timeout(240)


def test_the_site_is_whole(site):
    """Links lead to something, every name has an entry, every command a section."""
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".css"}]
    assert 20 < len(files)
    fetched = {path.name: FETCHED.findall(path.read_text("utf-8")) for path in files}
    assert [] == [name for name, addresses in fetched.items() if addresses]

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    known = {name for kind, names in inventory.items() if kind[:3] == "py:" for name in names}
    assert set() == set(public()) - known

    page = (site / "reference/cli.html").read_text("utf-8")
    assert [] == [name for name in OWN if f'id="xt-{name.replace(" ", "-")}"' not in page]


@pytest.mark.skipif(not shutil.which("node"), reason="the search is JavaScript: it needs node")
def test_the_search_finds_how_tos_first(site):
    """Each of these is on many pages; names that only authors of plugins need come later."""
    queries = ["cache", "duckdb", "compare", "asset", "logs", "engine", "install"]
    search = Path(__file__).with_name("search.js")
    command = ["node", search, site, *queries]
    answers = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for query, answer in zip(queries, answers.splitlines(), strict=True):
        pages = json.loads(answer)
        assert re.match(r"howto/|tutorial|install|overview", pages[0]), (query, pages[:5])
        later = re.compile("design/|plugins|reference/(interfaces|testing)")
        places = [number for number, page in enumerate(pages) if later.match(page)]
        assert min(places, default=9) > 3, (query, pages[:5])


def test_the_site_has_buttons_and_a_link_to_the_repository(site):
    """Code can be copied; each page can be seen where it is written; written pages are whole."""
    page = (site / "tutorial.html").read_text("utf-8")
    assert "_static/copybutton.js" in page
    assert f'href="{REPOSITORY}/blob/HEAD/docs/tutorial.md?plain=true"' in page
    examples = (site / "examples.html").read_text("utf-8")
    for path in (ROOT / "examples").glob("[0-9]*.py"):
        assert f"<h2>{path.name}<a" in examples
    changelog = (site / "changelog.html").read_text("utf-8")
    fragments = [*(ROOT / "changelog.d").glob("*.added.md")]
    assert changelog.count("<li><p>") >= len(fragments)


def test_the_page_about_installing_has_every_extra():
    """A new extra needs a line there, with what it weighs."""
    text = (ROOT / "docs/install.md").read_text("utf-8")
    rows = re.findall(r"^\| (`.*?) \|.*\| \d+ \| \d+ \|$", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert {*distributions()[0].data["project"]["optional-dependencies"]} == named


def test_a_command_is_told_of_by_its_own_words():
    """A command is described by its own docstring, arguments and options, also one of a plugin."""
    text = commands()
    assert "## xt plugins new\n" in text
    assert "xt top [OPTIONS] DB COLUMN" in text
    assert "xt stats top [OPTIONS] DB COLUMN" in text
    assert "Show the rows with the largest values of a column." in text
    assert "* `--json`: Print one JSON array." in text
    assert "## xt cache why\n" in text
