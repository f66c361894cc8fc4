"""Databases that xetrack 0.7 wrote are read, whole and untouched."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from tests.dtypes import TEXT
from tests.engines import exact
from xetrack import Reader, Tracker
from xetrack.interfaces.query import Condition

TABLES = [
    ("runs.db", "default"),
    ("runs.db", "objects"),
    ("runs.db", "model-metrics"),
    ("duckdb.db", "default"),
    ("compressed.db", "default"),
]


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_every_row_comes_back_in_the_order_it_was_logged(old, expected, present, name, table):
    """All rows and cells, equal and of the type that 0.7 kept."""
    with Reader(old / name, table=table) as reader:
        assert present(expected[name][table]) == present(reader.select().dicts())
        assert len(expected[name][table]) == len(reader)


@pytest.mark.parametrize(("name", "table"), TABLES)
def test_a_frame_has_the_same_cells(old, expected, present, name, table):
    """`to_df` loses no cell, changes none, and makes no row of its own."""
    frame = Reader.read_db(old / name, table=table)
    found = [{k: v for k, v in row.items() if not pd.isna(v)} for row in frame.to_dict("records")]
    assert expected[name][table] == [
        {**{k: v for k, v in row.items() if v is None}, **cells}
        for row, cells in zip(expected[name][table], found, strict=True)
    ]


def test_columns_of_one_kind_get_its_dtype(old):
    """Whole numbers, floats and text of an old table are no objects; gaps are allowed."""
    dtypes = Reader.read_db(old / "runs.db").dtypes
    assert "Int64" == dtypes["seed"]
    assert "float64" == dtypes["loss"]
    assert TEXT == dtypes["label"]
    assert "boolean" == Reader.read_db(old / "duckdb.db").dtypes["ok"]


def test_booleans_that_duckdb_declared_come_back_as_booleans(old):
    """What 0.7 wrote with ``engine="duckdb"`` was not lost, so it is not read as 1 and 0."""
    with Reader(old / "duckdb.db") as reader:
        cells = reader.select(["ok"], [Condition("ok", "=", value=False)]).cells
    assert ([False],) == cells
    assert bool is type(cells[0][0])


def test_a_number_among_booleans_stays_a_number(old):
    """A 2 that another program put there is not read as True, before and after a new row."""
    path = old / "duckdb.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('UPDATE "default" SET ok = 2 WHERE ok IS NULL')
    cells = [exact(value) for value in (True, False, 2, 2)]
    with Reader(path) as reader:
        assert cells == [*map(exact, reader.select(["ok"]).cells[0])]
    with Tracker(path, warnings=False) as tracker:
        tracker.log({"ok": 1})
    with Reader(path) as reader:
        assert [*cells, exact(1)] == [*map(exact, reader.select(["ok"]).cells[0])]


def test_reading_leaves_the_file_as_it_is_and_creates_nothing(old, snapshot):
    """Neither a byte nor a file beside it, whatever is read."""
    before = snapshot()
    for name, table in TABLES:
        with Reader(old / name, table=table) as reader:
            assert reader.tables
            assert reader.columns
            assert reader.dtypes
            assert len(reader.latest())
            assert len(reader.to_df(tail=2))
            assert reader.engine.sql(f'SELECT * FROM db."{table}"').rows
            assert before == snapshot()
        assert before == snapshot()


def test_only_tables_of_rows_are_listed(old):
    """`assets`, `keys` and `counts`, where 0.7 kept objects, are none."""
    assert ["default", "objects", "model-metrics"] == Reader(old / "runs.db").tables
    assert ["default"] == Reader(old / "duckdb.db").tables


@pytest.mark.parametrize(
    "table",
    ["db.events", 'DB."Events"', "events", "db.default", "default", '"default"'],
)
def test_sql_names_the_default_table_as_people_do(old, table):
    """Before anything was written, so that the view `events` is not there yet."""
    with Reader(old / "runs.db") as reader:
        found = reader.engine.sql(f"SELECT count(*), max(big) FROM {table}")
    assert [(14, 2**62)] == found.rows


def test_objects_are_named_by_their_hashes(old, expected):
    """A cell that held an object is the text by which 0.7 stored it."""
    with Reader(old / "runs.db", table="objects") as reader:
        parts = reader.select(["part"]).cells[0]
    assert {str, type(None)} == set(map(type, parts))
    assert expected["assets"]["runs.db"].keys() > set(parts) - {None}


def test_runs_heads_tails_and_conditions_work(old):
    """Whatever a query asks for is found by names and values as in a new file."""
    with Reader(old / "runs.db") as reader:
        assert 7 == len(reader.to_df(track_id="first-run-0001"))
        tail = reader.select(["epoch"], track_id="first-run-0001", tail=2)
        assert ([None, 4],) == tail.cells
        assert 1 == len(reader.select(where=[Condition("accuracy", "=", "n/a")]))
        assert 1 == len(reader.select(where=[Condition("accuracy", ">", 0.9)]))
        assert {"third-run-0003"} == set(reader.latest()["track_id"])
