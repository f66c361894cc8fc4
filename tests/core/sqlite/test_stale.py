"""An insert prepared before others changed the table loses nothing and changes nothing."""

from __future__ import annotations

import math

import pytest

from tests.engines import cells, column, exact, fields, log, opened, read, same


@pytest.fixture
def other(path):
    """A second engine on the same file, as another process has."""
    other = opened(path)
    yield other
    other.close()


def prepared(engine, **row):
    """An insert for such rows, and a function that writes one through it."""
    inserter = engine.inserter("default", fields([row]))
    return lambda **more: inserter.write([cells({**row, **more}, row)])


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (1, [0.5, "007", True, 10**30, math.nan]),
        (True, [5, 0.5, "x"]),
        (0.5, [1, True, 2**60, "x", math.nan]),
        ("x", [1, b"x", [1], "\ud800"]),
        (None, [math.nan, 1]),
        (math.nan, [True, 2]),
        ([1], ["[1]", 1]),
        (2**60, [1.5, 10**30]),
    ],
    ids=repr,
)
def test_old_inserts_go_on_while_others_widen_the_column(engine, other, first, later):
    """After each widening the old insert writes, and its cells mean what they meant."""
    write = prepared(engine, x=first)
    write()
    expected = [first]
    for value in later:
        log(other, {"x": value})
        write()
        expected += [value, first]
    assert same(expected, column(other, "x"))


def test_old_connections_see_new_columns(engine, other):
    """Reading, counting and inserting know a column as soon as another made it."""
    write = prepared(engine, x=1)
    write()
    log(other, {"y": "a"})
    assert [{"x": 1, "y": None}, {"x": None, "y": "a"}] == read(engine)
    log(engine, {"x": 2, "y": "b"})
    assert [None, "a", "b"] == column(other, "y")


@pytest.mark.parametrize("value", [1, math.nan, "x", [1]], ids=repr)
def test_an_insert_finds_a_dropped_table_made_again(engine, other, value):
    """Missing, made anew by the other with fewer or other columns, or by the insert itself."""
    write = prepared(engine, x=value, y=1)
    write()
    other.drop("default")
    write()
    assert [exact({"x": value, "y": 1})] == list(map(exact, read(engine)))
    other.drop("default")
    log(other, {"y": 2})
    write()
    assert [exact({"y": 2, "x": None}), exact({"y": 1, "x": value})] == list(
        map(exact, read(other))
    )


def test_a_column_made_anew_with_another_kind_still_takes_the_old_insert(engine, other):
    """A table made again keeps what its columns meant, as an old insert may still come."""
    write = prepared(engine, x=1)
    write()
    other.drop("default")
    log(other, {"x": "text"})
    write()
    write(x=2)
    assert ["text", 1, 2] == column(other, "x")


def test_an_insert_finds_a_column_dropped_by_another_program(engine, by_hand):
    """It is made again, and the row is stored."""
    write = prepared(engine, x=1.5, y=2)
    write()
    engine.close()
    by_hand("DROP VIEW events", 'ALTER TABLE "default" DROP COLUMN x')
    write()
    assert [{"y": 2, "x": None}, {"y": 2, "x": 1.5}] == [
        {"y": row["y"], "x": row["x"]} for row in read(engine)
    ]


def test_an_insert_finds_a_deleted_file(engine, path):
    """After `close` a file that went is made anew with the next row."""
    write = prepared(engine, x=1)
    write()
    engine.close()
    path.unlink()
    write()
    assert [{"x": 1}] == read(engine)


def test_columns_asked_for_are_there_even_after_another_dropped_the_table(engine, other):
    """`add_columns` looks at the file, not at what was there before."""
    log(engine, {"x": 1})
    other.drop("default")
    assert ("x", "timestamp", "track_id") == engine.add_columns("default", fields([{"x": 1}]))
    assert 0 == engine.update("default", {"x": 2}, [])


def test_a_drop_at_every_moment_loses_no_later_row(engine, other):
    """However often others begin with an empty table, the row logged last is there."""
    write = prepared(engine, x=1)
    prepare, drops = engine.located, iter(range(5))

    def located(*arguments):
        found = prepare(*arguments)
        if next(drops, None) is not None:
            other.drop("default")
        return found

    engine.located = located
    other.drop("default")
    write()
    assert [{"x": 1}] == read(other)
