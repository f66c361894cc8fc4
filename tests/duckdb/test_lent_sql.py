"""SQL that is lent to engines which run none: the promises of SQL, and the ways out."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest

from xetrack.errors import QueryError
from xetrack.interfaces.engine import Settings
from xetrack_duckdb.reading import rows_in_memory
from xetrack_duckdb.reading.rows_in_memory import DuckDBRunner
from xetrack_testing import SQLRunnerContract
from xetrack_testing.engines.capabilities.sql_runners import LendingEngine
from xetrack_testing.rows import log


class TestLent(SQLRunnerContract):
    """The promises of SQL hold for an engine in memory."""

    runner_class = DuckDBRunner
    refused = (
        "COPY (SELECT 1) TO 'stolen.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "ATTACH 'other.duckdb'",
        "SET memory_limit = '1TB'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPORT DATABASE 'there'",
        "PRAGMA database_list",
        "SELECT * FROM engine",
    )


@pytest.fixture
def engine():
    """An engine with two tables, one of which has a cell of each difficult kind."""
    engine = LendingEngine(":memory:", Settings(), DuckDBRunner)
    log(
        engine,
        {"n": 1, "rate": 0.5, "price": Decimal("0.10"), "nan": float("nan"), "tags": ["a", 1]},
        {"n": 2, "rate": 1.5, "when": dt.datetime(2024, 1, 2, 3, 4, 5, 6), "day": dt.date.max},  # noqa: DTZ001
    )
    log(engine, {"n": 2, "note": "b"}, table="notes")
    return engine


def test_cells_have_the_types_that_a_duckdb_file_would_give_them(engine):
    """Dates are dates, durations seconds, a nan is missing in sums, and no column is added."""
    answer = engine.sql("SELECT * EXCLUDE (timestamp, track_id) FROM default ORDER BY n")
    assert ("n", "rate", "price", "nan", "tags", "when", "day") == answer.names
    assert [
        (1, 0.5, "0.10", None, '["a", 1]', None, None),
        (2, 1.5, None, None, None, dt.datetime(2024, 1, 2, 3, 4, 5, 6), dt.date.max),  # noqa: DTZ001
    ] == answer.rows
    assert answer.names == engine.sql("SELECT * EXCLUDE (timestamp, track_id) FROM events").names


def test_tables_are_joined_and_named_in_every_way(engine):
    """By a name, in quotes, and as the text that a function of DuckDB's takes."""
    assert [("b",)] == engine.sql("SELECT note FROM events JOIN notes USING (n)").rows
    assert [("b",)] == engine.sql("SELECT note FROM query_table('notes')").rows
    assert [(2,)] == engine.sql('SELECT count(*) FROM "DEFAULT"').rows
    names = [name for (name,) in engine.sql("SHOW TABLES").rows]
    assert ["default", "events", "notes"] == names


def test_only_the_tables_that_are_named_are_read(engine, monkeypatch):
    """Another table may be larger than the memory."""
    read = []
    before = type(engine).read
    monkeypatch.setattr(
        type(engine),
        "read",
        lambda self, table, query: [read.append(table), before(self, table, query)][1],
    )
    assert [(1,)] == engine.sql("SELECT count(*) FROM notes").rows
    assert [(1,)] == engine.sql("SELECT 1").rows
    assert ["notes"] == read


def test_the_time_of_reading_counts(engine, monkeypatch):
    """Rows that come slowly end with the deadline, not after it."""
    before = type(engine).read

    def slow(self, table, query):
        selection = before(self, table, query)

        def batches():
            for batch in [*selection.batches] * 1000:
                time.sleep(0.02)
                yield batch

        return type(selection)(selection.columns, batches())

    monkeypatch.setattr(type(engine), "read", slow)
    begun = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.3 seconds"):
        engine.sql("SELECT count(*) FROM default", timeout=0.3)
    assert time.monotonic() - begun < 5


def test_rows_beyond_the_memory_are_a_query_error_that_says_where_to_ask(engine, monkeypatch):
    """It names `xt copy`, and the engine goes on."""
    config = {**rows_in_memory.readonly_sql._CONFIG, "memory_limit": "10MB"}
    monkeypatch.setattr(rows_in_memory.readonly_sql, "_CONFIG", config)
    log(engine, *({"text": str(number) * 5_000} for number in range(4_000)), table="large")
    with pytest.raises(QueryError, match=r"xt copy DB rows\.duckdb"):
        engine.sql("SELECT count(*) FROM large")
    assert [(1,)] == engine.sql("SELECT count(*) FROM notes").rows


def test_an_error_of_the_engine_stays_what_it_is(engine, monkeypatch):
    """It is the engine's own error, not DuckDB's."""

    def gone(self, table, query):
        raise ConnectionResetError("the server went away")

    monkeypatch.setattr(type(engine), "read", gone)
    with pytest.raises(ConnectionResetError):
        DuckDBRunner(engine).sql("SELECT * FROM default")
