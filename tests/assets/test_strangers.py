"""Codecs and stores of strangers, found by the same hooks."""

from __future__ import annotations

import warnings
from array import array
from contextlib import contextmanager

import numpy as np
import pytest

from xetrack import Tracker, XetrackWarning
from xetrack.errors import UnknownComponentError
from xetrack.interfaces.assets import AssetInfo, AssetStore
from xetrack.interfaces.codecs import Codec
from xetrack.plugins.registry import registry

MODULE = """
from array import array
from xetrack.interfaces.codecs import CannotEncodeError, Codec

class ArrayCodec(Codec):
    def takes(self, value):
        return type(value) is array

    def encode(self, value):
        if value.typecode != "d":
            raise CannotEncodeError
        return [repr(value[0]).encode(), b" ", repr(value[1]).encode()]

    def decode(self, content, version):
        return array("d", map(float, content.split()))
"""

PLUGIN = """
from xetrack.plugins import Component, hookimpl

@hookimpl
def xetrack_codecs():
    return [
        Component(name="pairs", target="stranger_codec:ArrayCodec", summary="Two numbers."),
        Component(name="broken", target="stranger_codec:Nothing", summary="Cannot be imported."),
    ]

@hookimpl
def xetrack_asset_stores():
    return [Component(name="bucket", target="stranger_store:Bucket", summary="A bucket.")]
"""

STORE = "from tests.assets.test_strangers import Bucket\n"


class Bucket(AssetStore):
    """What the docstring of the interface says of a store elsewhere."""

    contents: dict = {}  # noqa: RUF012 - one bucket for all
    held: list = []  # noqa: RUF012

    @contextmanager
    def storing(self, contents, references):
        """Upload, then the row, then the references."""
        for content in contents:
            self.contents[content.id] = content.header, b"".join(map(bytes, content.pieces))
        yield
        self.held += references

    def find(self, start, limit):
        """Look through all."""
        return [one for one in self.contents if one.startswith(start)][:limit]

    def info(self, asset_id):
        """Describe what is there."""
        if asset_id not in self.contents:
            return None
        header, data = self.contents[asset_id]
        held = len(self.references(asset_id))
        return AssetInfo(
            id=asset_id, header=header, stored_size=len(data), references=held, time=""
        )

    def infos(self):
        """Describe all."""
        return [self.info(one) for one in self.contents]

    def content(self, asset_id, write):
        """In one piece."""
        write(self.contents[asset_id][1])

    def references(self, asset_id):
        """Of one."""
        return [one for one in self.held if one.asset == asset_id]

    def dereference(self, *, asset=None, table=None, key=None, track_id=None):
        """Those with all values."""
        wanted = {"asset": asset, "table": table, "key": key, "track_id": track_id}
        gone = [
            one
            for one in self.held
            if all(value in {None, getattr(one, name)} for name, value in wanted.items())
        ]
        for one in gone:
            self.held.remove(one)
        return len(gone)

    def delete(self, asset_id):
        """At once."""
        del self.contents[asset_id]

    def collect(self, living):
        """By the rows that there are now."""
        kept = living() | {one.asset for one in self.held}
        gone = [one for one in self.contents if one not in kept]
        for one in gone:
            self.delete(one)
        return gone


@pytest.fixture
def strangers(tmp_path, monkeypatch):
    """Install a distribution that offers them."""
    folder = tmp_path / "site"
    about = folder / "xetrack_stranger-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: xetrack-stranger\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[xetrack.plugins]\nstranger = stranger_plugin\n")
    (folder / "stranger_plugin.py").write_text(PLUGIN)
    (folder / "stranger_codec.py").write_text(MODULE)
    (folder / "stranger_store.py").write_text(STORE)
    monkeypatch.syspath_prepend(str(folder))
    registry().refresh()
    yield
    monkeypatch.undo()
    registry().refresh()


def test_a_strangers_codec_is_asked_first(strangers, tmp_path):
    """A broken one is left out with a warning; what one cannot say, the next one gets."""
    with Tracker(tmp_path / "x.db") as tracker:
        with pytest.warns(XetrackWarning, match="broken"):
            row = tracker.log({"z": array("d", [1, 2]), "i": array("i", [1, 2]), "a": np.arange(2)})
        codecs = [tracker.assets.info(row[key]).header.codec for key in ("z", "i", "a")]
        assert ["pairs", "pickle", "numpy"] == codecs
        assert array("d", [1, 2]) == tracker.get("z")


def test_without_its_codec_an_asset_is_an_error_that_names_it(tmp_path, request):
    """The content is still there, for `export`."""
    path = tmp_path / "x.db"
    request.getfixturevalue("strangers")
    with warnings.catch_warnings(action="ignore"), Tracker(path) as tracker:
        asset = tracker.log({"z": array("d", [1, 2])})["z"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XETRACK_DISABLE_PLUGINS", "stranger")
        registry().refresh()
        with Tracker(path) as tracker:
            with pytest.raises(UnknownComponentError, match="'pairs'"):
                tracker.get(asset)
            tracker.assets.export(asset, tmp_path / "out")
    assert b"1.0 2.0" == (tmp_path / "out").read_bytes()


def test_a_store_that_is_no_database(strangers, tmp_path):
    """Objects go there, rows and ids stay here; runs and orphans as everywhere."""
    with (
        warnings.catch_warnings(action="ignore"),
        Tracker(tmp_path / "x.db", asset_store="bucket") as tracker,
        Tracker(tmp_path / "x.db", asset_store="bucket") as other,
    ):
        asset = tracker.log({"a": np.arange(3)})["a"]
        assert [asset] == [*Bucket.contents]
        assert [0, 1, 2] == tracker.get("a").tolist() == other.get(asset[:6]).tolist()
        with pytest.raises(ValueError, match="again"), tracker._asset_manager.store.storing([], []):
            raise ValueError("again")
        tracker.assets.export(asset, tmp_path / "a.npy")
        assert [] == other.assets.gc()
        tracker.assets.remove(asset, remove_keys=False)
        assert 1 == tracker._asset_manager.store.dereference(track_id=tracker.track_id)
        assert "none" == other.get(asset, default="none")
        Bucket.contents.clear()


def test_a_codec_needs_no_more_than_three_methods():
    """A codec needs no more than three methods, and has defaults for the rest."""
    assert {"takes", "encode", "decode"} == Codec.__abstractmethods__
