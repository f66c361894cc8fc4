"""The contracts of directions cover the whole core, and the list of public modules is true."""

from __future__ import annotations

import configparser
import re

import grimp
import pytest

from tools.workspace import ROOT

CORE = ROOT / "packages" / "xetrack-core" / "src" / "xetrack"
MODULES = {
    ".".join(path.relative_to(CORE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in CORE.rglob("*.py")
}


@pytest.fixture(scope="module")
def contracts():
    """The contracts of import-linter."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def test_every_folder_of_the_core_is_in_a_layer(contracts):
    """A new folder cannot escape the contract by not being named in it."""
    layers = set(re.split(r"[\s|]+", contracts["importlinter:contract:core"]["layers"].strip()))
    present = {".".join(name.split(".")[:2]) for name in MODULES} - {"xetrack"}
    assert layers == present


def test_a_module_is_public_in_the_docs_or_protected(contracts):
    """What a plugin may import is one list: the page says it, and the contract holds it."""
    section = contracts["importlinter:contract:private"]
    private = set(section["protected_modules"].split())
    page = (ROOT / "docs" / "plugins.md").read_text()
    table = page[page.index("| module | ") : page.index("A module that is not in this table")]
    public = set(re.findall(r"^\| `([\w.]+)`", table, re.MULTILINE)) - {"xetrack"}
    assert public <= MODULES
    assert private <= MODULES
    files = {name for name in MODULES if not any(m.startswith(f"{name}.") for m in MODULES)}
    for name in files:
        names = {name[: match.end()] for match in re.finditer(r"\w+", name)}
        assert len(names & (public | private)) == 1, name


SHARED = {
    "xetrack.assets.chunked_content",  # of asset stores, whose interface asks for compression
    "xetrack.assets.npy",  # of assets and of cached results, in distributions that stand apart
    "xetrack.assets.script_pickler",  # as the one before
    "xetrack.interfaces.engines.series.moments",  # of engines whose database calls no Python
}
"""Modules of the core that only plugins import, each of them two that do not know each other."""


BASES = {
    "xetrack.assets.blobs.store",  # of asset stores, of which the example extends it, too
}
"""Modules that are for strangers, as `interfaces` are."""


def test_the_core_has_nothing_for_one_plugin():
    """What the core itself does not need lies in the distribution that needs it."""
    plugins = sorted(path.name for path in ROOT.glob("packages/*/src/xetrack_*"))
    graph = grimp.build_graph("xetrack", *plugins, cache_dir=None)
    for name in MODULES - BASES - {"xetrack"}:
        importers = graph.find_modules_that_directly_import(name)
        own = [importer for importer in importers if importer.partition(".")[0] == "xetrack"]
        if importers and not own:
            assert name in SHARED
            assert len({importer.partition(".")[0] for importer in importers}) > 1
