"""SQL through a Reader: frames, and nothing but reading (S7 of the catalogue of faults)."""

from __future__ import annotations

import math
import sqlite3
import time

import numpy as np
import polars as pl
import pytest

from tests.dtypes import TEXT
from xetrack import Reader, Tracker, set_backend
from xetrack.errors import QueryError


@pytest.fixture
def reader(db):
    """A reader of three rows of many kinds."""
    with Tracker(db, warnings=False) as tracker:
        tracker.log({"n": 1, "f": 0.5, "t": "007", "ok": True, "j": [1], "b": b"a"})
        tracker.log({"n": 2, "f": math.nan, "t": None, "ok": False, "big": 2**70})
        tracker.log({"n": 3, "t": "it's default"})
    with Reader(db) as made:
        yield made


@pytest.mark.parametrize("name", ["events", "db.events", "default", "db.default", '"default"'])
def test_the_default_table_has_all_its_names(reader, name):
    """Nobody has to quote it."""
    found = reader.sql(f"SELECT n FROM {name} WHERE n > 1 ORDER BY n DESC")
    assert ([3, 2], "int64") == (found["n"].tolist(), str(found["n"].dtype))


def test_a_frame_follows_the_kinds_of_the_cells(reader):
    """Missing cells are missing, text stays text; the rest is as SQLite keeps it."""
    found = reader.sql("SELECT f, t, ok, j, b, NULL AS none, n > 1 AS more FROM events")
    dtypes = {"f": "float64", "t": TEXT, "ok": "Int64", "j": "object", "b": "object"}
    assert dtypes == {name: str(found[name].dtype) for name in dtypes} | {"j": "object"}
    assert (0.5, "007", 1, "[1]", b"a") == tuple(found.loc[0, ["f", "t", "ok", "j", "b"]])
    assert [True, True] == [found[name].isna().all() for name in ("none",)] * 2
    assert np.isnan(found.loc[1, "f"])


def test_parameters_are_given_by_position_or_by_name(reader):
    """A text that looks like SQL is a value."""
    assert [3] == reader.sql("SELECT n FROM events WHERE t = ?", ["it's default"])["n"].tolist()
    found = reader.sql("SELECT n FROM events WHERE n BETWEEN :low AND :high", {"low": 2, "high": 9})
    assert [2, 3] == found["n"].tolist()
    assert 0 == len(reader.sql("SELECT n FROM events WHERE t = ?", ("x' OR 1 --",)))
    with pytest.raises(QueryError):
        reader.sql("SELECT ?", [])


def test_no_row_is_a_frame_with_its_columns(reader):
    """No row is a frame with its columns, also where names come twice, of which each is another
    column.
    """
    found = reader.sql("SELECT a.n, b.n, 1 AS n_2 FROM events a JOIN events b WHERE 0")
    assert (["n", "n_2", "n_2_2"], 0) == (list(found.columns), len(found))
    found = reader.sql("SELECT a.n, b.n AS n FROM events a JOIN events b ON b.n = a.n + 1")
    assert {"n": [1, 2], "n_2": [2, 3]} == found.to_dict("list")


def test_the_backend_is_the_one_that_was_chosen(reader):
    """The backend is the one that was chosen, as for every frame."""
    set_backend("polars")
    try:
        found = reader.sql("SELECT n, t, n AS n FROM events")
    finally:
        set_backend("pandas")
    assert isinstance(found, pl.DataFrame)
    assert {"n": pl.Int64, "t": pl.String, "n_2": pl.Int64} == dict(found.schema)


