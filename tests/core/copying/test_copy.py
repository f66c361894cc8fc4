"""Rows of one database in another: exact, in order, once, and whole tables only."""

from __future__ import annotations

import math
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engines import exact, log, opened
from xetrack import Reader, Tracker, XetrackWarning, copy
from xetrack.builtin.sqlite.inserter import SQLiteInserter
from xetrack.errors import (
    DatabaseNotFoundError,
    InvalidArgumentError,
    InvalidTableError,
    NotADatabaseError,
    StorageError,
    TableNotFoundError,
)

DAY = datetime(2024, 1, 2, 3, 4, 5, 678901)  # noqa: DTZ001 - a datetime without a zone is a value too
CELLS = [
    *(1, True, "007", None, 0.5, 3.0, math.nan, math.inf, 2**60, 2**70, -(2**20_000), b"\0", ""),
    *("\udcff", DAY, DAY.date(), DAY.time(), Decimal("1.10"), Path("a"), [1, {"a": None}], {}),
    *(
        {"$xetrack": [math.nan, date(2024, 1, 1)]},
        {1: 2},
        "x" * 100_000,
        0,
        False,
        "1e3",
        2**53 + 1,
    ),
]


@pytest.fixture
def source(tmp_path):
    """Where rows of all kinds lie, in runs of two trackers."""
    path = tmp_path / "source.db"
    with Tracker(path, {"model": "a"}, warnings=False) as one, Tracker(path, warnings=False) as two:
        for at, cell in enumerate(CELLS):
            one.log({"at": at, "x": cell, f"Key {at % 3}": cell})
            two.log({"at": -at, "invalid key": at, "invalid_key": str(at)})
    return path


@pytest.fixture
def target(tmp_path):
    """Where they shall be copied to; nothing is there yet."""
    return tmp_path / "folder" / "target.db"


def rows(path, table="default"):
    """The rows of a table, made comparable."""
    with Reader(path, table=table) as reader:
        return [{k: exact(v) for k, v in row.items()} for row in reader.select().dicts()]


def columns(path, table="default"):
    """The columns, with their keys and kinds."""
    with Reader(path, table=table) as reader:
        return reader.engine.columns(table)


def test_every_value_comes_back_as_from_the_source(source, target):
    """In the same order, under the same keys and columns, which are of the same kinds."""
    before = rows(source)
    assert 2 * len(CELLS) == copy(source, target)
    assert before == rows(source) == rows(target)
    assert columns(source) == columns(target)
    one, two = Reader(source).to_df(), Reader(target).to_df()
    assert one.dtypes.to_dict() == two.dtypes.to_dict()


def test_copying_again_adds_nothing_but_what_is_new(source, target):
    """Rows that the target got from elsewhere stay where they are."""
    copy(source, target)
    Tracker(target).log({"mine": 1})
    before = rows(target)
    assert 0 == copy(source, target)
    assert before == rows(target)
    with Tracker(source, warnings=False) as tracker:
        tracker.log_batch([{"at": "new", "brand": 1}, {"at": 1.5}])
    assert 2 == copy(source, target)
    assert len(before) + 2 == len(rows(target))
    assert before == [{k: v for k, v in row.items() if k != "brand"} for row in rows(target)[:-2]]
    assert ["new", 1.5] == Reader(target).select(["at"], tail=2).cells[0]


def test_databases_are_merged_whatever_the_order_and_kinds_of_their_columns(tmp_path):
    """Columns widen, and those that a database lacks are missing cells."""
    target = tmp_path / "all.db"
    for number, row in enumerate(
        [{"a": 1, "b": "x"}, {"b": 2.5, "a": "007"}, {"c": [1], "a": None, "b": 3}]
    ):
        Tracker(tmp_path / f"{number}.db").log(row)
        assert 1 == copy(tmp_path / f"{number}.db", target)
    assert [1, "007", None] == Reader(target).select(["a"]).cells[0]
    assert ["x", 2.5, 3] == Reader(target).select(["b"]).cells[0]
    assert [None, None, [1]] == Reader(target).select(["c"]).cells[0]
    assert 0 == sum(copy(tmp_path / f"{number}.db", target) for number in range(3))


