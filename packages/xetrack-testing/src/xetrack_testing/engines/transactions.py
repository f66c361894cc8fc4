"""Transactions: several writes that are one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from xetrack.errors import DatabaseBusyError, ReadOnlyError
from xetrack.model.names import DEFAULT_TABLE
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.processes import join
from xetrack_testing.rows import cells, column, fields, log, read, where

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Row, Value
    from xetrack_testing.engines.base import Opened

WIDER: list[tuple[Value, Value]] = [
    ("abc", "a\0b"),
    (1, 2**70),
    (1, 1.5),
    (1.5, 2**60 + 1),
    (1.5, "text"),
    ("abc", [1]),
    ("abc", b"a"),
]
"""A cell, and another of which a column may have to be told before it is stored."""


class TransactionsContract(EngineFixtures):
    """The promises about a transaction to the engine that begins it."""

    def test_a_transaction_stores_all_its_writes_at_its_end(self, engine: Engine) -> None:
        """Through several inserts, with columns that come and widen between them."""
        log(engine, {"n": 0})
        with engine.transaction():
            log(engine, {"n": 1}, {"n": 2})
            log(engine, {"n": "text", "new": [1]}, {"n": 2**70})
            log(engine, {"n": 1}, table="other")
        assert [0, 1, 2, "text", 2**70] == column(engine, "n")
        assert [1] == column(engine, "n", "other")
        log(engine, {"n": 3})
        assert [None, None, None, [1], None, None] == column(engine, "new")

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
    def test_a_transaction_that_raises_changes_nothing(
        self, engine: Engine, error: type[BaseException]
    ) -> None:
        """Neither rows nor columns nor tables; an insert from before it stays good."""
        inserter = log(engine, {"n": 0})
        before = engine.columns(DEFAULT_TABLE)

        def fail() -> None:
            with engine.transaction():
                log(engine, {"n": 1})
                log(engine, {"n": "text", "new": [1]})
                log(engine, {"n": 1}, table="other")
                raise error

        with pytest.raises(error):
            fail()
        assert [{"n": 0}] == read(engine), "a block that raised left rows or columns"
        assert (before, [DEFAULT_TABLE]) == (engine.columns(DEFAULT_TABLE), engine.tables())
        inserter.write([cells({"n": 3}, "n")])
        log(engine, {"n": "a"})
        assert [0, 3, "a"] == column(engine, "n")

    @pytest.mark.parametrize(("first", "value"), WIDER, ids=[repr(value) for _, value in WIDER])
    def test_an_insert_after_a_transaction_that_raised_stores_what_conditions_find(
        self, engine: Engine, first: Value, value: Value
    ) -> None:
        """Whatever it noted of the table in the block is gone, and is noted once more."""
        log(engine, {"x": first})
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"x": value}]))

        def fail() -> None:
            with engine.transaction():
                inserter.write([cells({"x": value}, "x")])
                raise ValueError

        with pytest.raises(ValueError):  # noqa: PT011 - it has no text
            fail()
        inserter.write([cells({"x": value}, "x")])
        with engine.lock:
            inserter.append(cells({"x": value}, "x"))
        assert [first, value, value] == column(engine, "x")
        matching = engine.count(DEFAULT_TABLE, [where("x", value)])
        assert 2 == matching, "a condition does not find what was stored after a block that raised"
        assert 3 == engine.update(DEFAULT_TABLE, {"x": first}, [])
        assert [first] * 3 == column(engine, "x"), "a cell is not as it was set"

    def test_rows_of_a_call_within_a_transaction_are_stored_when_it_is_over(
        self, engine: Engine
    ) -> None:
        """As those of a signal handler, whether the transaction is stored or not; once each."""
        log(engine, {"n": 0})

        def handler(n: int) -> None:
            if engine.is_writing():
                engine.after_write(lambda: log(engine, {"n": n, "new": n}))
            else:
                log(engine, {"n": n, "new": n})

        def fail() -> None:
            with engine.transaction():
                log(engine, {"n": 1})
                handler(2)
                log(engine, {"new": "text"})
                raise ValueError

        with pytest.raises(ValueError):  # noqa: PT011 - it has no text
            fail()
        assert [0, 2] == column(engine, "n"), "a row within a block that raised is not there once"
        with engine.transaction():
            log(engine, {"n": 3})
            handler(4)
        assert [0, 2, 3, 4] == sorted(column(engine, "n"))
        assert [None, 2, None, 4] == [row.get("new") for row in by_number(engine)]
        assert not engine.is_writing()


def by_number(engine: Engine) -> list[Row]:
    """Return the rows by what they have under ``n``.

    Parameters
    ----------
    engine
        Where to read.
    """
    return sorted(read(engine), key=lambda row: row["n"])


class SharedTransactionsContract(EngineFixtures):
    """The promises about a transaction to other engines at the same location."""

    def test_others_see_a_transaction_at_its_end_and_write_after_it(self, opened: Opened) -> None:
        """Another thread waits for it; another engine gives up at its deadline."""
        engine, other, reader = opened(), opened(timeout=0.05), opened()
        log(engine, {"n": 0})
        waiting = threading.Thread(target=log, args=(engine, {"n": "thread"}), daemon=True)
        with engine.transaction():
            for n in range(1, 50):
                log(engine, {"n": n})
            waiting.start()
            assert [0] == column(reader, "n"), "what is not stored yet is seen"
            with pytest.raises(DatabaseBusyError):
                log(other, {"n": "other"})
        join(waiting)
        assert [*range(50), "thread"] == column(reader, "n")

    def test_reading_only_begins_no_transaction(self, opened: Opened) -> None:
        """It is an error at once."""
        log(opened(), {"n": 0})
        with pytest.raises(ReadOnlyError), opened(read_only=True).transaction():
            pytest.fail("the block began")
