"""The pages of decisions name modules that exist."""

from __future__ import annotations

import re

import pytest

from tools.workspace import ROOT, files

PAGES = sorted((ROOT / "docs" / "design").glob("*.md"))
MODULES = {path.name for path in files("*.py")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_module_that_a_page_names_is_there(page):
    """A name that a move left behind would lead a reader nowhere."""
    assert set() == set(re.findall(r"`([a-z_]+\.py)`", page.read_text("utf-8"))) - MODULES


def test_every_page_is_in_the_index():
    """Every page is in the index so that a reader finds it."""
    index = (ROOT / "docs" / "design" / "index.md").read_text("utf-8")
    assert set() == {page.name for page in PAGES if f"({page.name})" not in index} - {"index.md"}
