"""SQL from a user on a DuckDB file: S8, names as people write them, deadlines, and `conn`."""

from __future__ import annotations

import datetime as dt
import gc
import os
import threading

import duckdb
import numpy as np
import pytest

from tests.core.sqlite.test_sql import (  # noqa: F401
    test_promise_16_literals_are_untouched,
)
from tests.engines import column, log, opened, quiet, run, start
from xetrack.errors import QueryError
from xetrack.interfaces.engine import Settings
from xetrack_duckdb.factory import duckdb as DuckDBEngine  # noqa: N812
from xetrack_duckdb.reading import readonly_sql
from xetrack_duckdb.reading.tokens import quote_default
from xetrack_duckdb.sqlite_adapter import SQLiteAdapter


@pytest.fixture(params=["free", "held", "sqlite", "memory"])
def three(request, path, tmp_path):
    """Three rows: in a file that nobody has open, or a user of this process; in SQLite."""
    where = {"sqlite": tmp_path / "rows.db", "memory": ":memory:"}.get(request.param, path)
    if request.param == "sqlite":
        log(opened(where), {"z": 1}, table="first")
    engine = DuckDBEngine(str(where), Settings())
    log(engine, *({"n": n, "word": f"default.{n}"} for n in range(3)))
    mine = engine.connection if request.param == "held" else None
    yield engine
    del mine
    engine.close()


@pytest.fixture
def tree(tmp_path):
    """The names and sizes of all files beneath the folder of the test."""
    return lambda: {
        str(one): one.stat().st_size for one in tmp_path.rglob("*") if "-shm" not in one.name
    }


def reading(engine):
    """Open the connection that an engine runs a user's statement on."""
    if isinstance(engine, SQLiteAdapter):
        return engine._guarded_connection()
    return readonly_sql.guarded_connection(engine.file, engine.location, engine.settings.timeout)


REFUSED = [
    "INSERT INTO default VALUES (1)",
    "UPDATE default SET n = 0",
    "DELETE FROM db.default",
    "CREATE TABLE t (x INT)",
    "CREATE TEMP TABLE t (x INT)",
    "CREATE TABLE memory.t (x INT)",
    "CREATE VIEW v AS SELECT 1",
    "CREATE MACRO f() AS 1",
    "CREATE SECRET s (TYPE s3)",
    "DROP TABLE default",
    "ALTER TABLE default ADD COLUMN y INT",
    "ATTACH 'other.duckdb'",
    "ATTACH ':memory:' AS other",
    "DETACH db",
    "USE memory",
    "COPY default TO 'out.csv'",
    "COPY (SELECT 1) TO 'out.parquet'",
    "COPY default FROM '/etc/passwd'",
    "EXPORT DATABASE 'out'",
    "IMPORT DATABASE 'out'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'https://localhost/x.csv'",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT * FROM a_local_variable",
    "WITH x AS (INSERT INTO default (n) VALUES (9) RETURNING n) SELECT * FROM x",
    "EXPLAIN ANALYZE DELETE FROM default",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 1",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "CALL enable_logging(storage = 'file', storage_path = 'log')",
    "SELECT * FROM enable_profiling()",
    "PREPARE p AS SELECT 1",
    "BEGIN",
    "CHECKPOINT",
    "VACUUM",
    "ANALYZE",
    "SELECT 1; DROP TABLE default",
    "SELECT 1; SELECT 2",
    "SELECT nothing FROM default",
    "SELECT * FROM nowhere",
    "SELEC 1",
    "SELECT '",
    "",
    "SELECT '\ud800'",
    "SELECT ?",
]


@pytest.mark.slow
def test_promise_s8_everything_but_reading_is_a_query_error(three, tree, tmp_path, monkeypatch):
    """It changes no row, makes and reads no file, and the next query works."""
    monkeypatch.chdir(tmp_path)
    a_local_variable = {"x": np.array([1])}
    quiet()  # the log is brought to DuckDB
    three.count("default")  # while an engine is open, its fence is there
    before = tree()
    # One after another on the same connection, as what one of them changed would let another
    # through; each tenth as users send them.
    with reading(three) as connection:
        for sql in REFUSED:
            with pytest.raises(QueryError) as refused:
                readonly_sql.run_query(connection, sql, (), None, None)
            assert sql == refused.value.query
    for sql in REFUSED[::10]:
        with pytest.raises(QueryError):
            three.sql(sql)
    assert before == tree()
    assert [(0,), (1,), (2,)] == three.sql("SELECT n FROM default").rows
    log(three, {"n": 3})
    assert 4 == three.count("default")
    assert a_local_variable


