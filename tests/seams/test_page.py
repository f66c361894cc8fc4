"""The page shows the table that the tests go through, and the table has every method."""

from __future__ import annotations

from pathlib import Path

from tests.seams.table import GETS, SEAMS, rendered
from xetrack.interfaces.assets import AssetStore
from xetrack.interfaces.cache import Cache, CallCache
from xetrack.interfaces.codecs import Codec
from xetrack.interfaces.engine import Engine, Inserter
from xetrack.interfaces.frames import FrameBackend

PAGE = Path(__file__).parents[2] / "docs" / "seams.md"
INTERFACES = {
    "engine": (Engine, Inserter),
    "asset store": (AssetStore,),
    "cache": (Cache,),
    "call cache": (CallCache,),
    "codec": (Codec,),
    "frame backend": (FrameBackend,),
}
NEVER_CALLED = {
    ("engine", "owns"),  # it never raises; one that does is as if it owned nothing
    ("engine", "before_fork"),  # forks catch what it raises
    ("engine", "write"),  # reached by `append` and `write_columns`
    ("engine", "after_write"),  # only within another write
    ("engine", "change_token"),  # only a page that is looked at asks: tests/ui/test_trouble.py
    ("asset store", "dereference"),  # shown with the deletion of runs
}


def test_the_page_shows_the_table():
    """To make it anew: ``python -m tests.seams.table``."""
    assert rendered() in PAGE.read_text("utf-8")


def test_every_method_of_every_interface_is_in_the_table():
    """A new one has to say what a user gets when it fails."""
    known = {(seam.part.partition(",")[0], seam.method) for seam in SEAMS} | NEVER_CALLED
    for part, interfaces in INTERFACES.items():
        for interface in interfaces:
            methods = {name for name, each in vars(interface).items() if callable(each)}
            methods = {name for name in methods if not name.startswith("_")}
            assert {(part, name) for name in methods} <= known, part


def test_every_outcome_is_met():
    """No line of the legend is about nothing."""
    assert {seam.gets for seam in SEAMS} == set(GETS)
