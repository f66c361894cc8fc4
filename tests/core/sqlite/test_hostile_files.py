"""S11 of SQLite: files made to take time or memory of whoever reads them.

Each is read in a process of its own, whose memory is limited; what takes too long fails there.
"""

import json
import os
import sqlite3
import sys
from contextlib import closing

import pytest

from tests.preloaded import run_code, run_command
from xetrack import Reader, Tracker

SECONDS = 30
"""Far more than the five seconds that it may take, for a machine that does other things, too."""

MEGABYTES = 700
"""What a process may get beyond what it has when it begins; a file must not take 500."""

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
HUGE = "printf('%.*c', 16000000, 'a')"
HUGE_TEXT = "'" + HUGE.replace("'", "''") + "'"
TABLE = (
    "CREATE TABLE 'default' (timestamp, track_id, a{}); INSERT INTO 'default' (a) VALUES (1), (2);"
)

CHILD = """
import json, resource, sys, warnings
warnings.simplefilter("ignore")
from xetrack import Reader, copy
from xetrack.errors import XetrackError
from xetrack.interfaces.query import Condition
import pandas, numpy

path, questions = sys.argv[1], json.loads(sys.argv[2])
with open("/proc/self/statm") as file:
    size = int(file.read().split()[0]) * resource.getpagesize()
most = size + int(sys.argv[3]) * 2**20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
calls = {
    "open": lambda: Reader(path),
    "len": lambda: len(Reader(path)),
    "tables": lambda: Reader(path).tables,
    "head": lambda: Reader(path).select(head=5),
    "all": lambda: Reader(path).to_df(),
    "where": lambda: Reader(path).select(where=[Condition("a", "=", float("nan"))]),
    "latest": lambda: Reader(path).latest(),
    "columns": lambda: Reader(path).engine.columns("default"),
    "assets": lambda: Reader(path).assets and Reader(path).assets.get("abcdef0123456789", None),
    "copy": lambda: copy(path, path + ".copy"),
    "sql": lambda: Reader(path).sql("SELECT * FROM events", timeout=1),
}
answers = {}
for name in questions:
    try:
        calls[name]()
        answers[name] = "ended"
    except XetrackError as error:
        answers[name] = type(error).__name__
    except Exception as error:
        answers[name] = "untyped " + repr(error)
print(json.dumps(answers), flush=True)
"""

QUESTIONS = "open len tables head all where latest columns assets copy".split()


def ask(path, questions):
    arguments = path, json.dumps(questions), MEGABYTES
    done = run_code(CHILD, *arguments, cwd=path.parent, env={**os.environ}, timeout=SECONDS)
    assert done.code == 0, done.err[-1_000:]
    return json.loads(done.out.splitlines()[-1])


def made(path, sql, *, ours):
    if ours:
        with Tracker(path) as tracker:
            tracker.log({"a": 1, "b": [1], "c": float("nan")})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(sql)
    return path


def virtual(name, module="fts5", page=0):
    """SQL for a virtual table over endless rows; its entry may claim to have a page."""
    keys = {"fts5": "content='v', content_rowid='rowid'", "fts4": "content='v'"}[module]
    return (
        f"DROP TABLE IF EXISTS {name}; "
        f"CREATE VIEW v AS {ENDLESS} SELECT x AS rowid, x AS docid, 'q' AS a FROM c; "
        f"CREATE VIRTUAL TABLE {name} USING {module}(a, {keys}); PRAGMA writable_schema=ON; "
        f"UPDATE sqlite_schema SET rootpage = {page} WHERE name = {name};"
    )


def view(name, columns):
    return f"DROP TABLE IF EXISTS {name}; CREATE VIEW {name} AS {ENDLESS} SELECT {columns} FROM c;"