ALLOWED = [
    "SELECT count(*) FROM default",
    "FROM db.events",
    "WITH x AS (SELECT n FROM events) SELECT sum(n) FROM x",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 9) FROM c",
    "VALUES (1), (2)",
    "DESCRIBE default",
    "SUMMARIZE default",
    "EXPLAIN SELECT * FROM default",
    "SELECT unnest([1, 2]), range(3), json_extract('{\"a\": 1}', '$.a')",
    "SELECT regexp_extract(word, '[0-9]'), current_date, uuid() FROM default",
    "SELECT n, rank() OVER (ORDER BY n) FROM default QUALIFY rank() OVER (ORDER BY n) = 1",
    "SELECT * EXCLUDE (word) FROM db.main.default",
]


@pytest.mark.slow
def test_a_query_takes_no_more_memory_than_allowed(three, monkeypatch):
    """It is told so, and the next one runs; a user's own connection has no such limit."""
    query = "SELECT max(len(l)) FROM (SELECT list(n) AS l FROM range({}) AS r(n) GROUP BY n % 9)"
    monkeypatch.setitem(readonly_sql._CONFIG, "memory_limit", "40MB")
    with pytest.raises(QueryError, match=r"needs more memory than .* GB.*tracker\.conn") as found:
        three.sql(query.format(10_000_000))
    assert isinstance(found.value.__cause__, duckdb.OutOfMemoryException)
    assert [(100,)] == three.sql(query.format(900)).rows
    monkeypatch.undo()
    ((here,),) = three.sql("SELECT current_setting('memory_limit')").rows
    assert here == f"{readonly_sql._memory() / 2**30:.1f} GiB"


def test_a_moment_has_its_time_zone(three):
    """In a list, too, on `conn` as well; and DuckDB needs no package that is missing for it."""
    query = "SELECT now(), [TIMESTAMPTZ '2026-01-02 03:04:05+02'] AS there"
    mine = three.connection.execute(query).fetchall()
    ((now, (there,)),) = three.sql(query).rows
    assert dt.datetime(2026, 1, 2, 1, 4, 5, tzinfo=dt.UTC) == there == mine[0][1][0]
    assert now.tzinfo is not None
    assert abs(now - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def test_promise_s8_plain_reading_is_allowed(three):
    """All of DuckDB's own SQL that reaches no file."""
    assert three.sql(ALLOWED[0]).rows
    with reading(three) as connection:
        for sql in ALLOWED:
            assert readonly_sql.run_query(connection, sql, (), None, None).rows, sql


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT ?, ? FROM default LIMIT 1", (1, "x")),
        ("SELECT $a, $default FROM default LIMIT 1", {"a": 1, "default": "x"}),
        ("SELECT $2, $1", ("x", 1)),
    ],
)
def test_parameters_are_bound_by_position_and_by_name(engine, sql, parameters):
    """Parameters are bound by position and by name, also those that are called as the table is."""
    log(engine, {"n": 1})
    assert [(1, "x")] == engine.sql(sql, parameters).rows


@pytest.mark.parametrize("parameters", [(object(),), (10**50,), ("\ud800",), {"a": 1}, (1, 2), 7])
def test_parameters_that_cannot_be_bound_are_a_query_error(engine, parameters):
    """The driver's own exceptions are never let through."""
    log(engine, {"n": 1})
    with pytest.raises(QueryError):
        engine.sql("SELECT ?", parameters)


@pytest.mark.slow
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM range(1000000) a, range(1000000) b",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
    ],
)
def test_a_statement_without_end_is_stopped_by_the_deadline(three, sql):
    """The error says how long it was allowed to take."""
    with pytest.raises(QueryError, match=r"longer than 0\.3 seconds"):
        three.sql(sql, timeout=0.3)
    assert [(3,)] == three.sql("SELECT count(*) FROM default", timeout=20).rows


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT default FROM Default", 'SELECT "default" FROM "default"'),
        ("-- default\n/* default */ $$default$$", "-- default\n/* default */ $$default$$"),
        ("$default :default 'default' \"default\"", "$default :default 'default' \"default\""),
        ("db.default.n, default_x", 'db."default".n, default_x'),
    ],
)
def test_the_word_default_is_quoted_where_it_names_the_table(sql, expected):
    """The word default is quoted where it names the table, and nowhere else."""
    assert expected == quote_default(sql)


def test_conn_names_the_table_in_every_way(engine):
    """On the user's own connection DuckDB itself takes them."""
    log(engine, {"n": 1})
    for name in ("db.events", "events", "db.default", '"default"', "db.main.events"):
        assert [(1,)] == engine.connection.execute(f"SELECT n FROM {name}").fetchall()
    assert isinstance(engine.connection, duckdb.DuckDBPyConnection)


def test_conn_writes_and_sees_what_was_logged_when_it_is_asked_for(engine, path):
    """It reads and writes beside the engine; a rollback takes no logged row along."""
    log(engine, {"n": 1})
    mine = engine.connection
    mine.execute("BEGIN")
    mine.execute('UPDATE "default" SET n = n + 100')
    log(engine, {"n": 2})
    mine.execute("ROLLBACK")
    mine.execute('UPDATE "default" SET n = n + 10')
    assert [(11,), (2,)] == engine.connection.execute("SELECT n FROM events").fetchall()
    other = opened(path)
    assert [11, 2] == column(other, "n")
    other.close()


