"""Keys beyond the columns of a table: nobody sees a difference but who looks into the file."""

from __future__ import annotations

import json
import math
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engines import (
    cells,
    column,
    exact,
    fields,
    log,
    opened,
    read,
    run,
    same,
    together,
    where,
)
from xetrack.builtin.sqlite.tables import overflow
from xetrack.errors import ColumnNotFoundError
from xetrack.interfaces.query import Query

VALUES = [
    True,
    1,
    2**53 + 1,
    2**60,
    10**30,
    0.1,
    3.0,
    -0.0,
    math.inf,
    math.nan,
    "text",
    "1",
    "",
    "a\0b",
    "😀",
    "\ud83d\ude00",
    b"",
    b"\xff\0",
    datetime(2026, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001 - a time without a zone is a value too
    date(2026, 1, 2),
    Decimal("1.10"),
    Path("/a/b"),
    [1, None, math.nan],
    {"$xetrack": "float"},
    {},
]


@pytest.fixture(autouse=True)
def four(monkeypatch):
    """Tables have four columns, two of them for keys."""
    monkeypatch.setattr(overflow, "MOST", 4)


@pytest.fixture
def full(any_engine):
    """A table with no room for another column."""
    log(any_engine, {"a": 1, "b": 1})
    return any_engine


def described(engine, table="default"):
    """The columns beside the first two, with their kinds."""
    return {one.name: set(one.kinds) for one in engine.columns(table) if one.name[0] != "t"}


def in_file(engine, table="default"):
    """The names of the real columns."""
    return engine.sql(f'SELECT * FROM "{table}" LIMIT 0').names


def test_promise_29_more_keys_than_columns_come_back_in_the_order_they_were_added(any_engine):
    """In one row and over many, while the table itself gets one column more and no others."""
    rows = [{f"k{n}": n for n in range(9)}, *({f"new{n}": n, "k8": 0} for n in range(5))]
    for row in rows:
        log(any_engine, row)
    keys = [*rows[0], *(f"new{n}" for n in range(5))]
    assert keys == list(described(any_engine))
    assert [{key: row.get(key) for key in keys} for row in rows] == read(any_engine)
    assert ("timestamp", "track_id", "k0", "k1", "xetrack_more") == in_file(any_engine)
    assert in_file(any_engine) == in_file(any_engine, "events")


def test_promise_29_every_kind_comes_back_exactly(full):
    """Every kind comes back exactly: each under its key, all under one, in single rows and in a
    batch.
    """
    log(full, {f"v{n}": value for n, value in enumerate(VALUES)})
    assert [exact(v) for v in VALUES] == [
        exact(column(full, f"v{n}")[1]) for n in range(len(VALUES))
    ]
    for value in VALUES:
        log(full, {"all": value})
    log(full, *({"all": value} for value in VALUES))
    assert same([*VALUES, *VALUES], column(full, "all")[2:])
    assert [(0,)] == full.sql("SELECT count(*) FROM xetrack_cells").rows  # JSON needs no notes


def test_the_json_is_one_that_other_programs_read(full):
    """Strict, by column name, without what is missing; no JSON where all is."""
    log(full, {"the loss": 0.5, "n": None, "t": "ü"}, {"n": None, "the loss": None, "t": None})
    found = full.sql("SELECT xetrack_more, xetrack_more ->> 'the_loss' FROM events").rows
    assert [None, {"the_loss": 0.5, "t": "ü"}, None] == [json.loads(m or "null") for m, _ in found]
    assert [None, 0.5, None] == [loss for _, loss in found]


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_conditions_find_the_same_as_on_a_real_column(full, operator):
    """Conditions find the same as on a real column, whatever the kinds, with missing cells among
    them.
    """
    log(full, *({"n": n, "a": one, "z": one} for n, one in enumerate([*VALUES, None])))
    mine = where("n", 0, ">=")
    for value in [*VALUES, None, 7, -1, "zz", [2]]:
        by_a, by_z = (
            column(full, "n", where=(mine, where(name, value, operator))) for name in "az"
        )
        assert by_a == by_z, value
        assert len(by_a) == full.count("default", [mine, where("z", value, operator)])


@pytest.mark.parametrize(
    "values",
    [[3, None, 1.5, math.nan, 2], ["b", None, "a"], [2, "x", b"y", True], [date(2026, 1, 2), None]],
    ids=repr,
)
@pytest.mark.parametrize("descending", [False, True])
def test_order_is_the_same_as_on_a_real_column(any_engine, values, descending):
    """Missing cells last, equals as they were logged; a tail of it too."""
    log(any_engine, {"n": 0, "a": values[0], "z": values[0]})
    log(any_engine, *({"n": n, "a": one, "z": one} for n, one in enumerate(values * 2, 1)))
    assert "z" not in in_file(any_engine)
    for cut in ({}, {"tail": 3}, {"limit": 3, "offset": 1}):
        by_a, by_z = (
            column(any_engine, "n", order=name, descending=descending, **cut) for name in "az"
        )
        assert by_a == by_z


def test_columns_are_read_in_the_order_asked_for(full):
    """Real ones and others, mixed and twice; an unknown one, or the JSON, is a typed error."""
    log(full, {"a": math.nan, "y": 2, "b": 3, "z": math.nan})
    wanted = ("z", "b", "y", "a", "y")
    found = full.read("default", Query(columns=wanted, tail=1))
    assert wanted == tuple(one.name for one in found.columns)
    assert [exact([c]) for c in (math.nan, 3, 2, math.nan, 2)] == list(
        map(exact, next(found.batches))
    )
    for name in ("x", "xetrack_more"):
        with pytest.raises(ColumnNotFoundError):
            read(full, columns=(name,))


def test_cells_are_set_and_unset(full):
    """Cells are set and unset, beside real ones, by conditions on either, to whatever kind."""
    log(full, *({"n": n, "x": n, "y": [n]} for n in range(3)))
    for value in [*VALUES, None]:
        full.add_columns("default", fields([{"x": value}]))
        changes = {"x": value, "a": 5}
        assert 2 == full.update("default", changes, [where("n", 1, ">=")])
        assert same([0, value, value], column(full, "x")[1:])
    assert [[0], [1], [2]] == column(full, "y")[1:]
    assert [1, None, 5, 5] == column(full, "a")
    assert 1 == full.delete("default", [where("y", [1])])
    assert 4 == full.update("default", {"x": 1}, []) + 1
    with pytest.raises(ColumnNotFoundError):
        full.update("default", {"x": 2, "nn": 2}, [])
    assert [1, 1, 1] == column(full, "x")


def test_kinds_widen(full):
    """Kinds widen, and stay what they were, in the order in which other columns list them: as a
    set.
    """
    for value in (None, 1, math.nan, "x"):
        log(full, {"z": value, "y": value})
    assert {"int", "nan", "text"} == described(full)["z"]
    full.add_columns("default", fields([{"z": b""}]))
    assert {"int", "nan", "text", "bytes"} == described(full)["z"]


def test_keys_that_clash_get_suffixes(full):
    """With real columns, with each other, and with the names that are kept."""
    keys = ["A", "z z", "z_z", "Z_Z", "xetrack_more", "XETRACK_MORE", "_rowid_", "b"]
    inserter = log(full, dict.fromkeys(keys, 1))
    names = ["A_2", "z_z", "z_z_2", "Z_Z_3", "xetrack_more_2", "XETRACK_MORE_3", "_rowid__2", "b"]
    assert names == list(inserter.columns[:-2])
    assert dict.fromkeys(["b", *keys], 1) | {"a": None} == read(full)[1]
    assert tuple(names) == full.add_columns("default", fields([dict.fromkeys(keys, 1)]))[:-2]


def test_what_was_prepared_before_goes_on(engine, path):
    """An insert from before the table was full, dropped, or dropped and filled in another order."""
    old, other = {"a": 1, "b": 2, "c": 3}, opened(path)
    inserter = engine.inserter("default", fields([old]))
    for drop in (False, True, True):
        if drop:
            other.drop("default")
        log(other, {"d": 1, "e": math.nan, "c": "x", "f": 1, "a": None, "b": 1})
        inserter.write([cells(old, old)])
        assert old == {key: column(other, key)[-1] for key in old}
        assert 2 == other.count("default", [where("c", 3)]) + 1
    # What lay in JSON is a real column now, and the JSON has another name in it.
    engine.drop("default")
    log(engine, {"c": 0, "z": 0, "y": 0})
    inserter.write([cells(old, old)])
    assert old | {"z": None, "y": None} == read(other)[-1]
    other.close()


def test_a_table_made_anew_has_only_its_own_keys(any_engine):
    """Nothing of the dropped one's JSON comes back."""
    log(any_engine, {f"k{n}": math.nan for n in range(6)})
    any_engine.drop("default")
    log(any_engine, {"k5": 1, "k4": 1})
    assert [{"k5": 1, "k4": 1}] == read(any_engine)
    log(any_engine, {"k0": 1, "x": 1})
    assert ["k5", "k4", "k0", "x"] == list(described(any_engine))


def test_another_table_is_another_matter(full):
    """The same keys may be columns there."""
    log(full, {"z": 1})
    log(full, {"z": "x"}, table="other")
    assert ("timestamp", "track_id", "z") == in_file(full, "other")
    assert [None, 1] == column(full, "z")


def test_vacuum_changes_nothing(engine, by_hand):
    """Rows, their notes and the order of the columns stay."""
    log(engine, *({"n": n, "x": math.nan, "y": math.nan, "z": True} for n in range(5)))
    engine.delete("default", [where("n", 2, "<")])
    before = list(map(exact, read(engine)))
    engine.close()
    by_hand("VACUUM")
    assert before == list(map(exact, read(engine)))
    log(engine, {"a": 1})
    assert ["n", "x", "y", "z", "a"] == list(described(engine))


@pytest.mark.parametrize("junk", ["'no JSON'", "'[1]'", "7", "x'ff'", '\'{"$xetrack": "?"}\''])
def test_what_another_program_spoils_is_missing(engine, by_hand, junk):
    """In that row only, for reading, conditions and order; it can be set again."""
    log(engine, *({"n": n, "b": n, "z": n} for n in range(3)))
    by_hand(f'UPDATE "default" SET xetrack_more = {junk} WHERE n = 1')
    assert [0, None, 2] == column(engine, "z")
    assert [1] == column(engine, "n", where=(where("z", None),))
    assert [2, 0, 1] == column(engine, "n", order="z", descending=True)
    assert 3 == engine.update("default", {"z": 5}, [])
    assert [5, 5, 5] == column(engine, "z")


def test_a_table_of_another_program_takes_more_keys(engine, by_hand):
    """A table of another program takes more keys, also where it has more columns than we would
    make, and none of ours.
    """
    by_hand('CREATE TABLE "default" (a, b, c, d, e)', 'INSERT INTO "default" VALUES (1,2,3,4,5)')
    log(engine, {"c": math.nan, "z": math.nan})
    assert ["a", "b", "c", "d", "e", "z"] == list(described(engine))
    assert [exact({"c": 3, "z": None}), exact({"c": math.nan, "z": math.nan})] == [
        exact({"c": row["c"], "z": row["z"]}) for row in read(engine)
    ]
    assert {"timestamp", "track_id"} < set(in_file(engine))


def test_a_file_from_before_takes_more_keys(engine, by_hand):
    """One that was made when there was no such thing."""
    log(engine, {"a": 1, "b": 2})
    engine.close()
    by_hand("DROP TABLE xetrack_overflow")
    assert [{"a": 1, "b": 2}] == read(engine)
    log(engine, {"z": 3})
    assert [None, 3] == column(engine, "z")


@pytest.mark.parametrize(
    "lost",
    [
        ["DROP TABLE xetrack_overflow"],
        ["DROP VIEW events", 'ALTER TABLE "default" DROP COLUMN xetrack_more'],
    ],
    ids=["names", "cells"],
)
def test_a_file_that_lost_a_part_is_mended(engine, by_hand, lost):
    """By the next insert, even one that was prepared before."""
    inserter = log(engine, {"a": 1, "b": 2, "z": 3})
    engine.close()
    by_hand(*lost)
    inserter.write([cells({"a": 1, "b": 2, "z": 4}, "abz")])
    assert 4 == column(engine, "z")[-1]


FROM_ANOTHER = """
import sys
from tests.engines import *
engine = opened(sys.argv[1])
log(engine, {"z": 2, "new": 0.5})
assert [1, 2] == column(engine, "z")
engine.close()
"""


def test_another_process_goes_on_with_what_lies_there(engine, path):
    """One that knows nothing of the lowered cap: what comes later must not stand before."""
    log(engine, {"a": 1, "b": 1, "z": 1})
    engine.close()
    run(FROM_ANOTHER, path)
    assert [{"a": 1, "b": 1, "z": 1, "new": None}, {"a": None, "b": None, "z": 2, "new": 0.5}] == (
        read(engine)
    )
    assert ["a", "b", "z", "new"] == list(described(engine))


RACE = """
from xetrack.builtin.sqlite.tables import overflow
from tests.engines import cells, fields, log, opened
overflow.MOST = 12
engine = opened(sys.argv[1])
ready()
for n in range(20):
    key = f"k{n}" if number % 2 else f"k{19 - n}"
    log(engine, {key: [n, "x", 0.5][n % 3], f"own{number}_{n}": n})
engine.close()
"""


def test_promise_29_processes_that_cross_the_limit_together_lose_nothing(path):
    """On a missing file, with the same keys in another order, and keys of their own."""
    together(RACE, path, processes=4)
    engine = opened(path)
    assert 13 == len(in_file(engine))
    assert 2 + 20 + 4 * 20 == len({one.name for one in engine.columns("default")})
    for number in range(4):
        for n in range(20):
            key = f"k{n}" if number % 2 else f"k{19 - n}"
            (row,) = read(engine, where=(where(f"own{number}_{n}", n),))
            assert {key: [n, "x", 0.5][n % 3], f"own{number}_{n}": n} == {
                name: cell for name, cell in row.items() if cell is not None
            }
    engine.close()


def test_rows_of_thousands_of_keys_respect_the_limits_of_sqlite(monkeypatch, engine):
    """Bound values and columns: in one row and in a batch, whatever this build allows."""
    monkeypatch.setattr(overflow, "MOST", 300)
    row = {f"k{n}": n for n in range(5_000)}
    engine.connections.writer.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 150)
    log(engine, row)
    log(engine, *[row] * 7)
    assert 51 == len(in_file(engine))
    assert [row] * 8 == read(engine)


@pytest.mark.parametrize("descending", [False, True])
def test_what_lies_beside_the_columns_is_sorted_by_value(engine, descending):
    """Decimals and huge integers too, which lie there as text; also with a cut."""
    values = [Decimal(10), 9, 10**30, None, Decimal("-1.5"), 9.5, math.nan, True]
    row = {f"k{number}": number for number in range(20)}
    log(engine, *({**row, "n": n, "late": value} for n, value in enumerate(values)))
    rows = [{"n": n, "late": value} for n, value in enumerate(values)]
    for cut in ({}, {"offset": 1, "limit": 4}, {"tail": 3}):
        query = {"order": "late", "descending": descending, **cut}
        expected = [row["n"] for row in Query(**query).apply(rows)]
        assert expected == column(engine, "n", **query), cut
