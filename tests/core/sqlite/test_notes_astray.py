"""Notes that have the number of no row are looked at once each, however many a file has."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing

import pytest

from tests.engines import column, exact, log, where
from xetrack.builtin.sqlite.tables import cell_kinds, schema
from xetrack.errors import StorageError
from xetrack.model.kinds import Kind

MANY = 1_000
NOTE = "INSERT OR REPLACE INTO xetrack_cells VALUES ('default', ?, ?, ?, ?, ?)"
ROW = 'INSERT INTO "default" (timestamp, track_id, x) VALUES (?, ?, 1.5)'


@pytest.fixture
def crafted(engine, path):
    """Make a file with rows and notes: those of one identity, or each with its own."""
    log(engine, {"x": math.nan})
    engine.close()

    def make(rows, notes):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN")
        connection.execute('DELETE FROM "default"')
        connection.execute("DELETE FROM xetrack_cells")
        connection.executemany(ROW, rows)
        connection.executemany(NOTE, notes)
        connection.execute("COMMIT")
        return closing(connection)

    return make


def steps(connection, call):
    """Count the steps of SQLite's machine, in thousands."""
    count = 0

    def step():
        nonlocal count
        count += 1

    connection.set_progress_handler(step, 1_000)
    call()
    connection.set_progress_handler(None, 0)
    return count


ASTRAY = {
    "one identity": (
        [("", "")] * MANY,
        [("x", "", "", 10**7 + n, "nan") for n in range(MANY)],
    ),
    "many identities": (
        [(str(n), "t") for n in range(MANY)],
        [("x", f"x{n}", "u", 10**7 + n, "nan") for n in range(MANY)],
    ),
    "columns that there are not": (
        [("", "")] * MANY,
        [(f"c{n}", "", "", 10**7, "nan") for n in range(MANY)],
    ),
}


@pytest.mark.parametrize(("rows", "notes"), ASTRAY.values(), ids=ASTRAY)
def test_reading_takes_linear_time_and_memory(crafted, rows, notes):
    with crafted(rows, notes) as connection:
        table = schema.load(connection, "default")
        loaded = []
        taken = steps(connection, lambda: loaded.append(cell_kinds.load(connection, table, ["x"])))
        assert sum(map(len, loaded[0].values())) <= MANY
        assert taken < MANY / 5


@pytest.mark.parametrize(("rows", "notes"), ASTRAY.values(), ids=ASTRAY)
def test_renumbering_takes_linear_time_and_memory(crafted, rows, notes):
    with crafted(rows, notes) as connection:
        table = schema.load(connection, "default")
        before = connection.total_changes
        connection.execute("BEGIN")
        taken = steps(connection, lambda: cell_kinds.renumber(connection, table))
        connection.execute("COMMIT")
        assert connection.total_changes - before <= 2 * MANY
        assert taken < MANY / 5


def test_each_cell_of_rows_with_one_identity_has_its_notes(crafted):
    """A note that fits several rows counts for each, as nobody can say whose it was."""
    rows = [("", ""), ("", ""), ("2024", "run")]
    notes = [("x", "", "", 1, "bool"), ("x", "", "", 99, "nan"), ("x", "2024", "run", 98, "nan")]
    with crafted(rows, notes) as connection:
        table = schema.load(connection, "default")
        expected = {1: [(0, Kind.BOOL), (0, Kind.NAN)], 2: [(0, Kind.NAN)], 3: [(0, Kind.NAN)]}
        assert cell_kinds.load(connection, table, ["x"]) == expected
        cell_kinds.renumber(connection, table)
        expected = {1: [(0, Kind.NAN)], 2: [(0, Kind.NAN)], 3: [(0, Kind.NAN)]}
        assert cell_kinds.load(connection, table, ["x"]) == expected


def test_rows_with_numbers_for_a_timestamp_keep_their_notes(engine, by_hand):
    """A note has a text in the place of a number, and SQLite compares the two as texts."""
    by_hand(
        'CREATE TABLE "default" (timestamp, track_id, x REAL)',
        "INSERT INTO \"default\" VALUES (5, 1.5, 1), (6, NULL, 2), (7, x'80', 3)",
    )
    assert 3 == engine.update("default", {"x": math.nan}, [])
    engine.close()
    by_hand('UPDATE "default" SET rowid = rowid + 10')
    assert list(map(exact, [math.nan] * 3)) == list(map(exact, column(engine, "x")))
    assert 1 == engine.update("default", {"x": 0.5}, [where("timestamp", 6)])
    assert list(map(exact, [math.nan, 0.5, math.nan])) == list(map(exact, column(engine, "x")))


def test_a_kind_that_there_is_not_is_a_typed_error(crafted, engine):
    with crafted([("", "")], [("x", "", "", 99, "strange")]):
        pass
    with pytest.raises(StorageError, match="xetrack_cells"):
        column(engine, "x")
