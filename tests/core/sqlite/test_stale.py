"""An insert prepared before others changed the table loses nothing and changes nothing."""

from __future__ import annotations

import pytest

from tests.engines import cells, column, fields, log, opened, read


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


def test_a_drop_at_every_moment_loses_no_later_row(engine, other):
    """However often others begin with an empty table, the row logged last is there."""
    write = prepared(engine, x=1)
    prepare, drops = engine.ensure_columns, iter(range(5))

    def located(*arguments):
        found = prepare(*arguments)
        if next(drops, None) is not None:
            other.drop("default")
        return found

    engine.ensure_columns = located
    other.drop("default")
    write()
    assert [{"x": 1}] == read(other)
