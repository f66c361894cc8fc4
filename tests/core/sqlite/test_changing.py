"""Update, delete and drop: they touch what was named, and say how many rows that was."""

from __future__ import annotations

import math

import pytest

from tests.engines import column, exact, fields, log, opened, read, where
from xetrack.errors import ColumnNotFoundError, ReadOnlyError, TableNotFoundError


@pytest.fixture
def five(any_engine):
    """Five rows, two of them nan, and a column that can hold anything."""
    values = [1, math.nan, 2, math.nan, "x"]
    log(any_engine, *({"n": n, "x": value, "y": value} for n, value in enumerate(values)))
    return any_engine


@pytest.mark.parametrize(
    "value", [None, math.nan, True, 7, 7.5, 2**60, 10**30, "y", b"y", [1, {"a": None}]], ids=repr
)
def test_a_cell_that_is_set_means_what_was_given(five, value):
    """Whatever it was before, noted or not, it is new in the rows named, and only there."""
    five.add_columns("default", fields([{"x": value}]))
    assert 3 == five.update("default", {"x": value}, [where("n", 1, ">="), where("n", 4, "<")])
    expected = [1, value, value, value, "x"]
    assert list(map(exact, expected)) == list(map(exact, column(five, "x")))
    assert list(map(exact, [1, math.nan, 2, math.nan, "x"])) == list(map(exact, column(five, "y")))


def test_conditions_see_the_rows_as_they_were_before_the_change(five):
    """A condition on the column that is being set selects by the old cells."""
    assert 2 == five.update("default", {"x": 2}, [where("x", math.nan)])
    assert 3 == five.update("default", {"x": math.nan, "y": 1}, [where("x", 2)])
    assert list(map(exact, [1, 1, 1, 1, "x"])) == list(map(exact, column(five, "y")))
    assert 3 == five.count("default", [where("x", math.nan)])


def test_an_update_of_no_row_says_zero(five):
    """And changes nothing."""
    before = [exact(row) for row in read(five)]
    assert 0 == five.update("default", {"x": 9}, [where("n", 99)])
    assert before == [exact(row) for row in read(five)]


def test_deleted_rows_take_their_notes_along(five):
    """A row that gets the number of a deleted one has its own meaning."""
    assert 2 == five.delete("default", [where("x", math.nan)])
    assert 0 == five.delete("default", [where("x", math.nan)])
    log(five, {"n": 5, "x": None}, {"n": 6, "x": True})
    assert list(map(exact, [1, 2, "x", None, True])) == list(map(exact, column(five, "x")))
    assert 5 == five.delete("default", [])
    assert [] == read(five)


def test_setting_an_unknown_column_is_a_typed_error(five):
    """Also to None, and nothing is changed by the rest of the values."""
    for value in (None, 1, math.nan):
        with pytest.raises(ColumnNotFoundError, match="nn"):
            five.update("default", {"n": 0, "nn": value}, [])
    assert [0, 1, 2, 3, 4] == column(five, "n")


def test_dropping_a_table_leaves_the_others(five):
    """A second drop does nothing; the table can be made again, with no old rows or notes."""
    log(five, {"z": math.nan}, table="other")
    five.drop("default")
    five.drop("default")
    assert ["other"] == five.tables()
    with pytest.raises(TableNotFoundError):
        read(five)
    log(five, {"x": None})
    assert [{"x": None}] == read(five)
    assert "nan" == str(column(five, "z", "other")[0])
    assert [(1,)] == five.sql("SELECT count(*) FROM events").rows


def test_changes_are_refused_when_only_reading_is_allowed(engine, path):
    """Each of them by name, also where it would touch nothing."""
    log(engine, {"x": 1})
    reader = opened(path, read_only=True)
    for change in (
        lambda: reader.add_columns("default", fields([{"x": 1}])),
        lambda: reader.inserter("default", fields([{"y": 1}])),
        lambda: reader.update("default", {"x": 2}, []),
        lambda: reader.delete("default", []),
        lambda: reader.drop("default"),
        lambda: reader.drop("nothing"),
    ):
        with pytest.raises(ReadOnlyError, match="open for reading only"):
            change()
    assert [{"x": 1}] == read(reader)
    reader.close()


def test_the_users_connection_of_a_reader_refuses_writes(engine, path):
    """What is open for reading changes nothing by SQL either."""
    log(engine, {"x": 1})
    reader = opened(path, read_only=True)
    with pytest.raises(Exception, match="readonly database"):
        reader.connection.execute('DELETE FROM "default"')
    reader.close()


def test_a_failed_change_leaves_no_transaction_open(five):
    """The next statement begins its own."""
    with pytest.raises(ColumnNotFoundError):
        five.update("default", {"nn": 1}, [])
    assert not five.connections.writer.in_transaction
    log(five, {"n": 5})
    assert 6 == five.count("default")