def test_an_int_that_became_a_float_is_the_same_row(tmp_path):
    """An int that became a float is the same row, as it comes back as the equal float from a column
    of floats.
    """
    one, two, target = (tmp_path / f"{name}.db" for name in ("one", "two", "target"))
    Tracker(one).log({"x": 1, "y": -0.0})
    Tracker(two).log({"x": 0.5, "y": 0})
    for path in (two, one, two, one):
        copy(path, target)
    assert [0.5, 1] == Reader(target).select(["x"]).cells[0]


def _log_alike(path, *cells):
    """Store rows of one track id and timestamp, as two processes may."""
    for cell in cells:
        engine = opened(path)
        fields, stamp = (
            log(engine, {"x": cell}, table="other")._fields,
            "2024-01-01 00:00:00.000000",
        )
        engine.inserter("default", fields).write([(cell, stamp, "shared")])
        engine.close()


def test_rows_of_one_identity_are_both_kept(tmp_path):
    """What two processes that share a track id stamped alike; also when they are alike in all."""
    source, target = tmp_path / "a.db", tmp_path / "b.db"
    _log_alike(source, 1, 2, 2)
    assert 3 == copy(source, target)
    assert 0 == copy(source, target)
    assert [1, 2, 2] == Reader(target).select(["x"]).cells[0]


def test_rows_of_one_identity_in_two_databases_are_both_kept(tmp_path):
    """Rows of one identity in two databases are both kept, and a warning tells of it, once for all
    of them.
    """
    one, two, target = (tmp_path / f"{name}.db" for name in ("one", "two", "target"))
    _log_alike(one, 1, 2)
    _log_alike(two, 2, "3")
    assert 2 == copy(one, target)
    with pytest.warns(XetrackWarning, match="1 row of 'default'.*share") as caught:
        assert 1 == copy(two, target)
    assert [__file__] == [each.filename for each in caught]
    assert [1, 2, "3"] == Reader(target).select(["x"]).cells[0]
    assert [0, 0] == [copy(one, target), copy(two, target)]


def test_a_value_set_later_in_the_target_makes_no_row_another(source, target):
    """Under a key that the source lacks; a changed value does, and a warning says so."""
    copy(source, target)
    with Reader(target) as reader:
        reader.set_value("best", value=True)
        assert 0 == copy(source, target)
        with pytest.warns(XetrackWarning, match="takes text too"):
            reader.set_where("at", "changed", "at", 3)
    with pytest.warns(XetrackWarning, match="changed in"):
        assert 1 == copy(source, target)


def test_tables_are_named_or_all_of_them(source, target):
    """Without a name, the default one."""
    Tracker(source, table="b").log({"x": 1})
    Tracker(source, table="all").log_batch([{"x": 1}, {"x": 2}])
    assert 1 == copy(source, target, tables=["b", "b"])
    assert ["b"] == Reader(target, table="b").tables
    assert 2 == copy(source, target, tables=("all",))
    assert 0 == copy(source, target, tables=[])
    assert 2 * len(CELLS) == copy(source, target, tables="all")
    assert ["b", "all", "default"] == Reader(target).tables
    assert all(rows(source, name) == rows(target, name) for name in ("b", "all", "default"))


def test_a_table_without_rows_is_copied_with_its_columns(tmp_path, target):
    """A table without rows is copied with its columns, of the same kinds."""
    source = tmp_path / "a.db"
    with Tracker(source, track_id="gone") as tracker:
        tracker.log({"x": 0.5, "y": "a"})
    Reader(source).delete_run("gone")
    assert 0 == copy(source, target)
    assert columns(source) == columns(target)


def test_what_is_missing_is_told_before_anything_is_written(source, target, tmp_path):
    """What is missing, the database or any of the tables, is reported before anything is
    written.
    """
    with pytest.raises(DatabaseNotFoundError, match=r"Did you mean 'source\.db'"):
        copy(tmp_path / "sourse.db", target)
    with pytest.raises(TableNotFoundError, match="Did you mean 'default'"):
        copy(source, target, tables=["default", "defualt"])
    Tracker(tmp_path / "x.db", table="preds").log({"x": 1})
    with pytest.raises(TableNotFoundError, match="preds"):
        copy(tmp_path / "x.db", target)
    assert not target.parent.exists()


