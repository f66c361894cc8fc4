"""SQL from a user: names as people write them, reading only, and within its limits."""

from __future__ import annotations

import sqlite3
import time

import pytest

from tests.engines import log
from xetrack.builtin.sqlite.tables.tokens import for_reading, tokens, with_declaration
from xetrack.errors import QueryError


@pytest.fixture
def three(any_engine):
    """Three rows in the default table."""
    log(any_engine, *({"n": n, "word": f"default.{n}"} for n in range(3)))
    return any_engine


@pytest.fixture
def tree(tmp_path):
    """The names and contents of all files beneath the folder of the test."""
    return lambda: {
        str(one): one.stat().st_size for one in tmp_path.rglob("*") if one.suffix != ".db-shm"
    }


@pytest.mark.parametrize("name", ["db.events", "default", "[default]", "`default`"])
def test_columns_are_named_through_any_of_them(three, name):
    """The table's name or an alias stands before a column."""
    assert [(2,)] == three.sql(f"SELECT d.n FROM {name} AS d ORDER BY d.n DESC LIMIT 1").rows
    assert [(0,)] == three.sql("SELECT default.n FROM default LIMIT 1").rows


@pytest.mark.parametrize(
    "text",
    [
        "default",
        "db.events",
        "it''s default, db.default",
        "-- default",
        "/* db. */",
        '"default"',
        "%default%",
    ],
)
def test_promise_16_literals_are_untouched(three, text):
    """What looks like a table inside quotes is a value."""
    assert [(text.replace("''", "'"),)] == three.sql(f"SELECT '{text}'").rows


def test_comments_are_untouched(three):
    """Comments may hold the names too, also at the end without a line break."""
    sql = "/* db.default 'x */ SELECT 1 -- it's default\n, 2 -- db.default"
    assert sql == for_reading(sql, "main")
    assert [(1, 2)] == three.sql(sql).rows


@pytest.mark.filterwarnings("ignore:Binding:DeprecationWarning")  # Python 3.12.0 to 3.12.3 errs
@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT ?, ? FROM default LIMIT 1", (1, "x")),
        ("SELECT :a, :default FROM default LIMIT 1", {"a": 1, "default": "x"}),
        ("SELECT @a, $default", {"a": 1, "default": "x"}),
        ("SELECT ?2, ?1", ("x", 1)),
    ],
)
def test_parameters_are_bound_by_position_and_by_name(three, sql, parameters):
    """Parameters are bound by position and by name, also those that are called as the table is."""
    assert [(1, "x")] == three.sql(sql, parameters).rows


REFUSED = [
    "INSERT INTO default VALUES (1)",
    "INSERT INTO db.events DEFAULT VALUES",
    "UPDATE default SET n = 0",
    "DELETE FROM default",
    "REPLACE INTO default VALUES (1)",
    "CREATE TABLE t (x)",
    "CREATE TEMP TABLE t (x)",
    "CREATE TABLE db.t (x)",
    "CREATE VIEW temp.v AS SELECT 1",
    "CREATE TRIGGER t AFTER INSERT ON default BEGIN SELECT 1; END",
    "CREATE INDEX i ON default (n)",
    "DROP TABLE default",
    "DROP VIEW events",
    "ALTER TABLE default ADD COLUMN y",
    "ATTACH 'other.db' AS other",
    "ATTACH ':memory:' AS other",
    "DETACH db",
    "VACUUM",
    "VACUUM INTO 'copy.db'",
    "VACUUM db INTO 'copy.db'",
    "PRAGMA query_only = OFF",
    "PRAGMA db.user_version = 7",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA table_info(default)",
    "SELECT * FROM pragma_table_info('default')",
    "SELECT * FROM pragma_database_list()",
    "SELECT load_extension('x.so')",
    "SELECT Load_Extension('x.so')",
    "SELECT randomblob(1000000000)",
    "SELECT zeroblob(1000000000)",
    "SELECT writefile('x', 'y')",
    "SELECT fts3_tokenizer('simple')",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT s",
    "ANALYZE",
    "REINDEX",
    "EXPLAIN DELETE FROM default",
    "WITH x AS (SELECT 1) INSERT INTO default (n) SELECT * FROM x",
    "WITH x AS (SELECT 1) DELETE FROM default",
    "SELECT 1; DROP TABLE default",
    "SELECT 1; SELECT 2",
    "SELECT nothing FROM default",
    "SELECT * FROM nowhere",
    "SELEC 1",
    "SELECT '",
    "SELECT '\0'",
    "SELECT '\ud800'",
    "SELECT ?",
    "",
    " \n\t",
    ";",
    "-- nothing else",
    "/* nothing",
    "SELECT replace(hex(zeroblob(1000)), '0', printf('%10000000d', 1))",
]


