"""Files of assets, from Python and from `xt`; S2: nothing is written anywhere else."""

from __future__ import annotations

import io
import json
import os
import sys
from array import array

import cloudpickle
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.assets.conftest import sql
from tests.preloaded import run_xt
from xetrack import Tracker
from xetrack.errors import AssetNotFoundError, DamagedAssetError, StorageError, XetrackError

TEXT_CODE = "w" if sys.version_info >= (3, 13) else "u"
"""The type of an array of characters, which Python 3.13 calls otherwise."""


def names(folder):
    """What is in a folder."""
    return [path.name for path in folder.iterdir()]


FRAME = pd.DataFrame({"a": [1, 2]})


@pytest.fixture
def xt(tmp_path):
    """Run `xt` in the test's folder."""

    def run(*words):
        done = run_xt(words, cwd=tmp_path)
        assert "Traceback" not in done.err
        return done

    return run


def test_files_are_what_others_read(tracker, tmp_path):
    """The content itself, compressed or not; a file that was there is replaced."""
    with Tracker(tracker.db, compress=True) as squeezing:
        for run in (tracker, squeezing):
            letters = array(TEXT_CODE, run.track_id)
            row = run.log({"a": np.arange(3), "f": FRAME, "t": FRAME["a"], "p": letters})
            for key in "afp":
                run.assets.export(row[key], tmp_path / key)
            assert [0, 1, 2] == np.load(tmp_path / "a", allow_pickle=False).tolist()
            with pa.ipc.open_file(tmp_path / "f") as file:
                assert FRAME.equals(file.read_all().to_pandas())
            assert letters == cloudpickle.loads((tmp_path / "p").read_bytes())


def test_xt_assets(tracker, db, tmp_path, xt):
    """`xt assets` lists, exports, verifies, deletes and collects, as tables, JSON and messages."""
    asset = tracker.log({"a": np.arange(3)})["a"]
    model = tracker.log({"m": array("b", [1, 1])})["m"]
    rows = json.loads(xt("assets", "ls", db, "--json").out)
    assert [(asset, "numpy", 1), (model, "pickle", 1)] == [
        (row["id"], row["codec"], row["references"]) for row in rows
    ]
    done = xt("assets", "export", db, asset[:6], "new/array.npy")
    assert (0, "") == (done.code, done.err)
    assert [0, 1, 2] == np.load(tmp_path / "new/array.npy").tolist()
    done = xt("assets", "verify", db)
    assert (0, True) == (done.code, "2 assets are what was stored" in done.out)
    done = xt("assets", "delete", db, asset)
    assert (0, f"Deleted {asset}\n") == (done.code, done.out)
    assert tracker[1]["a"] is None
    for words in (("delete", db, asset), ("export", db, asset, "x"), ("ls", "no.db")):
        done = xt("assets", *words)
        assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert not (tmp_path / "x").exists()
    sql(db, 'UPDATE "assets" SET value = zeroblob(3)')
    done = xt("assets", "verify", db)
    assert (1, True) == (done.code, model in done.err)
    assert 0 == xt("delete", db, tracker.track_id).code or sql(db, 'DELETE FROM "default"') == []
    sql(db, "DELETE FROM xetrack_asset_references")
    done = xt("assets", "gc", db, "--json")
    assert [{"removed": model}] == json.loads(done.out)


def test_an_export_that_fails_leaves_the_old_file(tracker, db, tmp_path):
    """An export that fails leaves the old file: whole, and no other beside it."""
    asset = tracker.log({"a": np.arange(300)})["a"]
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.npy").write_text("old")
    sql(db, 'UPDATE "assets" SET value = zeroblob(9)')
    with pytest.raises(DamagedAssetError):
        tracker.assets.export(asset, folder / "a.npy")
    with pytest.raises(AssetNotFoundError):
        tracker.assets.export("0123456789abcdef", folder / "a.npy")
    assert ["a.npy"] == names(folder)
    assert "old" == (folder / "a.npy").read_text()


NAMES = [
    "a\\b",
    "C:x",
    "%2e%2e%2fx",
    "%252e%252e",
    "..x",
    "~x",
    "#x",
    "x\n",
    "\x1b[0m",
    "-x",
    "é",
    "a b",
]


@pytest.mark.parametrize("name", NAMES)
def test_s2_a_path_is_taken_as_it_is(tracker, tmp_path, name):
    """Nothing is decoded, expanded or shortened."""
    asset = tracker.log({"a": np.arange(3)})["a"]
    folder = tmp_path / "out"
    tracker.assets.export(asset, folder / name)
    assert [name] == names(folder)


def test_s2_links_folders_and_nul(tracker, tmp_path):
    """A link is replaced, not followed; a folder and a NUL are errors."""
    asset = tracker.log({"a": np.arange(3)})["a"]
    outside, folder = tmp_path / "outside", tmp_path / "out"
    outside.write_text("untouched")
    (folder / "sub").mkdir(parents=True)
    (folder / "link").symlink_to(outside)
    (folder / "hard").hardlink_to(outside)
    (folder / "dangling").symlink_to(tmp_path / "made")
    for name in ("link", "hard", "dangling"):
        tracker.assets.export(asset, folder / name)
        assert not (folder / name).is_symlink()
    for name in ("sub", "a\0b"):
        with pytest.raises(XetrackError):
            tracker.assets.export(asset, f"{folder}/{name}")
    assert "untouched" == outside.read_text()
    assert {"link", "hard", "dangling", "sub"} == set(names(folder))
    assert {"outside", "out", "track.db"} == {
        name for name in names(tmp_path) if not name.endswith(("-wal", "-shm"))
    }


def test_a_link_to_what_is_no_file_stays(tracker, tmp_path):
    """As `/dev/stdout` is one, which everybody needs."""
    asset = tracker.log({"a": np.arange(3)})["a"]
    os.mkfifo(tmp_path / "pipe")
    for name, place in {"device": "/dev/null", "link": tmp_path / "pipe", "twice": "link"}.items():
        (tmp_path / name).symlink_to(place)
        with pytest.raises(StorageError, match="is there, and a new file would take its place"):
            tracker.assets.export(asset, tmp_path / name)
        assert (tmp_path / name).is_symlink()


@pytest.mark.parametrize("key", ["../x", "/etc/x", "..\\x", "x\0y", "%2e%2e/x"])
def test_s2_what_is_stored_names_no_path(tracker, tmp_path, db, key):
    """What is stored names no path, be it a key, or a codec that somebody changed."""
    asset = tracker.log({key: np.arange(3)})
    asset = next(value for value in asset.values() if tracker._asset_manager.store.info(str(value)))
    before = set(names(tmp_path))
    tracker.assets.export(asset, tmp_path / "out")
    sql(db, "UPDATE xetrack_assets SET codec = ?", key)
    with pytest.raises(XetrackError):
        tracker.get(asset)
    assert {"out"} == set(names(tmp_path)) - before
    assert io.BytesIO((tmp_path / "out").read_bytes()).read(6) == b"\x93NUMPY"
