"""Tables that other programs made: they are read as they are, and never damaged."""

from __future__ import annotations

import math

import pytest

from tests.engines import column, exact, log, read, where
from xetrack.errors import InvalidTableError, RowExistsError, StorageError, XetrackError

OLD = (
    'CREATE TABLE "default" (timestamp TEXT, track_id TEXT, PRIMARY KEY (track_id, timestamp))',
    'ALTER TABLE "default" ADD COLUMN "accuracy" REAL',
    'ALTER TABLE "default" ADD COLUMN "name" TEXT',
    "INSERT INTO \"default\" VALUES ('2024-01-01', 'old', 1.0, '007')",
    "INSERT INTO \"default\" VALUES ('2024-01-02', 'old', 0.5, 'x')",
)


def test_a_file_of_xetrack_0_7_takes_new_rows(engine, by_hand):
    """Its rows keep their values and types, also when columns widen; new ones stand beside."""
    by_hand(*OLD)
    log(engine, {"accuracy": "high", "name": 1, "new": math.nan})
    expected = [
        {"accuracy": 1.0, "name": "007", "new": None},
        {"accuracy": 0.5, "name": "x", "new": None},
        {"accuracy": "high", "name": 1, "new": math.nan},
    ]
    assert list(map(exact, expected)) == list(map(exact, read(engine)))
    assert [(3,)] == engine.sql("SELECT count(*) FROM events").rows


def test_a_row_of_the_same_stamp_is_said_to_exist(engine, by_hand):
    """Where the pair is a primary key, the tracker learns that a later stamp is needed."""
    by_hand(*OLD)
    inserter = log(engine, {"accuracy": 0.1})
    with pytest.raises(RowExistsError):
        inserter.write([[0.2, "2024-01-01", "old"]])
    with pytest.raises(RowExistsError):
        inserter.write([[0.3, "2024-01-09", "old"], [0.2, "2024-01-01", "old"]])
    assert [1.0, 0.5, 0.1] == column(engine, "accuracy")


@pytest.mark.parametrize(
    "constraint",
    ["must NOT NULL", "must UNIQUE DEFAULT 1", "must CHECK (x < 5)", "track_id UNIQUE"],
)
def test_other_constraints_are_no_matter_of_the_stamp(engine, by_hand, constraint):
    """A later timestamp would never help, so it is another error, which names the constraint."""
    by_hand(f'CREATE TABLE "default" (x, {constraint})')
    if "UNIQUE" in constraint:
        log(engine, {"x": 4, "must": 1})
    with pytest.raises(StorageError, match="constraint failed") as caught:
        log(engine, {"x": 7, "must": None if "NULL" in constraint else 1})
    assert not isinstance(caught.value, RowExistsError)


@pytest.mark.parametrize("declared", ["REAL", "FLOAT", "double precision", "DOUBLE"])
def test_whole_floats_of_foreign_columns_stay_floats(engine, by_hand, declared):
    """Whole floats of foreign columns stay floats, whatever the type is called that keeps them as
    integers on disk.
    """
    by_hand(f'CREATE TABLE "default" (x {declared})', 'INSERT INTO "default" VALUES (1.0), (2.5)')
    log(engine, {"x": "text"}, {"x": True})
    assert list(map(exact, [1.0, 2.5, "text", True])) == list(map(exact, column(engine, "x")))


def test_affinity_of_a_foreign_column_converts_nothing(engine, by_hand):
    """A text that looks like a number stays text in a column of another program's making."""
    by_hand('CREATE TABLE "default" (x NUMERIC, y TEXT, z INT)')
    log(engine, {"x": "007", "y": 7, "z": 1.0})
    assert [exact({"x": "007", "y": 7, "z": 1.0})] == list(map(exact, read(engine)))


def test_generated_columns_do_not_shift_the_others(engine, by_hand):
    """A column after a generated one is widened, not its neighbour."""
    by_hand(
        'CREATE TABLE "default" (a INT, g INT GENERATED ALWAYS AS (a + 1) VIRTUAL, b INT, c INT)',
        'INSERT INTO "default" (a, b, c) VALUES (1, 2, 3)',
    )
    log(engine, {"b": "text", "a": 5})
    assert [1, 5] == column(engine, "a")
    assert [2, "text"] == column(engine, "b")
    assert [(2,), (6,)] == by_hand('SELECT g FROM "default"')


