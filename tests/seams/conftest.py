"""A plugin whose parts can be made to fail, and what is done with it."""

from __future__ import annotations

import importlib
import sys

import pytest

from xetrack import Reader, Tracker
from xetrack.plugins.registry import registry

PLUGIN = """
from xetrack.plugins import Component, hookimpl

HERE = "tests.seams.parts"


@hookimpl
def xetrack_engines():
    engine = f"{HERE}:FaultyEngine"
    return [Component(name="faulty", target=engine, summary="", suffixes=(".faulty",))]


@hookimpl
def xetrack_asset_stores():
    return [
        Component(name="faulty", target=f"{HERE}:FaultyStore", summary=""),
        Component(name="apart", target=f"{HERE}:ApartStore", summary=""),
    ]


@hookimpl
def xetrack_caches():
    return [
        Component(name="faulty", target=f"{HERE}:FaultyCache", summary=""),
        Component(name="calls", target=f"{HERE}:CallsCache", summary=""),
    ]


@hookimpl
def xetrack_call_caches():
    return [Component(name="faulty", target=f"{HERE}:FaultyCalls", summary="")]


@hookimpl
def xetrack_codecs():
    return [Component(name="faulty", target=f"{HERE}:FaultyCodec", summary="")]


@hookimpl
def xetrack_frame_backends():
    return [Component(name="faulty", target=f"{HERE}:FaultyBackend", summary="")]
"""


@pytest.fixture(autouse=True, scope="module")
def plugin(tmp_path_factory):
    """Install the distribution ``xetrack-faulty`` 2.5 for the tests of a module."""
    folder = tmp_path_factory.mktemp("site-packages")
    (folder / "xetrack_faulty.py").write_text(PLUGIN)
    info = folder / "xetrack_faulty-2.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: xetrack-faulty\nVersion: 2.5\n\n")
    (info / "entry_points.txt").write_text("[xetrack.plugins]\nfaulty = xetrack_faulty\n")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    registry().refresh()
    yield
    sys.path.remove(str(folder))
    sys.modules.pop("xetrack_faulty", None)
    registry().refresh()


@pytest.fixture
def db(tmp_path):
    """Where the rows are."""
    return tmp_path / "runs.db"


@pytest.fixture
def rows(db):
    """What is stored, as somebody else reads it: the numbers that were logged."""

    def read():
        with Reader(db, engine="sqlite") as reader:
            return [row.get("n") for row in reader.iter_rows()]

    return read


@pytest.fixture
def tracker(db):
    """A tracker on the faulty engine, with two rows of the same keys."""
    with Tracker(db, engine="faulty", table="default") as tracker:
        for n in (0, 1):
            tracker.log({"n": n})
        yield tracker