ELSEWHERE = """
import sys
from tests.engines import opened, log, column
from xetrack.errors import DatabaseBusyError
engine = opened(sys.argv[1], timeout=float(sys.argv[2]))
log(engine, {"n": 7})
print("logged", flush=True)
try:
    print(column(engine, "n"), flush=True)
except DatabaseBusyError as error:
    print(error.pid, isinstance(error, TimeoutError), str(error.pid) in str(error), flush=True)
input()
print(column(engine, "n"))
engine.close()
"""


def test_while_conn_is_held_others_log_and_a_reader_is_told_who(engine, path):
    """A second process logs at once; its read fails after its deadline, and names this one."""
    log(engine, {"n": 1})
    mine = engine.connection
    with start(ELSEWHERE, path, 0.5) as process:
        said = [process.stdout.readline(), process.stdout.readline()]
        assert ["logged\n", f"{os.getpid()} True True\n"] == said
        assert [(1,), (7,)] == engine.connection.execute("SELECT n FROM events").fetchall()
        del mine
        gc.collect()
        assert ("[1, 7]\n", "") == process.communicate("\n", timeout=50)


@pytest.mark.slow
def test_a_relation_keeps_the_file_until_it_is_forgotten(engine):
    """What DuckDB has not yet computed is computed on an open file."""
    log(engine, {"n": 5})
    relation = engine.connection.sql("SELECT n FROM events")
    gc.collect()
    assert [(5,)] == relation.fetchall()
    assert engine.file.is_in_use
    del relation
    gc.collect()
    assert not engine.file.is_in_use


@pytest.mark.slow
def test_the_users_connection_of_a_reader_refuses_writes(engine, path):
    """What is open for reading changes nothing by SQL either, nor does it while others have it."""
    log(engine, {"n": 1})
    for mine in (None, engine.connection):
        reader = opened(path, read_only=True)
        with pytest.raises(duckdb.Error, match="read-only"):
            reader.connection.execute('DELETE FROM "default"')
        assert [(1,)] == reader.connection.execute("SELECT n FROM events").fetchall()
        reader.close()
        del mine, reader
        gc.collect()


def test_over_sqlite_conn_follows_the_file(tmp_path):
    """Rows that others log are there when it is asked for again, and none can be changed."""
    sqlite = opened(tmp_path / "rows.db")
    log(sqlite, {"n": 1, "x": [1]}, {"n": None, "x": 2})
    engine = DuckDBEngine(str(tmp_path / "rows.db"), Settings())
    rows = engine.connection.execute("SELECT n, x FROM events").fetchall()
    assert [(1, "[1]"), (None, "2")] == rows
    # A checkpoint between two looks changes the file: on a busy machine there is time for the one.
    assert any(engine.connection is engine.connection for _ in range(3))
    log(sqlite, {"n": 3})
    assert [(4,)] == engine.connection.execute("SELECT sum(n) FROM db.default").fetchall()
    with pytest.raises(duckdb.Error, match="read-only"):
        engine.connection.execute("DELETE FROM db.default")
    log(engine, {"n": 10})
    assert [(14,)] == engine.sql("SELECT sum(n) FROM default").rows
    assert [1, None, 3, 10] == column(sqlite, "n")
    engine.close()
    sqlite.close()


def test_a_query_in_one_thread_makes_another_wait_and_no_more(engine):
    """While a statement runs on a database of its own, rows are logged and then read."""
    log(engine, {"n": 1})
    found = []
    query = "SELECT max(a.range) FROM range(3000000) a, range(20) b"
    thread = threading.Thread(target=lambda: found.append(engine.sql(query).rows))
    thread.start()
    log(engine, {"n": 2})
    assert [1, 2] == column(engine, "n")
    thread.join()
    assert [[(2_999_999,)]] == found


def test_no_progress_is_printed_into_standard_output(tmp_path):
    """DuckDB would, of a long statement under ``python -c``; another program reads that output."""
    code = """
import sys
from xetrack import Reader, Tracker
asked = "SELECT value FROM duckdb_settings() WHERE name = 'enable_progress_bar'"
with Tracker(sys.argv[1]) as tracker:
    tracker.log({"loss": 0.5})
    print(tracker.conn.execute(asked).fetchall())
with Reader(sys.argv[1]) as reader:
    print(reader.sql(asked)["value"].tolist())
    print(reader.conn.execute(asked).fetchall())
"""
    printed = run(code, tmp_path / "a.duckdb", fresh=True).stdout
    assert "[('false',)]\n['false']\n[('false',)]\n" == printed