@pytest.mark.parametrize("sql", REFUSED, ids=range(len(REFUSED)))
def test_everything_but_reading_is_a_query_error(three, tree, tmp_path, monkeypatch, sql):
    """It changes no row and makes no file, in memory too; and the next query works."""
    monkeypatch.chdir(tmp_path)
    before = tree()
    with pytest.raises(QueryError):
        three.sql(sql)
    assert before == tree()
    assert [(0,), (1,), (2,)] == three.sql("SELECT n FROM default").rows
    log(three, {"n": 3})
    assert 4 == three.count("default")


@pytest.mark.parametrize(
    "parameters", [(object(),), (iter(()),), ({iter(())},), {"a": 1}, (1, 2), 7], ids=range(6)
)
def test_parameters_that_cannot_be_bound_are_a_query_error(three, parameters):
    """The driver's own exceptions are never let through."""
    with pytest.raises(QueryError):
        three.sql("SELECT ?", parameters)


BOMB = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT {} FROM c"


COSTLY = "count(length(printf('%10000000d', x)))"
"""Few steps of SQLite for each row, all of them long."""


@pytest.mark.parametrize("what", ["count(*)", "x", "max(x)", COSTLY])
def test_a_statement_without_end_is_stopped_by_the_deadline(three, what):
    """The error says how long it was allowed to take."""
    began = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.2 seconds"):
        three.sql(BOMB.format(what), timeout=0.2)
    assert time.monotonic() - began < 5
    assert [(3,)] == three.sql("SELECT count(*) FROM default", timeout=20).rows


def test_a_deadline_that_is_over_at_once_stops_the_statement_too(three):
    """A deadline that is over at once stops the statement too, and nothing of it meets the next
    one.
    """
    for _ in range(20):
        with pytest.raises(QueryError, match="longer than"):
            three.sql(BOMB.format("x"), timeout=0)
        log(three, {"n": 7})
    assert [(23,)] == three.sql("SELECT count(*) FROM default", timeout=20).rows


def test_recursion_and_json_are_allowed(three):
    """Reading has all the functions of SQLite that are harmless."""
    assert [(1,), (2,)] == three.sql(BOMB.format("x"), limit=2).rows
    assert [("b",)] == three.sql("SELECT value FROM json_each('[\"b\"]')").rows
    assert [("default.2",)] == three.sql("SELECT max(word) OVER () FROM default LIMIT 1").rows


def test_a_file_of_another_program_has_events_too(engine, by_hand):
    """Where the view is missing, ``events`` names the default table, and nothing is stored."""
    by_hand('CREATE TABLE "default" (n)', 'INSERT INTO "default" VALUES (5)')
    assert [(5,)] == engine.sql("SELECT n FROM events").rows
    assert [(0,)] == by_hand("SELECT count(*) FROM sqlite_schema WHERE name = 'events'")


@pytest.mark.parametrize(
    "sql", ["", "SELECT 'a''b', \"c\"\"d\", [e], `f` -- g\n", "x'00' /* ", "'", "1e3.5 :n $x é"]
)
def test_tokens_join_to_the_text_they_came_from(sql):
    """Nothing is lost, not even from a text that is no SQL."""
    assert sql == "".join(text for _, text in tokens(sql))


@pytest.mark.parametrize(
    ("definition", "declared", "expected"),
    [
        ("a INT, b", "DOUBLE", "a DOUBLE, b"),
        ("a INT, b", "", "a , b"),
        ("a, b", "DOUBLE", "a DOUBLE, b"),
        ('"a,(" VARCHAR(20, 3) NOT NULL, b', "", '"a,("  NOT NULL, b'),
        ("a DECIMAL(1,2) DEFAULT (1 + (2)), b", "BIGINT", "a BIGINT DEFAULT (1 + (2)), b"),
        ("a /* , */ INT -- )\n , b", "DOUBLE", "a DOUBLE, b"),
        ("[a] UNSIGNED BIG INT CHECK (a > 0), b", "BIGINT", "[a] BIGINT CHECK (a > 0), b"),
        ("'a' TEXT COLLATE nocase, b", "", "'a'  COLLATE nocase, b"),
    ],
)
def test_a_declaration_is_changed_and_nothing_else(definition, declared, expected):
    """Constraints, comments in other places and other columns stay as they were."""
    before, after = (
        f'CREATE TABLE "t(" ({one}, PRIMARY KEY (b))' for one in (definition, expected)
    )
    changed = with_declaration(before, 0, declared)
    assert after.replace(" ", "") == changed.replace(" ", "")
    sqlite3.connect(":memory:").executescript(changed).connection.close()
