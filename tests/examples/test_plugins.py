"""The five plugins beside all that is installed here; `make strangers` tests them in full."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib

import numpy as np
import pytest

from tests.engines import ROOT
from xetrack import Reader, Tracker
from xetrack.plugins.registry import registry
from xetrack_cli.__main__ import main

PLUGINS = sorted((ROOT / "examples" / "plugins").glob("xetrack-*"))
PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")
LIGHT = ("xetrack-otel", "xetrack-report")
"""Those whose tests take seconds, and need no server."""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """All of them, as far as entry points say."""
    for plugin in PLUGINS:
        project = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]
        about = tmp_path / "site" / f"{project['name'].replace('-', '_')}-0.1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Name: {project['name']}\nVersion: 0.1.0\n")
        points = project["entry-points"]["xetrack.plugins"].items()
        lines = ["[xetrack.plugins]", *(f"{name} = {module}" for name, module in points)]
        (about / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.syspath_prepend(str(plugin / "src"))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    registry().refresh()
    yield
    monkeypatch.undo()
    registry().refresh()


@pytest.mark.timeout(200)
@pytest.mark.parametrize("name", LIGHT)
def test_a_light_one_passes_the_kit(name):
    """As its author runs the tests, before it is installed."""
    options = "-q -p no:cacheprovider -p no:hydra_pytest".split()
    command = [sys.executable, "-m", "pytest", *options, "tests"]
    folder = ROOT / "examples" / "plugins" / name
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("lmdb", "map_size"),
        ("fsspec", "block_size"),
        ("redis", "prefix"),
        ("otel", "otel?endpoint="),
        ("report", "xt report"),
    ],
)
def test_xt_shows_the_options(name, shown, capsys):
    """And how to choose the part with them."""
    assert 0 == main(["plugins", "show", name])
    assert shown in capsys.readouterr().out


@pytest.mark.usefixtures("installed")
def test_rows_in_lmdb_and_objects_in_memory(tmp_path):
    """By the ending of a folder, and by a URL that the database remembers."""
    place = tmp_path / "runs.lmdb"
    with Tracker(place, asset_store="memory://here") as tracker:
        row = tracker.log({"loss": 0.5, "model": np.arange(1_000)})
    with Reader(place) as reader:
        assert [0.5] == [row["loss"] for row in reader.iter_rows()]
        assert [*range(1_000)] == reader.assets[row["model"]].tolist()


def test_they_import_public_modules_only():
    """Those that the page lists, with what lies below them, and those of xetrack-cache."""
    public = {*re.findall(r"^\| `(xetrack\.[\w.]+)` \|", PAGE, re.MULTILINE)}
    public |= {"xetrack_cache.signed", "xetrack_cache.keys"}
    for path in (path for plugin in PLUGINS for path in plugin.glob("src/*/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            name = node.module if isinstance(node, ast.ImportFrom) else ""
            if name.startswith(("xetrack.", "xetrack_cache")):
                parents = {name[: match.end()] for match in re.finditer(r"\w+", name)}
                assert parents & public, (path, name)


def test_the_page_says_how_many_lines_each_has():
    """Without blank lines, comments and docstrings."""
    told = dict(re.findall(r"\[`(xetrack-\w+)`\]\(\.\./examples/plugins/.*\| (\d+) \|", PAGE))
    counted = {
        plugin.name: str(sum(map(code_lines, plugin.glob("src/*/*.py")))) for plugin in PLUGINS
    }
    assert counted == told


def code_lines(path):
    """The number of lines that have code."""
    source = path.read_text()
    lines = set()
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent | {tokenize.ENDMARKER}:
            lines |= {*range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str):
            lines -= {*range(node.lineno, node.end_lineno + 1)}
    return len(lines)
