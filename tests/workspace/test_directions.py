"""The table of directions covers everything, and the contract that holds it notices a breach."""

from __future__ import annotations

import pytest
from grimp import ImportGraph

from tools.directions import Only
from tools.workspace import ROOT, distributions


def test_every_module_of_core_has_a_row():
    """A new module cannot escape the table by not being named in it."""
    rows = distributions()[0].data["tool"]["importlinter"]["contracts"]
    named = {module for row in rows if row["type"] == "only" for module in row["modules"]}
    source = ROOT / "packages" / "xetrack-core" / "src" / "xetrack"
    present = {
        f"xetrack.{path.stem}"
        for path in source.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert present - {"xetrack.__init__"} <= named


@pytest.mark.parametrize(
    ("imported", "kept"),
    [
        ("json", True),
        ("a.part.inner", True),
        ("a.below", True),
        ("a.below.inner", True),
        ("other", True),
        ("a.above", False),
        ("a.belowish", False),
        ("a", False),
        ("other.inner", False),
        ("third", False),
    ],
)
def test_a_row_allows_what_it_lists_and_nothing_else(imported, kept):
    """A listed module stands for all beneath it, but a top-level one for its front alone."""
    graph = ImportGraph()
    for module in ("a.part", "a.part.inner", imported):
        graph.add_module(module)
    graph.add_import(
        importer="a.part", imported=imported, line_number=1, line_contents=f"import {imported}"
    )
    options = {"modules": ["a.part"], "may_import": ["a.below", "other"]}
    row = Only(name="row", session_options={}, contract_options=options)
    assert kept == row.check(graph, verbose=False).kept