HOSTILE = [
    "ATTACH 'other.db' AS other",
    "ATTACH ':memory:' AS other",
    "VACUUM",
    "VACUUM INTO 'copy.db'",
    "VACUUM db INTO 'copy.db'",
    "PRAGMA query_only = OFF",
    "PRAGMA db.journal_mode = DELETE",
    "PRAGMA writable_schema = ON",
    "PRAGMA table_info(default)",
    "SELECT * FROM pragma_table_info('default')",
    "SELECT * FROM pragma_function_list",
    "SELECT * FROM PRAGMA_DATABASE_LIST()",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c, events",
    "SELECT zeroblob(400000000)",
    "SELECT randomblob(400000000)",
    "SELECT hex(printf('%9000000d', 1))",
    "SELECT replace(printf('%1000000d', 1), ' ', printf('%1000d', 1))",
    "SELECT load_extension('x.so')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('x', 'y')",
    "SELECT edit('x')",
    "SELECT fts3_tokenizer('simple')",
    "CREATE TABLE t (x)",
    "CREATE TEMP TABLE t (x)",
    "CREATE VIRTUAL TABLE temp.t USING fts5(x)",
    "CREATE VIRTUAL TABLE temp.t USING dbstat",
    "CREATE TEMP TRIGGER t AFTER INSERT ON db.default BEGIN SELECT 1; END",
    "INSERT INTO events (n) VALUES (1)",
    "INSERT INTO db.xetrack_meta VALUES ('format', 99)",
    "UPDATE default SET n = 0",
    "DELETE FROM default",
    "DROP TABLE default",
    "ALTER TABLE default RENAME TO gone",
    "UPDATE sqlite_schema SET sql = ''",
    "WITH x AS (SELECT 1) DELETE FROM default",
    "EXPLAIN DELETE FROM default",
    "SELECT 1; DELETE FROM default",
    "BEGIN; DELETE FROM default; COMMIT",
    "SAVEPOINT s",
    "REINDEX",
    "ANALYZE",
    "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
    "SELECT 1 " + "UNION SELECT 1 " * 5_000,
    "SELECT '" + "x" * 2**20 + "'",
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_s7_what_does_more_than_read_is_refused_at_once(reader, db, tmp_path, monkeypatch, query):
    """Within half a second and its deadline; no file is there that was not, and no row another."""
    monkeypatch.chdir(tmp_path)
    before = reader.select().rows()[0], sorted(one.name for one in tmp_path.rglob("*"))
    began = time.monotonic()
    with pytest.raises(QueryError):
        reader.sql(query, timeout=0.3)
    assert time.monotonic() - began < 5  # by the clock of a busy machine
    after = reader.select().rows()[0], sorted(one.name for one in tmp_path.rglob("*"))
    assert before == after
    assert [(3,)] == reader.conn.execute('SELECT count(*) FROM "default"').fetchall()


PLAIN = [
    "SELECT * FROM events",
    "select n from default where t like '%default%' or t glob '0*' order by n limit 1",
    "SELECT max(n), avg(f), count(*), total(n), group_concat(t) FROM db.events GROUP BY track_id",
    "WITH x AS (SELECT n FROM events) SELECT n, (SELECT count(*) FROM x) FROM x",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5) SELECT x FROM c",
    "SELECT n, row_number() OVER (PARTITION BY ok ORDER BY n) FROM events",
    "SELECT value, key FROM events, json_each(j)",
    "SELECT fullkey FROM json_tree('[1, [2]]')",
    "SELECT json_extract(j, '$[0]'), j ->> 0 FROM events WHERE j IS NOT NULL",
    "SELECT date('2024-01-01', '+1 day'), strftime('%s', 'now'), typeof(n), hex(b) FROM events",
    "SELECT a.n FROM events a LEFT JOIN default b USING (n) UNION SELECT 7 EXCEPT SELECT 1",
    "SELECT CASE WHEN n > 1 THEN 'many' ELSE 'one' END AS c FROM events",
    "SELECT round(n / 3.0, 2), printf('%05d', n), substr(t, 1, 2), coalesce(t, '-') FROM events",
    "VALUES (1, 'a'), (2, 'b')",
    "EXPLAIN QUERY PLAN SELECT * FROM events",
    "SELECT name FROM db.sqlite_schema",
    "-- a comment first\nSELECT n FROM events; -- and last",
    "SELECT 'DROP TABLE default; ATTACH x'",
]


@pytest.mark.parametrize("query", PLAIN, ids=range(len(PLAIN)))
def test_s7_plain_reading_is_allowed(reader, query):
    """Plain reading is allowed, whatever functions it takes."""
    assert len(reader.sql(query).columns)


def test_the_deadline_is_a_minute_unless_another_is_given(reader, monkeypatch):
    """None is given for none."""
    given = []
    answer = type(reader.engine).sql

    def sql(self, *arguments, timeout, **options):
        given.append(timeout)
        return answer(self, *arguments, timeout=timeout, **options)

    monkeypatch.setattr(type(reader.engine), "sql", sql)
    reader.sql("SELECT 1")
    reader.sql("SELECT 1", timeout=None)
    assert [60.0, None] == given


def test_a_statement_sees_what_others_logged_just_now(reader, db):
    """A statement sees what others logged just now, without closing anything."""
    Tracker(db).log({"n": 4})
    assert 4 == reader.sql("SELECT count(*) AS c FROM events").loc[0, "c"]
    with sqlite3.connect(db) as connection:
        connection.execute('DELETE FROM "default"')
    connection.close()
    assert 0 == reader.sql("SELECT count(*) AS c FROM events").loc[0, "c"]
