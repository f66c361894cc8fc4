"""DuckDB files that a stranger made to run code, to read a user's files or to write to them."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout, suppress

import duckdb
import pytest

from tests.engines import opened, read, run
from xetrack import Reader, Tracker
from xetrack.errors import NotADatabaseError, QueryError, XetrackError, XetrackWarning
from xetrack.interfaces.query import Query
from xetrack_cli.__main__ import main

SECRET = "the user's secret"


@pytest.fixture
def canary(tmp_path):
    """A file of the user's, which must stay as it is, and whose text must come nowhere else."""
    canary = tmp_path / "home" / "canary.txt"
    canary.parent.mkdir()
    canary.write_text(SECRET)
    return canary


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A database with 3 rows, of which 2 wait in its log, as its maker's process was killed."""
    path = tmp_path_factory.mktemp("made") / "rows.duckdb"
    code = (
        "import os, sys; from tests.engines import log, opened; engine = opened(sys.argv[1]);"
        "log(engine, {'n': 0, 't': 'x'}); engine.count('default');"
        "log(engine, {'n': 1, 't': 'x'}, {'n': 2, 't': 'y'}); os._exit(0)"
    )
    run(code, path)
    return path.parent


@pytest.fixture
def shipped(made, tmp_path):
    """A copy of it, as it came to the user."""
    return shutil.copytree(made, tmp_path / "shipped") / "rows.duckdb"


def change(path, *statements):
    """Do as the stranger."""
    with duckdb.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)


def use(path):
    """Do what a user does with a file; return the errors, which are all typed."""
    errors = []

    def attempt(work):
        try:
            return work()
        except XetrackError as error:
            errors.append(error)

    def by_reader():
        with Reader(path) as reader:
            attempt(reader.to_df)
            attempt(lambda: reader.sql("SELECT * FROM events"))
            attempt(lambda: reader.sql("SELECT count(*), lower('A') FROM db.default"))

    def by_tracker():
        with Tracker(path, warnings=False) as tracker:
            attempt(lambda: tracker.log({"n": 3, "t": "z", "new": 1}))
            attempt(lambda: tracker.set_value("n", 4))
            attempt(lambda: tracker.to_csv(path.parent / "out.csv"))
            attempt(lambda: tracker.conn.execute("SELECT count(*) FROM db.default").fetchall())

    attempt(by_reader)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        assert main(["head", str(path)]) in {0, 1}
    assert "Traceback" not in out.getvalue()
    assert SECRET not in out.getvalue()
    attempt(by_tracker)
    return errors


def check_canary(canary, path):
    """Check that nothing was read into the stranger's files, or written elsewhere."""
    assert canary.read_text() == SECRET
    assert [canary] == list(canary.parent.iterdir())
    for beside in path.parent.iterdir():
        if beside.is_symlink():
            beside.unlink()
    texts = []
    with suppress(duckdb.Error), duckdb.connect(path, read_only=True) as connection:
        for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            texts.append(str(connection.execute(f'FROM "{table}"').fetchall()))
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path}.rows")) as connection:
        texts += connection.iterdump()
    assert texts
    assert SECRET not in "".join(texts)


LEAK = "CREATE TABLE leak (t VARCHAR)"


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("default", "INSERT"),
        ("default", "UPDATE"),
        ("default", "DELETE"),
        ("xetrack_marks", "INSERT"),
        ("other", "INSERT"),
    ],
)
def test_a_file_with_a_trigger_is_refused(shipped, canary, table, what):
    """It would fire when rows are brought, set or deleted."""
    trigger = f"""CREATE TRIGGER t AFTER {what} ON "{table}" FOR EACH STATEMENT
        INSERT INTO leak SELECT content FROM read_text('{canary}')"""
    change(shipped, LEAK, "CREATE TABLE other (x INT)", trigger)
    errors = use(shipped)
    assert errors
    assert all(isinstance(error, NotADatabaseError) for error in errors), errors
    assert "the trigger 't'" in str(errors[0])
    check_canary(canary, shipped)


