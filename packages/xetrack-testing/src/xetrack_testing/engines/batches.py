"""Writing: batches that are whole, and threads that share an engine."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.model.names import DEFAULT_TABLE, OWN
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.processes import meanwhile
from xetrack_testing.rows import cells, column, fields, log, read, same

if TYPE_CHECKING:
    from xetrack.interfaces.engine import Engine
    from xetrack.model.kinds import Value


class BatchesContract(EngineFixtures):
    """What an insert does, alone and beside others in one process."""

    def test_an_insert_names_the_column_of_each_field(self, engine: Engine) -> None:
        """In the order of the fields, though it is not that of the table."""
        engine.add_columns(DEFAULT_TABLE, fields([{"a b": 1}]))
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"a-b": 1, "a b": 1}]))
        assert ("a_b_2", "a_b", *OWN) == inserter.columns
        inserter.write([cells({"a-b": 1, "a b": 2}, ("a-b", "a b"))])
        assert [{"a b": 2, "a-b": 1}] == read(engine)

    def test_a_batch_is_stored_wholly_or_not_at_all(self, engine: Engine) -> None:
        """A row that cannot be stored takes the others of its batch along, and nothing else."""
        log(engine, {"n": -1})
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"n": 1}]))
        rows = [cells({"n": n}, "n") for n in range(300)]
        bad_rows: tuple[list[Any], ...] = ([object(), "t", "run"], [1, "t"])
        for bad in bad_rows:
            with pytest.raises(Exception):  # noqa: B017, PT011 - callers never write such a row
                inserter.write([*rows, bad])
            assert [-1] == column(engine, "n"), "rows of a batch that failed were stored"
        inserter.write(rows)
        assert [*range(-1, 300)] == column(engine, "n")

    def test_an_empty_batch_stores_nothing(self, engine: Engine) -> None:
        """An empty batch stores nothing, and is no error."""
        inserter = log(engine, {"n": 1})
        inserter.write([])
        assert [1] == column(engine, "n")

    def test_a_row_without_cells_is_a_row(self, engine: Engine) -> None:
        """A row of None, or of no keys at all, counts and has its place among the others."""
        log(engine, {}, {})
        log(engine, {"n": None}, {"n": 1}, {"n": None})
        log(engine, {})
        assert [None, None, None, 1, None, None] == column(engine, "n")
        assert 6 == engine.count(DEFAULT_TABLE)

    def test_rows_may_be_given_by_columns(self, engine: Engine) -> None:
        """Few and many, as trackers give a batch; they come back as rows do, in their order."""
        rows = [{"n": n, "x": (n / 2, None, math.nan)[n % 3], "t": f"t{n}"} for n in range(2_503)]
        inserter = engine.inserter(DEFAULT_TABLE, fields(rows))
        for part in (rows[:1], rows[1:2_501], rows[2_501:]):
            cells_of_rows = [cells(row, ("n", "x", "t")) for row in part]
            inserter.write_columns(list(zip(*cells_of_rows, strict=True)))
        stored = read(engine)
        for key in ("n", "x", "t"):
            wanted = [row[key] for row in rows]
            assert same(wanted, [row[key] for row in stored]), "cells were lost, altered or moved"

    def test_a_row_is_appended_while_the_lock_is_held(self, engine: Engine) -> None:
        """As trackers do it, which hold the engine's lock while they stamp the row."""
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"n": 1, "x": [1]}]))

        def append() -> None:
            with engine.lock, engine.lock:
                for n in range(3):
                    inserter.append(cells({"n": n, "x": [n]}, ("n", "x")))

        with meanwhile(append):  # in a thread, so that a lock which is not reentrant is told of
            pass
        assert [{"n": n, "x": [n]} for n in range(3)] == read(engine)

    def test_columns_and_rows_may_come_while_an_insert_is_kept(self, engine: Engine) -> None:
        """An insert stays valid whatever the same engine does to its table."""
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"x": 1}]))
        inserter.write([cells({"x": 1}, "x")])
        log(engine, {"x": "text", "y": 1})
        inserter.write([cells({"x": 2}, "x")])
        log(engine, {"x": 0.5})
        inserter.write([cells({"x": 3}, "x")])
        assert same([1, "text", 2, 0.5, 3], column(engine, "x"))

    def test_threads_share_an_insert(self, engine: Engine) -> None:
        """As those of a tracker do; each row is stored once, and none is another's."""
        inserter = engine.inserter(DEFAULT_TABLE, fields([{"who": 1, "n": 1, "end": 1}]))

        def write(who: int) -> None:
            for n in range(30):
                row = cells({"who": who, "n": n, "end": who}, ("who", "n", "end"))
                if n % 3:
                    inserter.write([row])
                else:
                    with engine.lock:
                        inserter.append(row)

        with meanwhile(*(lambda who=who: write(who) for who in range(4))):
            pass
        stored = read(engine)
        assert all(row["who"] == row["end"] for row in stored), "rows are mixed up"
        for who in range(4):
            assert [*range(30)] == [row["n"] for row in stored if row["who"] == who]

    def test_threads_share_an_engine(self, engine: Engine) -> None:
        """Four log into one table and widen its columns, one reads: no row is lost or torn."""
        rows, stop = 40, threading.Event()

        def write(who: int) -> None:
            for n in range(rows):
                values: list[Value] = [n, n / 2, f"{n}", None]
                value = values[(n + who) % 4]
                log(engine, {"who": who, "n": n, f"k{n % 5}": value, "end": who})

        def look() -> None:
            while not stop.wait(0.002):
                for row in read(engine) if engine.tables() else ():
                    assert row["who"] == row["end"], f"half a row was read: {row}"

        with meanwhile(look):
            with meanwhile(*(lambda who=who: write(who) for who in range(4))):
                pass
            stop.set()
        stored = read(engine)
        for who in range(4):
            assert [*range(rows)] == [row["n"] for row in stored if row["who"] == who]
