"""What a transaction that was undone leaves behind: nothing that is open, nothing that is wrong."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count

import pytest

from tests.postgres.engines import cells, column, fields, log, where
from tests.sweeps import at_line, interrupt
from xetrack.errors import InterruptedReadError, InterruptedWriteError
from xetrack_postgres.engine import PostgresEngine

STEP = int(os.environ.get("XETRACK_TEST_LINES", "0")) or 13
"""How many lines further each interrupt comes."""

STRAY = cells({"x": "a\0b"}, "x")
"""A cell of which its column has to be told."""


@pytest.mark.timeout(7_200 if STEP == 1 else 200)
def test_after_an_interrupt_at_any_line_of_it_a_row_is_found(engine):
    """An interrupt that came while a block was undone left the transaction open, and what the
    insert had noted in it."""
    log(engine, {"x": "abc"})

    def block():
        with suppress(ZeroDivisionError), engine.transaction():
            inserter.write([STRAY])
            raise ZeroDivisionError

    for number in count(1, STEP):
        engine.drop("default")
        inserter = log(engine, {"x": "abc"})
        try:
            is_reached = at_line(number, interrupt, block)
        except KeyboardInterrupt:
            is_reached = True
        inserter.write([STRAY])
        assert 1 == engine.count("default", [where("x", "a\0b")]), number
        assert ["abc", "a\0b"] == column(engine, "x")
        if not is_reached:
            break


def test_a_text_with_nul_makes_no_insert_look_anew(engine, monkeypatch):
    """Each batch with one is tried the quick way first; what that undoes had learnt nothing."""
    log(engine, {"x": "abc"})
    inserter = engine.inserter("default", fields([{"x": "abc"}]))
    inserter.write([STRAY, STRAY])
    forgotten = []
    monkeypatch.setattr(PostgresEngine, "forget", lambda *_: forgotten.append(1))
    for _ in range(3):
        inserter.write([STRAY, STRAY])
    assert [] == forgotten
    assert 8 == engine.count("default", [where("x", "a\0b")])


def test_a_selection_of_another_block_does_not_end_this_one(engine):
    """Its connection was lost; that of the block is there, and so will its rows be."""
    log(engine, {"x": 1})
    pool = engine.connections
    with engine.transaction():
        lost = pool.writer
    lost.end()
    with engine.transaction():
        inserter = engine.inserter("default", fields([{"x": 2}]))
        inserter.write([cells({"x": 2}, "x")])
        with pytest.raises(InterruptedReadError), pool.fetching(lost):
            raise InterruptedReadError(engine.location)
        with pytest.raises(InterruptedWriteError), pool.fetching(pool.writer):
            raise InterruptedReadError(engine.location)
    assert [1, 2] == column(engine, "x")
