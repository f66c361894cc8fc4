"""Columns that come together: made at once, and not told from those that came one by one."""

import sqlite3
from contextlib import closing

import pytest

from tests.engines import column, fields, log, opened, read
from xetrack.errors import StorageError

ROW = {
    "count": 1,
    "loss": 0.5,
    "name": "x",
    "ok": True,
    'a "quoted" key': b"\0",
    "grö ße": 2**70,
    "select": "x",
    "tail": [1, 2],
}


@pytest.fixture
def altered(any_engine):
    """The statements by which columns are added one by one, in an engine with a row."""
    log(any_engine, {"first": 1}, table="runs")
    statements = []
    connection = any_engine.connections.writer
    connection.set_trace_callback(lambda sql: "ADD COLUMN" in sql and statements.append(sql))
    yield statements
    connection.set_trace_callback(None)


def layout(path):
    """What SQLite knows of tables, and what xetrack noted of columns."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        return tables, connection.execute("SELECT * FROM xetrack_columns ORDER BY 1, 2").fetchall()


def test_columns_at_once_are_those_one_by_one(tmp_path):
    """To the letter, so that every other program sees the same file."""
    with closing(opened(tmp_path / "once.db")) as engine:
        engine.add_columns("runs", fields([ROW]))
    with closing(opened(tmp_path / "slowly.db")) as engine:
        for field in fields([ROW]):
            engine.add_columns("runs", [field])
    assert layout(tmp_path / "slowly.db") == layout(tmp_path / "once.db")


def test_no_statement_is_needed_for_each_column(any_engine, altered):
    """SQLite parses the whole table for each, and a row may have thousands of keys."""
    row = {f"key {number}": number for number in range(500)}
    log(any_engine, row, table="runs")
    assert [] == altered
    assert [None, 499] == column(any_engine, "key 499", "runs")
    assert [1, None] == column(any_engine, "first", "runs")


def test_rows_that_were_there_lack_them(any_engine):
    """As after any new column; and rows go on to be found by what they have."""
    for number in range(3):
        log(any_engine, {"first": number}, table="runs")
    log(any_engine, ROW, table="runs")
    log(any_engine, {"first": 4, "loss": 1.5}, table="runs")
    assert [None, None, None, 0.5, 1.5] == column(any_engine, "loss", "runs")
    assert [0, 1, 2, None, 4] == column(any_engine, "first", "runs")


def test_others_that_have_the_file_open_see_them(engine, path):
    """With statements that they prepared before, in another engine and another program."""
    log(engine, {"first": 1}, table="runs")
    with closing(opened(path)) as other, closing(sqlite3.connect(path)) as stranger:
        log(other, {"first": 2}, table="runs")
        assert [(1,), (2,)] == stranger.execute("SELECT first FROM runs").fetchall()
        log(engine, ROW, table="runs")
        log(other, {"first": 3, "loss": 2.5}, table="runs")
        assert [None, None, 0.5, 2.5] == column(other, "loss", "runs")
        names = [name for name, *_ in stranger.execute("SELECT * FROM runs").description]
        assert {"count", "loss", "name", "ok"} < {*names}


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ("first INTEGER PRIMARY KEY, note TEXT DEFAULT 'a, b)'", "KEY, note TEXT DEFAULT 'a, b)',"),
        ("first, note, PRIMARY KEY (first, note)) -- a comment", "PRIMARY KEY (first, note))"),
        ("first, note CHECK (note != ')'), UNIQUE (first)", "CHECK (note != ')'), "),
        ("first, note, twice AS (first * 2)", "twice AS (first * 2), "),
        (
            '"timestamp" VARCHAR, "track_id" VARCHAR, "first" BIGINT UNIQUE',
            '"first" BIGINT UNIQUE, ',
        ),
        ('"timestamp" VARCHAR , "track_id" VARCHAR', '"timestamp" VARCHAR , '),
    ],
)
def test_a_table_of_another_program_keeps_what_it_says(engine, by_hand, made, kept):
    """Its text is not written anew: constraints, defaults and spaces stay."""
    by_hand(f"CREATE TABLE runs ({made})")
    log(engine, ROW, table="runs")
    log(engine, {"loss": 1.5}, table="runs")
    assert [0.5, 1.5] == column(engine, "loss", "runs")
    ((text,),) = by_hand("SELECT sql FROM sqlite_schema WHERE name = 'runs'")
    assert kept in text


def test_an_interrupt_on_the_way_leaves_no_column(engine, path, monkeypatch):
    """What comes at once is stored at once, or not at all."""
    from xetrack.builtin.sqlite.tables import widening  # noqa: PLC0415 - for this test

    log(engine, {"first": 1}, table="runs")
    before = layout(path)
    described = widening._described
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 2:  # the text is another one by now
            raise KeyboardInterrupt
        return described(*arguments)

    monkeypatch.setattr(widening, "_described", interrupted)
    with pytest.raises(KeyboardInterrupt):
        log(engine, ROW, table="runs")
    assert before == layout(path)
    monkeypatch.undo()
    log(engine, ROW, table="runs")
    assert [None, 0.5] == column(engine, "loss", "runs")


def test_a_text_that_is_not_what_was_meant_is_undone(engine, path, monkeypatch):
    """The file is as it was, and the error is typed."""
    from xetrack.builtin.sqlite.tables import schema  # noqa: PLC0415 - for this test

    log(engine, {"first": 1}, table="runs")
    before = layout(path)
    definition = schema.definition

    def wrong(table, columns):
        columns = [*columns]
        return definition(table, columns if len(columns) < 4 else columns[:-1])

    monkeypatch.setattr(schema, "definition", wrong)
    with pytest.raises((StorageError, ValueError)):
        log(engine, ROW, table="runs")
    assert before == layout(path)
    assert 1 == len(read(engine, "runs"))
