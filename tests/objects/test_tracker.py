"""Trackers, readers and `xt` with objects in a bucket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from array import array

import obstore
import pytest
from obstore.store import from_url

from tests.objects.servers import MotoServer
from tests.preloaded import start_command
from xetrack import Reader, Tracker, XetrackWarning, copy
from xetrack.errors import AssetStoreError, InvalidArgumentError, PartOptionError
from xetrack_objects.store import ObjectAssetStore

NUMBERS = array("d", [0.5, 0.25])
OTHERS = array("d", [1.0, 2.0])


@pytest.fixture
def db(tmp_path):
    """The path of a database."""
    return tmp_path / "runs.db"


def names(url):
    """The kinds of objects below a URL, with their numbers."""
    client = from_url(url, client_options={"allow_http": True})
    found = [each["path"].split("/")[1] for page in obstore.list(client) for each in page]
    return {name: found.count(name) for name in sorted({*found})}


def test_objects_in_a_bucket_are_found_by_everybody(db, bucket, capfd, tmp_path):
    """Logged, loaded by a reader that is told nothing, listed, copied home and deleted."""
    with Tracker(db, asset_store=f"{bucket}/models", track_id="run") as tracker:
        asset = tracker.log({"model": NUMBERS, "loss": 0.5})["model"]
        tracker.log({"model": NUMBERS, "loss": 0.25})
    assert {"assets": 1, "contents": 1, "references": 1} == names(f"{bucket}/models")
    reader = Reader(db)
    assert NUMBERS == reader.assets[asset]
    assert {} == reader.assets.verify()
    command = [sys.executable, "-m", "xetrack_cli", "assets", "ls", str(db), "--json"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [(asset, 1)] == [(each["id"], each["references"]) for each in listed]
    assert 2 == copy(db, tmp_path / "home.db")
    assert NUMBERS == Reader(tmp_path / "home.db").assets[asset]
    assert 2 == copy(tmp_path / "home.db", tmp_path / "b.db", asset_store=f"file://{tmp_path}/b")
    assert NUMBERS == Reader(tmp_path / "b.db").assets[asset]
    reader.remove_asset(asset)
    assert {} == names(f"{bucket}/models")


def test_no_secret_is_stored_anywhere(db, bucket, tmp_path):
    """Neither in the database nor in the bucket, nor shown in an error."""
    with Tracker(db, asset_store=f"{bucket}/models") as tracker:
        tracker.log({"model": NUMBERS})
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    client = from_url(bucket, client_options={"allow_http": True})
    for page in obstore.list(client):
        for each in page:
            stored += bytes(obstore.get(client, each["path"]).bytes())
    assert b"secret-of-the-test" not in stored
    assert b"127.0.0.1" not in stored, "an endpoint was remembered"


@pytest.mark.parametrize(
    "url",
    [
        "s3://",
        "s3:///",
        "s3://bucket?endpoint=http://evil",
        "s3://ada:lovelace@bucket/x",
        "s3://bucket/x#y",
        "file://relative/path",
        "az://",
    ],
)
def test_a_url_has_a_bucket_and_a_prefix_only(db, url):
    """Whatever else would be a place to say where credentials go; no secret is shown."""
    with pytest.raises((InvalidArgumentError, PartOptionError)) as caught:
        Tracker(db, asset_store=url)
    assert "lovelace" not in str(caught.value)


def test_a_store_by_name_needs_a_url(db):
    """The error shows the form."""
    with Tracker(db) as tracker, pytest.raises(InvalidArgumentError, match="s3://bucket/prefix"):
        ObjectAssetStore(tracker._engine)


@pytest.fixture
def mortal():
    """A server that a test may end."""
    server = MotoServer()
    yield server
    server.stop()


def test_a_bucket_that_goes_away_and_comes_back(db, mortal, monkeypatch):
    """Objects are left out meanwhile, with a warning within the deadline; rows are all there."""
    for name, value in mortal.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(ObjectAssetStore, "deadline", 0.5)
    mortal.make_bucket("bucket")
    with Tracker(db, asset_store="s3://bucket/models", track_id="run") as tracker:
        tracker.log({"model": NUMBERS})
        mortal.stop()
        begun = time.monotonic()
        with pytest.warns(XetrackWarning, match=r"'model' was left out.*s3://bucket/models"):
            assert tracker.log({"model": OTHERS, "loss": 1})["model"] is None
        assert time.monotonic() - begun < 10
        with pytest.raises(AssetStoreError):
            tracker.assets.put(OTHERS)
        mortal.start()
        with pytest.warns(XetrackWarning, match="NoSuchBucket|404|not found"):
            tracker.log({"model": OTHERS, "loss": 2})  # its memory is gone
        mortal.make_bucket("bucket")
        assert OTHERS == tracker.assets[tracker.log({"model": OTHERS})["model"]]
    assert 4 == len(Reader(db).to_df())


def test_a_server_that_comes_back_in_time_costs_nothing(db, mortal, monkeypatch):
    """A request that fails is tried again until the deadline."""
    for name, value in mortal.environment.items():
        monkeypatch.setenv(name, value)
    mortal.make_bucket("bucket")
    with Tracker(db, asset_store="s3://bucket/models") as tracker:
        tracker.log({"model": NUMBERS})
        mortal.process.send_signal(signal.SIGSTOP)
        timer = threading.Timer(1, mortal.process.send_signal, [signal.SIGCONT])
        timer.start()
        asset = tracker.log({"model": OTHERS})["model"]
        timer.join()
        assert OTHERS == tracker.assets[asset]


LOG = """
import os, sys
from array import array
from xetrack import Tracker
with Tracker(sys.argv[1], track_id=sys.argv[2], asset_store=sys.argv[3]) as tracker:
    for n in range(5):
        tracker.log({"own": array("q", [int(sys.argv[2]), n]), "shared": array("q", [n])})
