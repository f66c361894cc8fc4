"""Several writes that are one: stored when the block ends, or none of them."""

from __future__ import annotations

import os
import threading
from contextlib import closing

import pytest

from tests.postgres.engines import cells, column, fields, log, opened, read, where
from xetrack.errors import DatabaseBusyError, ReadOnlyError, StorageError


def test_all_writes_of_a_block_are_stored_at_its_end(engine):
    """Through several inserters, with columns that are added and widened between them."""
    log(engine, {"n": 0})
    with engine.transaction():
        log(engine, {"n": 1})
        log(engine, {"n": "two", "more": [1]}, {"n": 2**70})
        engine.update("default", {"n": 5}, [where("n", 1)])
        engine.delete("default", [where("n", 0)])
        log(engine, {"x": 1}, table="other")
    assert [5, "two", 2**70] == column(engine, "n")
    assert ["default", "other"] == engine.tables()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_block_that_raises_has_changed_nothing(engine, error):
    """Neither rows nor columns nor tables; an inserter from before it stays good."""
    inserter = log(engine, {"n": 0})
    before = engine.columns("default")

    def block():
        with engine.transaction():
            log(engine, {"n": 1})
            log(engine, {"n": "two", "more": [1]})
            log(engine, {"x": 1}, table="other")
            raise error

    with pytest.raises(error):
        block()
    assert ([{"n": 0}], before, ["default"]) == (
        read(engine),
        engine.columns("default"),
        engine.tables(),
    )
    inserter.write([cells({"n": 3}, ["n"])])
    log(engine, {"n": "a"})
    assert [0, 3, "a"] == column(engine, "n")


def test_what_fails_within_a_block_takes_nothing_else_along(engine):
    """Its own writes are undone, those before it are not."""

    def inner():
        with engine.transaction():
            log(engine, {"n": 2})
            raise ValueError("inner")

    with engine.transaction():
        log(engine, {"n": 1})
        with pytest.raises(ValueError, match="inner"):
            inner()
        log(engine, {"n": 3})
    assert [1, 3] == column(engine, "n")


def test_others_see_nothing_before_the_end_and_write_after_it(url):
    """Another thread waits; another engine gives up at its deadline."""
    with closing(opened(url)) as engine, closing(opened(url, timeout=0.05)) as other:
        log(engine, {"n": 0})
        waiting = threading.Thread(target=log, args=(engine, {"n": "thread"}))
        with engine.transaction():
            for n in range(1, 2_500):
                log(engine, {"n": n})
            waiting.start()
            assert [0] == column(other, "n")
            with pytest.raises(DatabaseBusyError):
                log(other, {"n": "other"})
        waiting.join()
        assert [*range(2_500), "thread"] == column(other, "n")


def test_reading_only_takes_no_block(engine, url):
    """It is an error, and nothing was changed."""
    log(engine, {"n": 0})
    with pytest.raises(ReadOnlyError), opened(url, read_only=True).transaction():
        pytest.fail("the block began")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_within_a_block_stores_nothing_of_it(engine):
    """It closed the connection; no row after it is stored without those before it."""
    log(engine, {"n": 0})
    inserter = engine.inserter("default", fields([{"n": 1}]))

    def block():
        with engine.transaction():
            log(engine, {"n": 1})
            child = os.fork()
            if not child:
                os._exit(0)
            os.waitpid(child, 0)
            with pytest.raises(StorageError, match="forked"):
                inserter.write([cells({"n": 2}, ["n"])])

    with pytest.raises(StorageError):
        block()
    assert [0] == column(engine, "n")
    log(engine, {"n": 3})
    assert [0, 3] == column(engine, "n")
