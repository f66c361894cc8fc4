"""What a transaction does here beyond what `xetrack_testing` asks of every engine."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from tests.engines import cells, column, fields, log, opened, where
from xetrack.builtin.sqlite.tables.schema import version
from xetrack.errors import InterruptedWriteError
from xetrack.interfaces.engines.repeats import write_whole


def test_changes_may_be_a_part_of_a_block(any_engine):
    """Cells that are set and rows that are deleted, of those that it wrote and those before."""
    log(any_engine, {"n": 0})
    with any_engine.transaction():
        log(any_engine, {"n": 1})
        any_engine.update("default", {"n": 5}, [where("n", 1)])
        any_engine.delete("default", [where("n", 0)])
        log(any_engine, {"n": "two"})
    assert [5, "two"] == column(any_engine, "n")


def test_what_fails_within_a_block_takes_nothing_else_along(any_engine):
    """Its own writes are undone, those before it are not."""

    def inner():
        with any_engine.transaction():
            log(any_engine, {"n": 2})
            raise ValueError("inner")

    with any_engine.transaction():
        log(any_engine, {"n": 1})
        with pytest.raises(ValueError, match="inner"):
            inner()
        log(any_engine, {"n": 3})
    assert [1, 3] == column(any_engine, "n")


def test_the_log_is_copied_after_a_block_not_in_it(engine):
    """While it is open nothing can be."""
    log(engine, {"n": 0})
    with engine.transaction():
        for n in range(3_000):
            log(engine, {"n": n})
        assert engine.checkpoints._thread is None
    assert engine.checkpoints._thread is not None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("writes", [True, False])
def test_a_fork_within_a_block_stores_nothing_of_it(engine, writes):
    """It closed the connection; no row after it is stored without those before it."""
    log(engine, {"n": 0})
    inserter = engine.inserter("default", fields([{"n": 1}]))

    def block():
        with engine.transaction():
            log(engine, {"n": 1})
            _fork()
            if writes:
                with pytest.raises(InterruptedWriteError, match=r"forked.*nothing of it is stored"):
                    inserter.write([cells({"n": 2}, ["n"])])

    with pytest.raises(InterruptedWriteError, match="nothing of it is stored"):
        block()
    assert [0] == column(engine, "n")
    log(engine, {"n": 3})
    assert [0, 3] == column(engine, "n")


def _fork():
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_what_a_fork_has_cut_is_begun_anew(engine):
    """By whoever has all of it."""
    forks = [1]

    def write():
        with engine.transaction():
            log(engine, {"n": 1})
            if forks:
                _fork()
                forks.pop()
            log(engine, {"n": 2})

    write_whole(engine, write)
    assert [1, 2] == column(engine, "n")


def test_what_an_undone_change_prepared_is_prepared_again(path):
    """Another process may have brought the schema to the same number in another way."""
    first, numbers = opened(path), []

    def undone():
        with first.write_sqlite() as connection:
            numbers.append(version(connection))
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        undone()
    with closing(sqlite3.connect(path)) as other:
        while version(other) < numbers[0]:
            other.execute(f"CREATE VIEW v{version(other)} AS SELECT 1")
    log(first, {"n": 1})
    assert [1] == column(first, "n")
    first.close()


def test_what_another_program_takes_away_is_made_again(engine, path):
    """Although it was there when this process looked for it first."""
    log(engine, {"n": 1})
    log(engine, {"m": 1})  # which finds everything prepared
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP VIEW events")
        log(engine, {"k": 1})
        assert 3 == other.execute("SELECT count(*) FROM events").fetchone()[0]


def test_what_an_interrupted_read_holds_keeps_nobody_from_writing(path):
    """Its traceback keeps the statement, which would hold the moment before others wrote."""
    with closing(opened(path, timeout=1)) as engine, closing(opened(path)) as other:
        log(engine, {"n": 0})

        def interrupted():
            with engine.connections.transaction() as connection:
                rows = connection.execute("SELECT name FROM sqlite_schema")
                next(rows)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt) as kept:
            interrupted()
        assert "rows" in kept.traceback[-1].frame.f_locals
        log(other, {"n": 1})
        log(engine, {"n": 2, "new": 2})
        assert [0, 1, 2] == column(engine, "n")