def test_the_row_number_under_another_name_takes_integers_only(engine, by_hand):
    """INTEGER PRIMARY KEY stays what it is; other kinds are a typed error."""
    by_hand('CREATE TABLE "default" (id INTEGER PRIMARY KEY, x REAL)')
    by_hand('INSERT INTO "default" VALUES (7, 1.0), (9, 2.0)')
    log(engine, {"id": 20, "x": math.nan}, {"id": 11, "x": True})
    log(engine, {"x": 3.5})
    with pytest.raises(InvalidTableError, match="whole numbers"):
        log(engine, {"id": "text"})
    with pytest.raises(XetrackError, match="UNIQUE"):
        log(engine, {"id": 7})
    expected = {7: 1.0, 9: 2.0, 11: True, 20: math.nan, 21: 3.5}
    found = {row["id"]: row["x"] for row in read(engine)}
    assert exact(expected) == exact(found)
    assert 1 == engine.update("default", {"x": 5.5}, [where("id", 20)])
    assert exact(expected | {20: 5.5}) == exact({row["id"]: row["x"] for row in read(engine)})


@pytest.mark.parametrize(
    "definition",
    ["(a TEXT PRIMARY KEY, b) WITHOUT ROWID", "(rowid, _rowid_, oid, x)"],
    ids=["without rowid", "hidden rowid"],
)
def test_a_table_without_row_numbers_is_a_typed_error(engine, by_hand, definition):
    """Its rows have no order in which they were logged; it can still be listed and dropped."""
    by_hand(f'CREATE TABLE "default" {definition}')
    for attempt in (
        lambda: log(engine, {"x": 1}),
        lambda: read(engine),
        lambda: engine.count("default"),
        lambda: engine.update("default", {"x": 1}, []),
    ):
        with pytest.raises(InvalidTableError, match="no numbers"):
            attempt()
    assert ["default"] == engine.tables()
    assert [(0,)] == engine.sql("SELECT count(*) FROM default").rows
    engine.drop("default")
    assert [] == engine.tables()


def test_indexes_of_other_programs_stay_right_while_columns_widen(engine, by_hand):
    """The fixture's integrity check compares each entry with its row."""
    log(engine, {"x": 1}, {"x": 2})
    by_hand('CREATE INDEX mine ON "default" (x)', 'CREATE INDEX mine2 ON "default" (x, timestamp)')
    for value in (2.0, 0.5, 3.0, "007", True, 2**60):
        log(engine, {"x": value})
        assert [("ok",)] == by_hand("PRAGMA integrity_check")
    assert [1.0, 2.0, 2.0, 0.5, 3.0, "007", True, 2**60] == column(engine, "x")
    assert [(2,)] == by_hand('SELECT count(*) FROM "default" WHERE x = 2.0')


def test_a_virtual_table_is_a_typed_error_and_stays_sound(engine, by_hand):
    """It cannot be altered; nothing else breaks."""
    by_hand("CREATE VIRTUAL TABLE texts USING fts5(body)")
    with pytest.raises(XetrackError):
        log(engine, {"x": 1}, table="texts")
    log(engine, {"x": 1})
    assert [{"x": 1}] == read(engine)


def test_rows_of_other_programs_can_be_set_to_nan(engine, by_hand):
    """They have no timestamp and no track id, and the note finds them nevertheless."""
    by_hand('CREATE TABLE "default" (n INT, x REAL)', 'INSERT INTO "default" VALUES (1, 1), (2, 2)')
    log(engine, {"n": 3, "x": math.nan})
    assert 1 == engine.update("default", {"x": math.nan}, [where("n", 1)])
    assert [1, 3] == column(engine, "n", where=(where("x", math.nan),))
    assert list(map(exact, [math.nan, 2.0, math.nan])) == list(map(exact, column(engine, "x")))


def test_a_table_with_no_column_of_ours_is_read_and_changed(engine, by_hand):
    """Nothing of ours is needed for it."""
    by_hand("CREATE TABLE plain (n INT, x)", "INSERT INTO plain VALUES (1, 'a'), (2, 'b')")
    assert 1 == engine.update("plain", {"x": math.nan}, [where("n", 1)])
    assert [exact(math.nan), exact("b")] == list(map(exact, column(engine, "x", "plain")))
    assert 1 == engine.delete("plain", [where("x", "b")])
