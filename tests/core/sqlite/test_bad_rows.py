"""A row that cannot be stored is a typed error, and spoils nothing for the next or for others."""

from __future__ import annotations

import sqlite3

import pytest

from tests.engines import cells, column, fields, log, opened
from xetrack.builtin.sqlite.tables import overflow
from xetrack.errors import StorageError


@pytest.fixture(autouse=True)
def four(monkeypatch):
    """Tables have four columns, two of them for keys; `z` lies beside them."""
    monkeypatch.setattr(overflow, "MOST", 4)


@pytest.mark.parametrize("big", ["a", "z"])
def test_promise_29_a_row_that_is_too_big_spoils_nothing_for_others(engine, path, big):
    """A row that is too big spoils nothing for others, in a column of its own and beside others.

    The same insert and others store the next row.
    """
    log(engine, {"a": "x", "b": 1, "z": "x"})
    other = opened(path)
    inserter = engine.inserter("default", fields([{"a": "x", "z": "x"}]))
    engine.connections.writer.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000)
    row = {"a": "x", "z": "x"}
    for _ in range(2):
        for rows in ([row | {big: "x" * 2_000}], [row, row | {big: "x" * 2_000}, row]):
            with pytest.raises(StorageError, match="too big"):
                inserter.write([cells(one, row) for one in rows])
        with pytest.raises(StorageError, match="too big"):
            engine.update("default", {big: "x" * 2_000}, [])
        inserter.write([cells(row, row)])
        log(other, row)
    assert ["x"] * 5 == column(engine, big)
    other.close()


def test_promise_29_what_the_driver_cannot_bind_is_a_typed_error(any_engine):
    """It says so with an error that is not its own, for a text of 2 GB for one."""
    inserter = any_engine.inserter("default", fields([{"a": 1}]))
    for rows in ([2**70], [1, 2**70]):
        with pytest.raises(StorageError):
            inserter.write([cells({"a": one}, "a") for one in rows])
    inserter.write([cells({"a": 2}, "a")])
    assert [2] == column(any_engine, "a")


def test_promise_29_a_foreign_constraint_refuses_one_row_only(engine, by_hand):
    """Of a batch none is stored; the next row and those of others are."""
    by_hand('CREATE TABLE "default" (timestamp, track_id, a INTEGER CHECK (a < 5), b UNIQUE)')
    log(engine, {"a": 1, "b": 1, "z": 1})
    for rows in ([{"a": 9, "z": 2}], [{"a": 2, "z": 2}, {"b": 1, "z": 2}]):
        with pytest.raises(StorageError, match="constraint"):
            log(engine, *rows)
    log(engine, {"a": 2, "b": 2, "z": 2})
    assert [1, 2] == column(engine, "z")


def test_a_foreign_table_that_is_full_is_a_typed_error(engine, by_hand):
    """There is no room even for the column of JSON; what it has can be written."""
    names = ["timestamp", "track_id", *(f"k{n}" for n in range(1_998))]
    by_hand(f'CREATE TABLE "default" ({", ".join(names)})')
    limit = engine.connections.writer.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, 2_000)
    assert limit >= 2_000
    with pytest.raises(StorageError, match="too many columns"):
        log(engine, {"k1": 1, "z": 1})
    log(engine, {"k1": 1, "k1997": 2})
    assert [1] == column(engine, "k1", columns=("k1",))
