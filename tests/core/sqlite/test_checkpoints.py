"""The log goes back into the database beside the writers, safely, and does not grow for ever."""

from __future__ import annotations

import subprocess
import threading
from contextlib import closing

import pytest

from tests.engines import cells, fields, log, opened, together
from xetrack.builtin.sqlite.connections import checkpoints
from xetrack.builtin.sqlite.connections.checkpoints import EVERY, LARGE

PAGE = 4096 + 24
"""Bytes that a page takes in the log."""


def wal(path):
    """The log of a database."""
    return path.with_name(path.name + "-wal")


def header(path):
    """The salts of the log, which change when it starts over; read in another process."""
    found = subprocess.run(["head", "-c", "24", wal(path)], capture_output=True, check=True)
    return found.stdout[16:]


@pytest.fixture
def pair(engine, path):
    """The two connections of a checkpoint, on a database with rows in its log."""
    log(engine, *({"x": n} for n in range(10)))
    connect = checkpoints._connect
    with closing(connect(str(path))) as worker, closing(connect(str(path))) as pin:
        yield worker, pin


def test_commits_run_no_checkpoint(engine, path):
    """Every connection that can commit has SQLite's automatic checkpoints switched off."""
    log(engine, {"x": 1})
    for connection in (engine.connections.writer, engine.connection):
        assert [(0,)] == connection.execute("PRAGMA wal_autocheckpoint").fetchall()
        assert [("wal",)] == connection.execute("PRAGMA journal_mode").fetchall()
        assert [(1,)] == connection.execute("PRAGMA synchronous").fetchall()
        assert (
            [] == connection.execute("PRAGMA mmap_size").fetchall()
            or [(0,)] == connection.execute("PRAGMA mmap_size").fetchall()
        )
    engine.checkpoints.due = 10**9
    before = path.stat().st_size
    for number in range(2 * EVERY):
        log(engine, {"x": number})
    assert before == path.stat().st_size
    assert wal(path).stat().st_size > 2 * EVERY * PAGE


def test_full_durability_syncs_each_commit(path):
    """``durability="full"`` is SQLite's FULL, for the user's connection too."""
    engine = opened(path, durability="full")
    log(engine, {"x": 1})
    for connection in (engine.connections.writer, engine.connection):
        assert [(2,)] == connection.execute("PRAGMA synchronous").fetchall()
    engine.close()


def test_the_log_cannot_start_over_while_it_is_pinned(pair, path, engine):
    """A commit that comes when everything was copied still goes to the end of the log."""
    worker, pin = pair
    salts = []

    def during(statement):
        if statement == "COMMIT":  # the pin's, after the copying
            salts.append(header(path))
            log(engine, {"x": -1})
            salts.append(header(path))

    pin.set_trace_callback(during)
    checkpoints._copy_pinned(worker, pin)
    pin.set_trace_callback(None)
    assert salts[0] == salts[1]
    log(engine, {"x": -2})
    assert 12 == engine.count("default")


def test_without_the_pin_the_log_would_start_over(pair, path, engine):
    """What the pin prevents does happen otherwise, so that the test above can fail."""
    worker, _ = pair
    before = header(path)
    busy, frames, copied = worker.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    assert (0, frames) == (busy, copied)
    log(engine, {"x": -1})
    assert before != header(path)


def test_a_checkpoint_works_while_others_commit(pair, engine):
    """A commit between two of its statements does not make it give up."""
    worker, pin = pair

    def meanwhile(statement):
        if statement.startswith("SELECT name"):
            thread = threading.Thread(target=lambda: log(engine, {"x": -1}))
            thread.start()
            threads.append(thread)

    threads = []
    worker.set_trace_callback(meanwhile)
    assert checkpoints._copy_pinned(worker, pin)[0] > 0
    worker.set_trace_callback(None)
    assert len(threads) == 1
    threads[0].join()


def test_a_large_log_is_copied_wholly_and_starts_over(engine, path):
    """Beyond its limit the rest is copied under the writer lock."""
    engine.checkpoints.due = 10**9
    inserter = engine.inserter("default", fields([{"x": 1}]))
    for number in range(LARGE + 100):
        inserter.write([cells({"x": number}, ["x"])])
    before = header(path)
    with engine.lock:
        engine.checkpoints.stored(10**9 + EVERY)
    engine.checkpoints.stop()
    log(engine, {"x": -1})
    assert before != header(path)
    assert LARGE + 101 == engine.count("default")


def test_a_checkpoint_thread_is_gone_after_close(engine, path, monkeypatch):
    """It was there, it ended, and the log with it."""
    inserter = engine.inserter("default", fields([{"x": 1}]))
    seen, start = set(), threading.Thread.start

    def noted(thread):
        seen.add(thread.name)  # in memory, it is over before anybody could look
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noted)
    for number in range(3 * EVERY + 1):
        inserter.write([cells({"x": number}, ["x"])])
    engine.close()
    assert "xetrack-checkpoint" in seen
    assert "xetrack-checkpoint" not in {one.name for one in threading.enumerate()}
    assert not wal(path).exists()
    assert 3 * EVERY + 1 == engine.count("default")


def test_a_thread_that_cannot_start_costs_no_row(engine, monkeypatch):
    """At the end of the interpreter no thread can be had; the row is stored before."""

    def fail(_):
        raise RuntimeError("can't start new thread")

    inserter = engine.inserter("default", fields([{"x": 1}]))
    monkeypatch.setattr(threading.Thread, "start", fail)
    engine.checkpoints.due = 1
    inserter.write([cells({"x": 1}, ["x"])])
    engine.checkpoints.due = 1
    inserter.write([cells({"x": 2}, ["x"]), cells({"x": 3}, ["x"])])
    monkeypatch.undo()
    engine.close()
    assert 3 == engine.count("default")


STORM = """
import sys, os
from tests.engines import opened, cells, fields
engine = opened(sys.argv[1])
inserter = engine.inserter("default", fields([{"x": 1}]))
ready()
largest = 0
for n in range(4_000):
    inserter.write([cells({"x": n}, ["x"])])
    if n % 50 == 0:
        largest = max(largest, os.stat(sys.argv[1] + "-wal").st_size)
print(largest)
engine.close()
"""


def test_the_log_stays_bounded_in_a_storm(path):
    """Four processes log 16,000 rows: the log holds a part of them, and starts over."""
    largest = max(map(int, together(STORM, path, processes=4)))
    engine = opened(path)
    assert 16_000 == engine.count("default")
    engine.close()
    assert largest < 10_000 * PAGE
    assert not wal(path).exists()