@pytest.mark.parametrize("name", ["xetrack_meta", "XETRACK_columns", "xetrack_marks"])
def test_a_view_in_the_place_of_a_table_of_ours_is_refused(shipped, canary, name):
    """It is not read by its name."""
    drop = f"DROP TABLE {name}"
    view = f"CREATE VIEW {name} AS SELECT content AS name, 'x' AS value FROM read_text('{canary}')"
    change(shipped, drop, view)
    errors = use(shipped)
    assert errors
    assert all(isinstance(error, NotADatabaseError) for error in errors), errors
    assert "the view" in str(errors[0])
    check_canary(canary, shipped)


def test_views_of_the_strangers_reach_no_other_file(shipped, canary):
    """Rows are read from tables only, and SQL has no other file."""
    hostile = f"SELECT content FROM read_text('{canary}')"
    change(shipped, f"CREATE OR REPLACE VIEW events AS {hostile}", f"CREATE VIEW v AS {hostile}")
    with Reader(shipped) as reader:
        assert [0, 1, 2] == reader.to_df()["n"].tolist()
        for view in ("events", "v"):
            with pytest.raises(QueryError, match="disabled by configuration"):
                reader.sql(f"FROM {view}")
    use(shipped)
    check_canary(canary, shipped)


@pytest.mark.parametrize(
    "macro",
    [
        "count(a) AS (SELECT content FROM read_text('{}'))",
        "lower(a) AS (SELECT content FROM read_text('{}'))",
        "LOWER(a) AS (SELECT content FROM read_text('{}'))",
        "duckdb_tables() AS TABLE SELECT * FROM read_text('{}')",
        "xetrack_numbers() AS TABLE SELECT * FROM read_text('{}')",
        "Xetrack_Numbers() AS TABLE SELECT * FROM read_text('{}')",
    ],
)
def test_a_macro_takes_no_functions_place(shipped, canary, macro):
    """SQL means DuckDB's own functions; `conn`, where it would not, is refused."""
    change(shipped, f"CREATE MACRO {macro.format(canary)}")
    with Reader(shipped) as reader:
        found = reader.sql("SELECT count(*) AS number, lower('A') AS a FROM events")
        assert [(3, "a")] == list(found.itertuples(index=False, name=None))
    with (
        Tracker(shipped, warnings=False) as tracker,
        pytest.raises(NotADatabaseError, match="the macro"),
    ):
        tracker.conn.execute("SELECT 1")
    use(shipped)
    check_canary(canary, shipped)


EVENTS = "CREATE OR REPLACE VIEW events AS SELECT * FROM"


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE OR REPLACE VIEW events AS {}"],
        ["DROP VIEW events", "CREATE VIEW Events AS {}"],
        ['CREATE OR REPLACE VIEW events AS {} UNION ALL SELECT t FROM main."default"'],
        ["CREATE SCHEMA db", 'CREATE VIEW rows.db."default" AS {}', f'{EVENTS} db."default"'],
        ["CREATE SCHEMA x", 'CREATE VIEW x."default" AS {}', f'{EVENTS} x."default"'],
        ["CREATE VIEW duckdb_views AS {}"],
        ["CREATE VIEW SQLite_Master AS {}"],
        ["CREATE VIEW pg_class AS {}"],
        ["CREATE TABLE Pg_Class (n INT, g INT GENERATED ALWAYS AS (n + 1))"],
    ],
)
def test_nothing_takes_the_place_of_what_is_meant_on_conn(shipped, canary, statements):
    """There the file's own names come before those of DuckDB's catalog, and reach other files."""
    opened(shipped).close()
    hostile = f"SELECT content FROM read_text('{canary}')"
    change(shipped, *(statement.format(hostile) for statement in statements))
    with (
        Tracker(shipped, warnings=False) as tracker,
        pytest.raises(NotADatabaseError, match=r"the (view|table) '.*' in it has a name"),
    ):
        tracker.conn.execute("FROM events")
    use(shipped)
    check_canary(canary, shipped)


