"""Others hold the lock: for a while, or for longer than anyone waits."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing, contextmanager

import pytest

from tests.engines import column, log, opened, read
from xetrack.errors import DatabaseBusyError


@contextmanager
def held(path, statement="BEGIN IMMEDIATE"):
    """Another program that holds a lock on the file."""
    with closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as connection:
        connection.execute(statement)
        yield connection


@pytest.fixture
def impatient(path):
    """An engine that waits for a fifth of a second."""
    engine = opened(path, timeout=0.2)
    log(engine, {"x": 1})
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda engine: log(engine, {"x": 2}),
        lambda engine: log(engine, {"x": 2}, {"x": 3}),
        lambda engine: log(engine, {"y": 2}),
        lambda engine: engine.update("default", {"x": 2}, []),
        lambda engine: engine.delete("default", []),
        lambda engine: engine.drop("default"),
    ],
    ids=["row", "batch", "column", "update", "delete", "drop"],
)
def test_a_lock_held_too_long_is_a_typed_error(path, impatient, change):
    """It comes after about the deadline, changes nothing, and the next try works."""
    with held(path):
        before = time.monotonic()
        with pytest.raises(DatabaseBusyError, match=r"0\.2 seconds") as caught:
            change(impatient)
        waited = time.monotonic() - before
    assert 0.2 <= waited < 5
    assert isinstance(caught.value, TimeoutError)
    assert [{"x": 1}] == read(impatient)
    log(impatient, {"x": 4})
    assert [1, 4] == column(impatient, "x")


def test_a_lock_held_for_less_than_the_deadline_costs_only_time(path):
    """The row is stored as soon as the lock is free."""
    engine = opened(path, timeout=30)
    log(engine, {"x": 1})
    with held(path) as other:
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        log(engine, {"x": 2})
        release.join()
    assert [1, 2] == column(engine, "x")
    engine.close()


def test_reading_does_not_wait_for_a_writer(path, impatient):
    """Under a writer's lock all is readable, by SQL too."""
    with held(path):
        assert [{"x": 1}] == read(impatient)
        assert [(1,)] == impatient.sql("SELECT x FROM events").rows


def test_a_file_that_is_locked_wholly_is_a_typed_error(path):
    """Opening and reading wait for the deadline, then say so."""
    with held(path, "BEGIN EXCLUSIVE"):
        with pytest.raises(DatabaseBusyError):
            log(opened(path, timeout=0.1), {"x": 1})
        with pytest.raises(DatabaseBusyError):
            opened(path, timeout=0.1, read_only=True)


def test_a_row_of_another_thread_survives_a_rollback(path):
    """While one thread's batch fails, another's rows are stored: they share no transaction."""
    engine = opened(path)
    inserter = log(engine, {"x": 0})
    done = []

    def failing():
        for _ in range(50):
            try:
                inserter.write([[1, "t", "run"], [object(), "t", "run"]])
            except Exception:  # noqa: BLE001 - meant to fail
                done.append(1)

    thread = threading.Thread(target=failing)
    thread.start()
    for number in range(200):
        inserter.write([[number, "t", "other"]])
    thread.join()
    assert (50, 201) == (len(done), engine.count("default"))
    engine.close()
