"""Asset stores that lie elsewhere: remembered by the database, and no burden to those who log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from array import array

import pytest

from tests.assets.blob_stores import PLUGIN, ShelfStore
from xetrack import Reader, Tracker, XetrackWarning, copy
from xetrack.assets.stores import remembered
from xetrack.errors import (
    AssetStoreError,
    InvalidArgumentError,
    UnknownComponentError,
    UntrustedStoreError,
)
from xetrack.plugins.registry import registry


def install(folder):
    """Write the distribution of the store into a folder."""
    about = folder / "xetrack_shelf-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: xetrack-shelf\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[xetrack.plugins]\nshelf = shelf_plugin\n")
    (folder / "shelf_plugin.py").write_text(PLUGIN)


@pytest.fixture(autouse=True)
def _shelf(tmp_path, monkeypatch):
    """Install the store, with a key of its own for signatures."""
    install(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("XETRACK_TRUST", raising=False)
    registry().refresh()
    ShelfStore.calls.clear()
    yield
    monkeypatch.undo()
    registry().refresh()


@pytest.fixture
def shelf(tmp_path):
    """The folder of the store."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture(params=["rows.db", "rows.duckdb"])
def db(request, tmp_path):
    """The path of a database, of each engine for files."""
    return tmp_path / request.param


NUMBERS = array("d", [0.5, 0.25])
OTHERS = array("d", [1.0, 2.0])


def files(shelf):
    """The kinds of files in the store, each once."""
    return {path.relative_to(shelf).parts[1] for path in shelf.rglob("*") if path.is_file()}


def test_a_database_remembers_where_its_objects_are(db, shelf):
    """A Reader finds, verifies, deletes and collects them without being told."""
    with Tracker(db, track_id="first", asset_store=f"shelf://{shelf}/") as tracker:
        row = tracker.log({"model": NUMBERS, "loss": 0.5})
        assert NUMBERS == tracker.get("model")
    assert {"assets", "contents", "references"} == files(shelf)
    reader = Reader(db)
    assert NUMBERS == reader.assets[row["model"]]
    assert {} == reader.assets.verify()
    assert [("first", "model")] == [
        (ref.track_id, ref.key) for ref in reader.assets.references(row["model"])
    ]
    with Tracker(db, track_id="second") as tracker:
        tracker.log({"model": OTHERS})
    assert 2 == len(reader.assets)
    reader.delete_run("second")
    assert [] == reader.assets.gc(), "it is young: somebody may be about to refer to it"
    age(shelf)
    assert [len(reader.assets.gc()), len(reader.assets)] == [1, 1]
    assert reader.remove_asset(row["model"])
    assert set() == files(shelf) - {"references"}
    assert reader.to_df()["model"].isna().all()


def age(shelf):
    """Let all that is stored be two days old."""
    old = time.time() - 2 * 86_400
    for path in shelf.rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))


def test_each_database_has_a_folder_of_its_own(tmp_path, shelf):
    """Several may share a URL: what one deletes or collects stays for the others."""
    ids = set()
    for name in ("a.db", "b.db"):
        with Tracker(tmp_path / name, track_id="run", asset_store=f"shelf://{shelf}") as tracker:
            ids.add(tracker.log({"model": NUMBERS})["model"])
    age(shelf)
    reader = Reader(tmp_path / "a.db")
    reader.delete_run("run")
    assert [*ids] == reader.assets.gc()
    assert NUMBERS == Reader(tmp_path / "b.db").assets[ids.pop()]


def test_secrets_are_not_remembered(db, shelf):
    """User, password and tokens stand in no file."""
    url = f"shelf://ada:lovelace@{shelf}?token=hidden&depth=1"
    Tracker(db, asset_store=url).close()
    written = b"".join(path.read_bytes() for path in db.parent.glob("rows*"))
    assert not [word for word in (b"lovelace", b"hidden", b"ada:") if word in written]
    with Reader(db) as reader:
        stored = json.loads(reader._engine.fact("asset_store"))
    assert f"shelf://{shelf}?depth=1" == stored["store"]


def test_a_store_of_another_user_is_not_contacted(db, shelf, monkeypatch, tmp_path):
    """Neither to read nor to write; the error says which it is, and rows are there all the same."""
    with Tracker(db, asset_store=f"shelf://{shelf}") as tracker:
        asset = tracker.log({"model": NUMBERS})["model"]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "another"))
    ShelfStore.calls.clear()
    reader = Reader(db)
    assert 1 == len(reader.to_df())
    with pytest.raises(UntrustedStoreError, match="XETRACK_TRUST=1") as caught:
        reader.assets.get(asset)
    assert f"shelf://{shelf}" == caught.value.store
    with Tracker(db) as tracker, pytest.warns(XetrackWarning, match="'model' was left out"):
        assert tracker.log({"model": OTHERS, "loss": 1})["model"] is None
    with pytest.raises(UntrustedStoreError):
        reader.delete_run(tracker.track_id)
    assert 2 == len(Reader(db).to_df()), "rows were deleted before the error"
    assert [] == ShelfStore.calls
    # Whoever gives the URL, or trust, goes on.
    assert 1 == len(Reader(db, asset_store=f"shelf://{shelf}").assets)
    assert NUMBERS == Reader(db, asset_store=f"shelf://{shelf}").assets.get(asset, trust=True)
    monkeypatch.setenv("XETRACK_TRUST", "1")
    assert NUMBERS == Reader(db).assets.get(asset)