def test_conn_means_no_view_in_the_place_of_the_default_table(canary, tmp_path):
    """The log of a file that came alone does not miss the table."""
    path = tmp_path / "alone.duckdb"
    change(path, f"CREATE VIEW \"default\" AS FROM read_text('{canary}')")
    with (
        Tracker(path, table="other", warnings=False) as tracker,
        pytest.raises(NotADatabaseError, match="the view 'default'"),
    ):
        tracker.conn.execute("FROM db.default")
    check_canary(canary, path)


def test_conn_knows_the_view_over_cells_of_several_kinds(shipped):
    """The view is the one that xetrack makes, with or without the column of kinds."""
    with Tracker(shipped, warnings=False) as tracker:
        for value in (b"x", {"a": 1}):
            tracker.log({"mixed": value})
            assert ["mixed"] == tracker.conn.execute("SELECT mixed FROM events").df().columns
    with duckdb.connect(shipped) as connection:
        (sql,) = connection.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchone()
    assert "EXCLUDE" in sql


@pytest.mark.parametrize(
    "table",
    [
        "n INT, t VARCHAR, g INT GENERATED ALWAYS AS (length(t) + 1)",
        "n INT DEFAULT nextval('numbers'), t VARCHAR DEFAULT upper('x')",
        "n INT CHECK (n < 10 AND length(current_setting('threads')::VARCHAR) > 0), t VARCHAR",
        "n INT DEFAULT getvariable('x'), t VARCHAR",
    ],
    ids=["generated", "default", "check", "variable"],
)
def test_expressions_in_tables_reach_no_other_file(shipped, canary, table):
    """DuckDB allows no query in them; functions read no file."""
    sql = ["CREATE SEQUENCE numbers", "DROP VIEW events", 'ALTER TABLE "default" RENAME TO old']
    own = "track_id VARCHAR, timestamp VARCHAR"
    change(
        shipped,
        *sql,
        f'CREATE TABLE "default" ({own}, {table})',
        'CREATE INDEX i ON "default" ((n + 1))',
    )
    use(shipped)
    check_canary(canary, shipped)


@pytest.mark.parametrize("name", ["db", "main_", "system", "memory", "temp", "xetrack_meta"])
def test_schemas_of_any_name_hide_nothing(shipped, canary, name):
    """Tables of ours are named with their database and schema."""
    change(
        shipped,
        f'CREATE SCHEMA rows."{name}"',
        f"CREATE VIEW rows.\"{name}\".xetrack_ AS FROM read_text('{canary}')",
        f'CREATE TABLE rows."{name}"."default" (n INT)',
    )
    with suppress(NotADatabaseError), Reader(shipped) as reader:
        assert [0, 1, 2] == reader.to_df()["n"].tolist()
    use(shipped)
    check_canary(canary, shipped)


BESIDE = [".wal", ".wal.checkpoint", ".wal.recovery", ".rows", ".rows-wal", ".rows-shm"]
BESIDE += [".rows-journal", ".lock", ".new", ".new.wal"]


# A file that is being made has two names, and is only ever removed.
@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (ending, kind)
        for ending in BESIDE
        for kind in ("link", "hard link", "dangling link")
        if (ending, kind) != (".new", "hard link")
    ],
)
def test_a_link_beside_a_file_is_refused(shipped, canary, ending, kind):
    """Nothing is written through it, be it there or not."""
    beside = shipped.with_name(shipped.name + ending)
    beside.unlink(missing_ok=True)
    if kind == "hard link":
        beside.hardlink_to(canary)
    else:
        beside.symlink_to(canary if kind == "link" else canary.with_name("new.txt"))
    before = shipped.read_bytes()
    errors = use(shipped)
    assert errors
    assert all(isinstance(error, NotADatabaseError) for error in errors), errors
    assert repr(str(beside)) in str(errors[0])
    assert before == shipped.read_bytes()
    beside.unlink()
    check_canary(canary, shipped)