"""


def test_eight_processes_store_at_once(db, bucket):
    """Equal objects are one asset, and each run refers to it."""
    processes = [
        start_command([sys.executable, "-W", "error", "-c", LOG, db, str(n), f"{bucket}/x"])
        for n in range(8)
    ]
    assert [0] * 8 == [process.wait(50) for process in processes]
    reader = Reader(db)
    frame = reader.to_df()
    assert (40, 45) == (len(frame), len(reader.assets))
    for row in frame.itertuples():
        assert [int(row.track_id)] == reader.assets[row.own].tolist()[:1]
    assert {8} == {len(reader.assets.references(asset)) for asset in frame["shared"]}


KILLED = """
import os, signal, sys
from xetrack import Tracker
from xetrack_objects.direct import DirectClient
from array import array

with Tracker(sys.argv[1], track_id="killed", asset_store=sys.argv[2]) as tracker:
    tracker.log({"model": array("d", [0.5, 0.25])})
    put = DirectClient.put

    def die(self, name, pieces):
        def some():
            for number, piece in enumerate(pieces):
                yield piece[: 9 * 2**20]
                os.kill(os.getpid(), signal.SIGKILL)
        return put(self, name, some())

    DirectClient.put = die
    tracker.log({"model": array("d", [0.0]) * 2_000_000})
"""


def test_a_kill_in_an_upload_leaves_no_half_content(db, bucket):
    """The row is not there, nor its object; all that was before is."""
    process = subprocess.run([sys.executable, "-c", KILLED, db, f"{bucket}/x"], check=False)
    assert -signal.SIGKILL == process.returncode
    reader = Reader(db)
    (asset,) = reader.to_df()["model"]
    assert NUMBERS == reader.assets[asset]
    assert {} == reader.assets.verify()
    assert {"assets": 1, "contents": 1, "references": 1} == names(f"{bucket}/x")


@pytest.mark.parametrize("wrong", ["s3://user:secret@bucket/x", "file://relative/path"])
def test_a_database_remembers_no_url_that_was_refused(db, tmp_path, wrong):
    """The right one can be given afterwards, and where the objects are said to have moved."""
    with pytest.raises(InvalidArgumentError, match="asset_store="):
        Tracker(db, asset_store=wrong)
    right = f"file://{tmp_path}/objects"
    with Tracker(db, asset_store=right) as tracker:
        asset = tracker.log({"model": NUMBERS})["model"]
        with pytest.raises(InvalidArgumentError, match="asset_store="):
            tracker.assets.move(wrong)
    assert NUMBERS == Reader(db).assets[asset]
    assert right == Reader(db).assets.location


def test_a_forked_process_stores_too(db, bucket):
    """Though the library cannot be used there: a worker process makes its calls."""
    with Tracker(db, asset_store=f"{bucket}/x", track_id="parent") as tracker:
        first = tracker.log({"model": NUMBERS})["model"]
        child = os.fork()
        if not child:
            code = 1
            try:
                assert NUMBERS == tracker.assets[first]
                tracker.log({"model": array("d", [3.0]) * 2_000_000})
                code = 0
            finally:
                os._exit(code)
        assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert NUMBERS == tracker.assets[first]
    reader = Reader(db)
    assert [2, 2_000_000] == [len(reader.assets[asset]) for asset in reader.to_df()["model"]]


def test_a_large_object_comes_back(db, bucket):
    """In parts there, and by ranges back; compressed or not."""
    large = array("d", range(1_200_000))
    for compress in (False, True):
        path = db.with_suffix(f".{compress}.db")
        with Tracker(path, asset_store=f"{bucket}/{compress}", compress=compress) as tracker:
            asset = tracker.log({"model": large})["model"]
        assert large == Reader(path).assets[asset]