REGISTRY = "'default' AS \"table\", 'c' || x AS \"column\", 'k' || x AS key, 'int' AS kinds"
NAMED_LIKE_OURS = {
    "registry": view("xetrack_columns", REGISTRY),
    "registry in capitals": view("XETRACK_columns", REGISTRY),
    "notes": view(
        "xetrack_cells",
        "'default' AS \"table\", 'a' AS \"column\", '' AS timestamp, '' AS track_id, "
        "x AS \"row\", 'nan' AS kind",
    ),
    "meta": view("xetrack_meta", "'q' || x AS name, 1 AS value"),
    "overflow": "ALTER TABLE 'default' ADD COLUMN xetrack_more;"
    + view("xetrack_overflow", "x AS position, 'default' AS \"table\", 'q' || x AS \"column\""),
    "batches": view("xetrack_batches", "x AS number"),
    "computed cells": "DROP TABLE xetrack_meta; CREATE TABLE xetrack_meta "
    f"(name, value AS (length({HUGE}))); INSERT INTO xetrack_meta VALUES ('format');",
    "virtual": "DROP TABLE xetrack_meta; "
    "CREATE VIRTUAL TABLE xetrack_meta USING fts5(name, value);",
    "virtual with a page": virtual("'xetrack_meta'", page=2),
    "bytes as a definition": "DROP TABLE xetrack_meta; CREATE TABLE xetrack_meta (name, value); "
    "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = CAST('CREATE TABLE xetrack_meta"
    f"(name, value' || char(10) || 'AS' || char(10) || '(length(' || {HUGE_TEXT} || ')))' AS BLOB) "
    "WHERE name = 'xetrack_meta';",
    "trigger": "CREATE TRIGGER t AFTER INSERT ON xetrack_columns BEGIN SELECT 1; END;",
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited in Linux's way")
@pytest.mark.parametrize("sql", NAMED_LIKE_OURS.values(), ids=NAMED_LIKE_OURS)
def test_what_is_named_like_a_table_of_ours_is_refused(db, sql):
    answers = ask(made(db, sql, ours=True), QUESTIONS)
    assert set(answers.values()) == {"NotADatabaseError"}


ENDS = {
    "rows in a view": f"CREATE VIEW 'default' AS {ENDLESS} SELECT x AS a FROM c",
    "rows in fts5": virtual("'default'"),
    "rows in fts4": virtual("'default'", "fts4"),
    "rows in fts5 with a page": virtual("'default'", page=2),
    "rows in fts4 with a page": virtual("'default'", "fts4", page=2),
    "assets in views": view("assets", "'abcdef0123456789' || x AS key, x'80' AS value")
    + view("keys", "x AS key, x AS value")
    + view("counts", "x AS key, x AS value"),
    "computed cells": TABLE.format(f", g AS (length({HUGE})), h AS (instr({HUGE}, {HUGE} || 'b'))"),
    "index": TABLE.format("") + "CREATE INDEX i ON 'default' (printf('%.*c', a * 400000, 'x'));",
    "partial index": TABLE.format("")
    + "CREATE INDEX i ON 'default' (a) WHERE printf('%.*c', a * 400000, 'x') > 'a';",
    "events": TABLE.format("") + f"CREATE VIEW events AS {ENDLESS} SELECT x FROM c;",
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited in Linux's way")
@pytest.mark.parametrize("sql", ENDS.values(), ids=ENDS)
def test_reading_rows_computes_nothing_of_the_file(db, sql):
    answers = ask(made(db, sql, ours=False), QUESTIONS)
    assert not [one for one in answers.values() if one.startswith("untyped")]


BEYOND = {
    "endless": f"{ENDLESS} SELECT x FROM c",
    "long texts": f"{ENDLESS} SELECT printf('%.*c', 1000000, 'x') AS x FROM c",
    "sorted": f"{ENDLESS} SELECT x FROM c ORDER BY x DESC",
    "grouped": f"{ENDLESS} SELECT group_concat(printf('%.*c', 100000, 'x')) FROM c",
    "instr": f"SELECT instr({HUGE}, printf('%.*c', 8000000, 'a') || 'b')",
    "trim": f"SELECT trim({HUGE}, printf('%.*c', 8000000, 'b') || 'a')",
    "like": f"SELECT {HUGE} LIKE replace(printf('%.*c', 900, 'a'), 'a', '%a') || 'b'",
    "replace": f"SELECT replace(replace({HUGE}, 'a', 'bb'), 'b', 'ccc')",
    "wide": "SELECT " + ", ".join([f"{HUGE} AS c{{}}".format(at) for at in range(1_900)]),
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited in Linux's way")
@pytest.mark.parametrize("query", BEYOND.values(), ids=BEYOND)
def test_sql_ends_soon_after_its_deadline_and_within_its_memory(db, query):
    sql = TABLE.format("") + f"CREATE VIEW events AS {query};"
    assert ask(made(db, sql, ours=False), ["sql"]) == {"sql": "QueryError"}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited in Linux's way")
def test_xt_sql_has_a_deadline(db):
    made(db, TABLE.format("") + f"CREATE VIEW events AS {BEYOND['instr']} AS x;", ours=False)
    done = run_command(
        [sys.executable, "-m", "xetrack_cli", "sql", db, "SELECT * FROM events", "--timeout", "1"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "longer than 1 second" in done.stderr
    assert not done.stdout


def test_a_long_answer_that_fits_is_whole(db):
    with Tracker(db) as tracker:
        tracker.log_batch([{"n": number, "text": "x" * 100} for number in range(20_000)])
    with Reader(db) as reader:
        rows = reader.engine.sql("SELECT n, text FROM events", timeout=60).rows
        assert [row[0] for row in rows] == list(range(20_000))
        wide = ", ".join(f"{number} AS c{number}" for number in range(1_500))
        ((*cells,),) = reader.engine.sql(f"SELECT {wide}").rows
        assert cells == list(range(1_500))
        ((length,),) = reader.engine.sql("SELECT length(printf('%.*c', 16000000, 'x'))").rows
        assert length == 16_000_000
