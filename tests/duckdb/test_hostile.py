"""S13: a row log of somebody else's is read or refused, and never read beyond its cells."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import pytest

from tests.engines import fields
from tests.hostile import NUMBER, read_in_child
from xetrack import Reader, Tracker
from xetrack.errors import NotADatabaseError
from xetrack_duckdb.row_log import packed_batches

ENOUGH = NUMBER // 3
"""A database is opened for each."""


@pytest.mark.timeout(2_000)
def test_s13_damaged_batches_are_read_or_refused(tmp_path):
    """Cells cut off or of other types, rows that there are not; nothing but a typed error."""
    printed = read_in_child("tests.duckdb.hostile_batches", tmp_path, 0, ENOUGH)
    assert [f"batch {seed}: ok" for seed in range(ENOUGH)] == printed.splitlines()


def test_a_batch_without_bytes_for_its_rows_is_kept_as_rows():
    """A batch without bytes for its rows is kept as rows, as one that claims so many would not be
    believed; with a number in each row, it is.
    """
    rows = 300_000
    texts, numbers = ["x"] * rows, [1] * rows
    described = fields([{"text": "x", "n": 1}])[:2]
    assert packed_batches.pack_batch(described[:1], [texts]) is None
    assert 2 == len(packed_batches.pack_batch(described, [texts, numbers]))
    long = ["x" * 1_000] * rows  # 1 KB that would be 300 MB
    assert packed_batches.pack_batch(described, [long, numbers]) is None


TRIGGER = """CREATE TRIGGER t AFTER INSERT ON "default" BEGIN
    UPDATE "default" SET n = 999 WHERE rowid = new.rowid; END"""
EDIT = """UPDATE sqlite_schema SET sql = replace(sql, '"n" BIGINT', '"n" BIGINT {}')
    WHERE name = 'default'"""


@pytest.mark.parametrize(
    "statements",
    [
        ['CREATE TRIGGER t AFTER DELETE ON "default" BEGIN DELETE FROM xetrack_duckdb; END'],
        [TRIGGER, "UPDATE sqlite_schema SET type = 'Trigger' WHERE type = 'trigger'"],
        [TRIGGER, "UPDATE sqlite_schema SET type = CAST(type AS BLOB)"],
        ["DROP TABLE xetrack_duckdb", "CREATE VIEW xetrack_duckdb AS SELECT 1 AS identity"],
        ["CREATE VIEW xetrack_batches AS SELECT 1 AS number"],
        ["DROP VIEW events", 'CREATE VIEW Events AS SELECT * FROM "default"'],
        ["CREATE TABLE XETRACK_BATCHES (number INTEGER PRIMARY KEY)"],
        ["CREATE TABLE xetrack_batches (x)", "UPDATE sqlite_schema SET name = CAST(name AS BLOB)"],
        ["CREATE TABLE xetrack_batches (x)", "UPDATE sqlite_schema SET name = name || char(0)"],
        ["DROP TABLE xetrack_duckdb", "CREATE TABLE Xetrack_DuckDB (identity)"],
        ["CREATE VIRTUAL TABLE v USING fts5(x)"],
        ['CREATE INDEX i ON "default" ("n")'],
        ["CREATE INDEX i ON \"default\" (length(printf('%.*c', 9, n)))"],
        ['ALTER TABLE "default" ADD COLUMN z INT GENERATED ALWAYS AS (abs("n")) VIRTUAL'],
        ['ALTER TABLE "default" ADD COLUMN z AS (abs("n"))'],
        ['ALTER TABLE "default" ADD COLUMN z INT DEFAULT 1'],
        [EDIT.format(", z INT/**/default(length(hex(zeroblob(9))))")],
        [EDIT.format('CHECK (abs("n") < 9)')],
        [EDIT.format("COLLATE NOCASE")],
        [EDIT.format("UNIQUE ON CONFLICT REPLACE")],
        ['ALTER TABLE xetrack_meta ADD COLUMN z CHECK (length("value") < 99)'],
    ],
)
def test_a_log_that_runs_code_is_refused(tmp_path, statements):
    """The log is ours alone, so it has nothing but the tables and the view that xetrack makes."""
    path = str(tmp_path / "rows.duckdb")
    with Tracker(path, warnings=False) as tracker:
        tracker.log({"n": 1})
    with closing(sqlite3.connect(f"{path}.rows")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    for use in (lambda: Reader(path).to_df(), lambda: Tracker(path, warnings=False).log({"n": 2})):
        with pytest.raises(NotADatabaseError):
            use()


def test_names_that_are_words_of_sql_are_no_code(tmp_path):
    """A name is quoted in the log, whatever it is."""
    path = tmp_path / "rows.duckdb"
    table = 'a "b" CHECK (x) \'--'
    with duckdb.connect(path) as connection:
        connection.execute('CREATE TABLE other ("generated ""as"" \'[`/* (1)" INT)')
    for _ in range(2):
        with Tracker(path, table=table, warnings=False) as tracker:
            tracker.log({"default": 1, "check": 2, "on conflict": "x", "as": b"x"})
    assert [1, 1] == Reader(path, table=table).to_df()["default"].tolist()