def test_a_log_that_is_a_link_moves_no_rows_of_another_database(shipped, tmp_path):
    """The rows stay where they wait."""
    mine = tmp_path / "mine.duckdb"
    for ending in ("", ".rows", ".rows-wal"):
        shutil.copy(f"{shipped}{ending}", f"{mine}{ending}")
    beside = shipped.with_name(f"{shipped.name}.rows")
    beside.unlink()
    beside.symlink_to(f"{mine}.rows")
    assert use(shipped)
    assert [0, 1, 2] == Reader(mine).to_df()["n"].tolist()


def test_the_engines_own_connection_reaches_no_other_file(shipped, canary):
    """The engine's own connection reaches no other file, whatever way there may be to make it run a
    query of the stranger's.
    """
    engine = opened(shipped)
    engine.count("default")
    for statement in (
        f"FROM read_text('{canary}')",
        f"COPY (SELECT 1) TO '{canary}'",
        f"ATTACH '{canary.with_name('x.duckdb')}'",
        "SET enable_external_access = true",
        f"SET allowed_paths = ['{canary}']",
    ):
        with (
            engine.file.lend(str(shipped), 1, "Reading") as connection,
            pytest.raises(duckdb.Error),
        ):
            connection.execute(statement)
    engine.close()
    check_canary(canary, shipped)


def test_conn_is_the_users_and_reaches_other_files(shipped, canary):
    """`conn` is the user's and reaches other files, as no database is a prison for its own user."""
    with Tracker(shipped, warnings=False) as tracker:
        conn = tracker.conn
        assert [(SECRET,)] == conn.execute(f"SELECT content FROM read_text('{canary}')").fetchall()
        conn.execute(f"COPY db.events TO '{shipped.with_suffix('.csv')}'")
        for _ in tracker.to_df().itertuples():
            assert conn is tracker.conn
    assert 4 == len(shipped.with_suffix(".csv").read_text().splitlines())


def test_conn_comes_while_an_answer_is_half_read(shipped):
    """It waits for no reader of its own thread."""
    engine = opened(shipped, timeout=1)
    batches = iter(engine.read("default", Query()).batches)
    next(batches)
    assert [(3,)] == engine.connection.execute("SELECT count(*) FROM events").fetchall()
    engine.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid(), reason="only root gives files away")
@pytest.mark.parametrize("ending", ["", ".rows"])
def test_reading_a_database_of_another_user_changes_no_file_of_theirs(shipped, ending):
    """Rows that wait in the log are warned of; a Tracker, which is to write, brings them."""
    os.chown(f"{shipped}{ending}", 12_345, -1)
    before = shipped.read_bytes()
    with Reader(shipped) as reader, pytest.warns(XetrackWarning, match="another user"):
        assert [0] == reader.to_df()["n"].tolist()
    assert before == shipped.read_bytes()
    with Tracker(shipped, warnings=False) as tracker:
        tracker.log({"n": 3})
    assert [0, 1, 2, 3] == [row["n"] for row in read(opened(shipped))]


def test_a_reader_takes_no_log_into_a_file_that_knows_none(shipped, tmp_path):
    """A file of another program with somebody's log beside it; a Tracker makes them a pair."""
    alone = tmp_path / "alone.duckdb"
    change(alone, "CREATE TABLE other (x INT)")
    shipped.with_name(f"{shipped.name}.rows").rename(f"{alone}.rows")
    shipped.with_name(f"{shipped.name}.rows-wal").rename(f"{alone}.rows-wal")
    before = alone.read_bytes()
    with suppress(XetrackError), Reader(alone, table="other") as reader:
        reader.to_df()
    assert before == alone.read_bytes()
