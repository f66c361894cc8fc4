"""Calls of a forked process, which a worker process makes."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from xetrack.errors import AssetStoreError
from xetrack_objects import forked
from xetrack_objects.forked import WorkerClient


@pytest.fixture
def processes(monkeypatch):
    """The workers that are started."""
    started = []
    popen = forked.subprocess.Popen

    def start(*args, **options):
        started.append(popen(*args, **options))
        return started[-1]

    monkeypatch.setattr(forked.subprocess, "Popen", start)
    return started


@pytest.fixture
def client(tmp_path, processes):
    """A client for a folder with two contents."""
    made = WorkerClient(f"file://{tmp_path}/objects", 5.0)
    for name in ("first", "second"):
        assert made.put(f"contents/{name}", [name.encode()])
    return made


def read(client, name):
    """The content of this name."""
    data = bytearray()
    assert client.get(f"contents/{name}", data.extend)
    return bytes(data)


def test_a_call_that_was_interrupted_answers_no_later_one(client, monkeypatch):
    """What is left of its answer is not taken for another's."""

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(client, "_answer", interrupt)
        with pytest.raises(KeyboardInterrupt):
            client.get("contents/first", bytearray().extend)
    assert b"second" == read(client, "second")
    assert ["contents/first", "contents/second"] == sorted(
        blob.name for blob in client.blobs("contents/")
    )


@pytest.mark.parametrize("error", [ZeroDivisionError(), AssetStoreError("a", "Reading", "away")])
def test_what_gives_the_pieces_may_fail(client, error):
    """Nothing of them is stored, and the error is its own."""

    def pieces():
        yield b"x" * 2**20
        raise error

    with pytest.raises(type(error)):
        client.put("contents/third", pieces())
    assert b"first" == read(client, "first")
    assert 2 == len(client.blobs("contents/"))


def test_a_worker_that_is_killed_fails_one_call(client, processes):
    """The next one has another worker."""
    processes[0].kill()
    processes[0].wait()
    with pytest.raises((EOFError, OSError)):
        read(client, "first")
    assert b"first" == read(client, "first")
    assert 2 == len(processes)


def test_many_threads_have_one_worker_which_ends_with_its_client(tmp_path, processes):
    """It is started by the first call."""
    client = WorkerClient(f"file://{tmp_path}/objects", 5.0)
    assert [] == processes

    def put(number, client=client):
        return client.put(f"contents/{number}", [b"x"])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(put, range(16)))
    assert 16 == len(client.blobs("contents/"))
    (process,) = processes
    assert process.poll() is None
    put.__defaults__ = ()
    del client
    gc.collect()
    assert process.poll() is not None
