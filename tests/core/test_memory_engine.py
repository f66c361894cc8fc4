"""The engine in memory keeps the promises of databases that nobody shares."""

from __future__ import annotations

import pytest

from tests.engines import column, fields, log, read
from xetrack.errors import DatabaseNotFoundError, InvalidTableError
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.engines.columns import OWN_COLUMNS, allocate_columns
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.model.names import fold
from xetrack_testing import TablesContract


class TestMemoryEngine(TablesContract):
    engine_class = MemoryEngine


@pytest.fixture
def engine():
    return MemoryEngine(":memory:", Settings())


def test_reading_only_needs_something_to_read():
    """Nobody else can have stored anything."""
    with pytest.raises(DatabaseNotFoundError):
        MemoryEngine(":memory:", Settings(read_only=True))


def test_a_transaction_within_another_is_a_part_of_it(engine):
    """What the inner one stored goes when the outer one raises."""
    log(engine, {"n": 0})

    def fail():
        with engine.transaction():
            with engine.transaction():
                log(engine, {"n": 1})
            engine.drop("default")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert [0] == column(engine, "n")


def test_a_failed_transaction_leaves_the_order_of_tables(engine):
    """A failed transaction leaves the order of tables, also where it dropped one and made it
    again.
    """
    for table in ("a", "b"):
        log(engine, {"n": 0}, table=table)

    def fail():
        with engine.transaction():
            engine.drop("a")
            log(engine, {"m": 1}, table="a")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert ["a", "b"] == engine.tables()
    assert [{"n": 0}] == read(engine, "a")


def test_what_fails_after_a_write_is_a_warning(engine):
    """What fails after a write is a warning, and what waits behind it is done."""

    def write():
        with engine.transaction():
            engine.after_write(lambda: log(engine, {"n": 0}, table=""))
            engine.after_write(lambda: log(engine, {"n": 1}))

    with pytest.warns(match="not stored"):
        write()
    assert [1] == column(engine, "n")
    with pytest.raises(InvalidTableError):
        log(engine, {"n": 0}, table="")


def test_columns_are_allocated_once_for_all_engines():
    """Names that are reserved or clash get a number; what is wide enough does not change."""
    asked = fields([{"a b": 1, "a_b": 2, "rowid": 3}])
    found = allocate_columns(OWN_COLUMNS, asked, reserved={fold("rowid")})
    assert ("a_b", "a_b_2", "rowid_2", "timestamp", "track_id") == found.names
    assert ["a b", "a_b", "rowid"] == [column.key for column in found.changed]
    known = (*OWN_COLUMNS, *found.changed)
    assert () == allocate_columns(known, asked).changed
    (wider,) = allocate_columns(known, fields([{"a b": 0.5}])).changed
    assert ("a_b", {"int", "float"}) == (wider.name, set(wider.kinds))
    twice = allocate_columns(OWN_COLUMNS, [*fields([{"x": 1}])[:1], *fields([{"x": "t"}])[:1]])
    assert ("x", "x") == twice.names
    assert [{"int", "text"}] == [set(column.kinds) for column in twice.changed]


def test_what_is_read_may_be_changed(engine):
    """What is read may be changed, and so may what was logged: neither is what the engine holds."""
    logged = [1]
    log(engine, {"x": logged})
    logged.append(2)
    (row,) = read(engine)
    row["x"].append(3)
    assert [[1]] == column(engine, "x")