@pytest.mark.parametrize(
    "fact",
    [
        "",
        "[]",
        '{"store": 1, "folder": "", "seal": ""}',
        '{"store": "shelf:///etc", "folder": "../../x", "seal": ""}',
        "[" * 10_000,
    ],
)
def test_what_is_no_store_is_not_remembered(tmp_path, fact):
    """Anybody can write a fact."""
    path = tmp_path / "rows.db"
    with Tracker(path) as tracker:
        tracker._engine.set_fact("asset_store", fact)
    with Tracker(path, trust=True) as tracker:
        asset = tracker.log({"model": NUMBERS})["model"]
        assert NUMBERS == tracker.assets[asset]
    assert [] == ShelfStore.calls


def test_a_store_by_name_is_remembered_too(tmp_path, shelf):
    """It needs no signature, as it is one that is installed."""
    with Tracker(tmp_path / "rows.db", asset_store="shelf") as tracker:
        known = tracker._engine.fact("asset_store")
    assert {"store": "shelf", "folder": "", "seal": ""} == json.loads(known)
    assert "shelf" == Reader(tmp_path / "rows.db")._asset_manager.location


def test_another_store_than_the_remembered_is_an_error(db, shelf, tmp_path):
    """At once, and it names both; moving is said explicitly."""
    Tracker(db, asset_store=f"shelf://{shelf}").close()
    with pytest.raises(InvalidArgumentError, match="xt assets store") as caught:
        Tracker(db, asset_store=f"shelf://{tmp_path}/other")
    assert str(shelf) in str(caught.value)
    Tracker(db, asset_store=f"SHELF://{shelf}/").close()


def test_objects_in_the_file_are_not_left_behind(tmp_path, shelf):
    """A database with objects of its own is copied to have them elsewhere."""
    with Tracker(tmp_path / "a.db") as tracker:
        asset = tracker.log({"model": NUMBERS})["model"]
    with pytest.raises(InvalidArgumentError, match="has objects of its own"):
        Tracker(tmp_path / "a.db", asset_store=f"shelf://{shelf}")
    assert 1 == copy(tmp_path / "a.db", tmp_path / "b.db", asset_store=f"shelf://{shelf}")
    assert NUMBERS == Reader(tmp_path / "b.db").assets[asset]
    assert {"assets", "contents", "references"} == files(shelf)
    # And back: where they come from is remembered, where they go is the file.
    assert 1 == copy(tmp_path / "b.db", tmp_path / "c.db")
    assert NUMBERS == Reader(tmp_path / "c.db").assets[asset]


def test_objects_may_move(db, shelf, tmp_path):
    """By hand, to another place that the database then remembers."""
    with Tracker(db, asset_store=f"shelf://{shelf}/old") as tracker:
        asset = tracker.log({"model": NUMBERS})["model"]
    (shelf / "old").rename(shelf / "new")
    with Reader(db) as reader:
        assert f"shelf://{shelf}/old" == reader.assets.location
        assert asset not in reader.assets
        reader.assets.move(f"shelf://ada:secret@{shelf}/new/")
        assert f"shelf://{shelf}/new" == reader.assets.location
    assert NUMBERS == Reader(db).assets[asset]
    with pytest.raises(UnknownComponentError):
        Reader(db).assets.move("unheard://place")


def test_an_unknown_scheme_is_an_error_at_once(tmp_path):
    """It names what is missing."""
    with pytest.raises(UnknownComponentError, match="unheard"):
        Tracker(tmp_path / "rows.db", asset_store="unheard://place")


