"""What counting rows costs, and what it sees."""

from __future__ import annotations

import pytest

from tests.engines import log
from xetrack import Reader, Tracker
from xetrack_duckdb.files.database_file import file_at
from xetrack_duckdb.tables import schema


@pytest.fixture
def listed(monkeypatch):
    """Each look at the names of all tables, which takes DuckDB as long as counting."""
    found = []
    ask = schema.all_tables

    def all_tables(connection):
        found.append(connection)
        return ask(connection)

    monkeypatch.setattr(schema, "all_tables", all_tables)
    return found


def test_counting_asks_twice_at_most_which_tables_there_are(path, listed):
    """Once for the rows that wait, and once in the transaction that counts, however many tables."""
    with Tracker(path, warnings=False) as tracker, Tracker(path, table="b", warnings=False) as b:
        tracker.log({"n": 1})
        b.log({"n": 2})
    with Reader(path) as reader:
        assert 1 == len(reader)
        listed.clear()
        assert 1 == len(reader)
        assert 2 >= len(listed)


def test_counting_sees_tables_that_come_and_go(engine, path):
    """A user's own connection makes and drops them, which no fold is told."""
    log(engine, {"n": 1})
    mine = engine.connection
    mine.execute("CREATE TABLE theirs AS SELECT 1 AS n UNION ALL SELECT 2")
    assert (1, 2, 0) == tuple(map(engine.count, ["default", "theirs", "events"]))
    mine.execute("DROP TABLE theirs")
    mine.execute("CREATE VIEW shown AS SELECT 1 AS n")
    assert (1, 0, 0) == tuple(map(engine.count, ["default", "shown", "xetrack_meta"]))


def test_a_table_that_was_dropped_since_the_list_was_made_is_none(engine, path):
    """The fold, which has the list, then makes the table anew."""
    log(engine, {"n": 1})
    assert 1 == engine.count("default")
    with file_at(str(path)).lend(str(path), 1, "Reading") as connection:
        there = schema.all_tables(connection)
        assert schema.load(connection, "gone", [*there, "gone"]) is None
        assert "default" == schema.load(connection, "default", there).name