def test_a_table_that_differs_in_case_is_told_before_anything_is_written(source, target):
    """One database could not hold both."""
    Tracker(source, table="Runs").log({"x": 1})
    Tracker(target, table="runs").log({"x": 1})
    with pytest.raises(InvalidTableError, match="'runs'"):
        copy(source, target, tables="all")
    assert ["runs"] == Reader(target, table="runs").tables


def test_a_database_is_not_copied_onto_itself(source, tmp_path):
    """A database is not copied onto itself, whatever its path is written like."""
    (tmp_path / "link.db").symlink_to(source)
    (tmp_path / "hard.db").hardlink_to(source)
    for target in (source, str(source), tmp_path / "x/../source.db", "link.db", "hard.db"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(InvalidArgumentError, match="another database than the source"):
            copy(source, tmp_path / target)
    assert 2 * len(CELLS) == len(rows(source))


@pytest.mark.parametrize("tables", ["default", 7, b"default", [None], [["default"]]])
def test_arguments_that_cannot_be_used_are_named(source, target, tables):
    """Arguments that cannot be used are named, with what they may be."""
    with pytest.raises(InvalidArgumentError, match="'all' or a list of names"):
        copy(source, target, tables=tables)
    for paths in ((":memory:", target), (source, ":memory:")):
        with pytest.raises(InvalidArgumentError, match=":memory:"):
            copy(*paths)
    assert not target.parent.exists()


def test_rows_that_nothing_names_are_not_copied(tmp_path, target):
    """A table of another program, and one of which a row lacks its track id."""
    source = tmp_path / "a.db"
    Tracker(source).log({"x": 1})
    with sqlite3.connect(source) as connection:
        connection.execute("CREATE TABLE foreign_one (a, b)")
    connection.close()
    with pytest.raises(InvalidTableError, match=r"timestamp and a track_id.*tables=\[\.\.\.\]"):
        copy(source, target, tables="all")
    assert not target.parent.exists()
    with sqlite3.connect(source) as connection:
        connection.execute('INSERT INTO "default" (timestamp) VALUES (1)')
    connection.close()
    with pytest.raises(InvalidTableError, match="not all of its rows"):
        copy(source, target)
    assert not target.parent.exists(), "a database was made for nothing"


def test_columns_of_other_programs_come_along(tmp_path, target):
    """Under their names; a cell of a kind that its column never held too."""
    source = tmp_path / "a.db"
    Tracker(source).log({"x": 1})
    with sqlite3.connect(source) as connection:
        connection.execute('ALTER TABLE "default" ADD COLUMN "my own" TEXT')
        connection.execute("""UPDATE "default" SET "my own" = 'a', x = x'00'""")
    connection.close()
    assert 1 == copy(source, target)
    (row,) = Reader(target).select(["x", "my_own"]).rows()
    assert (b"\0", "a") == row
    assert 0 == copy(source, target)


@pytest.mark.parametrize("error", [StorageError("x", "Writing", "no space"), KeyboardInterrupt()])
def test_a_table_is_copied_whole_or_not_at_all(source, target, monkeypatch, error):
    """What was there stays; the next copy brings all."""
    with Tracker(source) as tracker:
        tracker.log_batch([{"at": n, "later": str(n)} for n in range(5_000)])
    with Tracker(target) as tracker:
        tracker.log({"at": "here"})
    before, was = rows(target), columns(target)
    write, calls = SQLiteInserter.write, []

    def failing(self, cells):
        calls.append(len(cells))
        if len(calls) == 3:
            raise error
        write(self, cells)

    with monkeypatch.context() as patched:
        patched.setattr(SQLiteInserter, "write", failing)
        with pytest.raises(type(error)):
            copy(source, target)
    assert 3 == len(calls)
    assert (before, was) == (rows(target), columns(target))
    assert len(rows(source)) == copy(source, target)
    assert len(rows(source)) + 1 == len(rows(target))


def test_a_file_that_is_no_database_is_neither_source_nor_target(source, tmp_path):
    """It stays as it is."""
    other = tmp_path / "x.txt"
    other.write_text("some text " * 100)
    for paths in ((other, tmp_path / "y.db"), (source, other)):
        with pytest.raises(NotADatabaseError, match=r"x\.txt"):
            copy(*paths)
    assert "some text " * 100 == other.read_text()
    assert not (tmp_path / "y.db").exists()