def test_a_store_that_is_away_costs_the_object_and_not_the_row(db, shelf):
    """With a warning; when it is back, all goes on. Its errors are typed, and name the place."""
    with Tracker(db, asset_store=f"shelf://{shelf}", track_id="run") as tracker:
        tracker.log({"model": NUMBERS})
        (shelf / "away").touch()
        with pytest.warns(XetrackWarning, match="'model' was left out.*no route to the shelf"):
            row = tracker.log({"model": OTHERS, "loss": 0.5})
        assert (None, 0.5) == (row["model"], row["loss"])
        with pytest.warns(XetrackWarning, match="was left out"):
            last = tracker.log_batch([{"model": OTHERS, "loss": n} for n in range(3)])
        assert (None, 2) == (last["model"], last["loss"])
        with pytest.warns(XetrackWarning, match="was left out"):
            tracker.set_params({"config": OTHERS})
        with pytest.raises(AssetStoreError, match=str(shelf)):
            tracker.assets.put(OTHERS)
        with pytest.raises(AssetStoreError):
            Reader(db).delete_run("run")
        assert 5 == len(tracker), "rows were deleted before the error"
        (shelf / "away").unlink()
        assert OTHERS == tracker.assets[tracker.log({"model": OTHERS})["model"]]
    cells = Reader(db).to_df()["model"]
    assert [True, False, False, False, False, True] == cells.notna().tolist()


def test_a_store_that_goes_away_after_the_row_costs_the_reference_only(tmp_path, shelf):
    """The id in the row keeps the content, and the user is told."""
    with Tracker(tmp_path / "rows.db", asset_store=f"shelf://{shelf}") as tracker:
        store = tracker._asset_manager.store
        upload = store._upload

        def upload_and_go(content):
            upload(content)
            (shelf / "away").touch()

        store._upload = upload_and_go
        with pytest.warns(XetrackWarning, match="failed afterwards"):
            asset = tracker.log({"model": NUMBERS})["model"]
        (shelf / "away").unlink()
        age(shelf)
        assert [] == tracker.assets.gc()
        assert NUMBERS == tracker.assets[asset]


def test_nobody_waits_for_an_upload(db, shelf):
    """Neither another thread nor another process, and not for the reference that comes after."""
    with Tracker(db, asset_store=f"shelf://{shelf}", track_id="slow") as tracker:
        tracker.log({"n": 0})
        (shelf / "slow").write_text("0.7")
        begun = time.monotonic()
        thread = threading.Thread(target=tracker.log, args=({"model": NUMBERS},))
        thread.start()
        time.sleep(0.2)
        other = subprocess.run(
            [sys.executable, "-c", LOG, str(db)],
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        )
        longest = 0.0
        while thread.is_alive():
            before = time.monotonic()
            tracker.log({"n": 1})
            longest = max(longest, time.monotonic() - before)
            time.sleep(0.01)
        thread.join()
        assert time.monotonic() - begun > 3 * 0.7, "the store was not slow"
    assert longest < 0.5, f"a row of another thread waited for {longest:.2f} s"
    assert float(other.stdout) < 0.5, f"rows of another process waited for {other.stdout} s"
    assert 1 == Reader(db).to_df()["model"].notna().sum()


LOG = """
import sys, time
from xetrack import Tracker
with Tracker(sys.argv[1]) as tracker:
    tracker.log({"n": 1})
    longest = 0
    for _ in range(50):
        before = time.monotonic()
        tracker.log({"n": 1})
        longest = max(longest, time.monotonic() - before)
        time.sleep(0.01)
print(longest)
"""


def test_a_copy_that_can_take_no_objects_writes_nothing(tmp_path, shelf):
    """Not even the tables before the one whose objects cannot come along."""
    source = tmp_path / "a.db"
    with Tracker(source, table="plain") as tracker:
        tracker.log({"n": 1})
    with Tracker(source, table="models", asset_store=f"shelf://{shelf}") as tracker:
        tracker.log({"model": NUMBERS})
    target = tmp_path / "b.db"
    with Tracker(target, asset_store=f"shelf://{shelf}/b", table="plain") as tracker:
        tracker.log({"n": 0})
    (shelf / "away").touch()
    with pytest.raises(AssetStoreError):
        copy(source, target, tables=["plain", "models"])
    (shelf / "away").unlink()
    (shelf / "b").mkdir(exist_ok=True)
    (shelf / "b" / "away").touch()
    with pytest.raises(AssetStoreError):
        copy(source, target, tables=["plain", "models"])
    assert 1 == len(Reader(target, table="plain")), "rows were copied before the error"
    (shelf / "b" / "away").unlink()
    assert 2 == copy(source, target, tables=["plain", "models"])


def test_an_engine_that_forgets_is_told_each_time(tmp_path, shelf, monkeypatch):
    """The URL is then used as it is, and a Reader has to be told."""
    path = tmp_path / "rows.db"
    monkeypatch.setattr(remembered, "KeepsFacts", AssetStoreError)  # which no engine extends
    with Tracker(path, asset_store=f"shelf://{shelf}/mine") as tracker:
        asset = tracker.log({"model": NUMBERS})["model"]
    assert (shelf / "mine" / "contents").is_dir()
    assert NUMBERS == Reader(path, asset_store=f"shelf://{shelf}/mine").assets[asset]
    assert Reader(path).assets.get(asset, default=None) is None
