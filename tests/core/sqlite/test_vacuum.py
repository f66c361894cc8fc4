"""Notes follow their rows, also when another program renumbers or removes those."""

from __future__ import annotations

import math

import pytest

from tests.engines import column, exact, log, where

VALUES = [1.5, math.nan, True, None, math.nan, 7, "x", None, False, math.nan]


@pytest.fixture
def renumbered(engine, by_hand):
    """Ten rows of which the first three went, so that VACUUM gives new numbers to the rest."""
    log(engine, *({"n": n, "x": value} for n, value in enumerate(VALUES)))
    engine.delete("default", [where("n", 3, "<")])
    engine.close()
    by_hand("VACUUM")
    assert [(1,)] == by_hand('SELECT min(rowid) FROM "default"')
    return engine


def test_cells_mean_the_same_after_vacuum(renumbered):
    """A nan is a nan, a bool a bool and a None none, under new row numbers."""
    assert list(map(exact, VALUES[3:])) == list(map(exact, column(renumbered, "x")))


def test_conditions_find_nan_after_vacuum(renumbered):
    """Asking for nan and for missing cells goes by identity, not by an old number."""
    assert [4, 9] == column(renumbered, "n", where=(where("x", math.nan),))
    assert [3, 7] == column(renumbered, "n", where=(where("x", None),))


def test_a_change_after_vacuum_leaves_other_rows_notes_alone(renumbered):
    """Setting, deleting and logging rows whose numbers others had before harms no note."""
    renumbered.update("default", {"x": 0.5}, [where("n", 7)])
    renumbered.delete("default", [where("n", 8)])
    log(renumbered, {"n": 10, "x": math.nan}, {"n": 11, "x": None}, {"n": 12, "x": True})
    expected = [None, math.nan, 7, "x", 0.5, math.nan, math.nan, None, True]
    assert list(map(exact, expected)) == list(map(exact, column(renumbered, "x")))


def test_new_rows_do_not_replace_notes_of_renumbered_ones(renumbered):
    """A row that gets the number which an old note names does not take that note's place."""
    for number in range(10, 20):
        log(renumbered, {"n": number, "x": math.nan})
    assert [4, 9, *range(10, 20)] == column(renumbered, "n", where=(where("x", math.nan),))


def test_a_note_on_a_row_that_another_program_deleted_fits_no_later_row(engine, by_hand):
    """The number comes again; its cell is None, not the nan that was there."""
    log(engine, {"x": 1.5}, {"x": math.nan})
    by_hand('DELETE FROM "default" WHERE rowid = 2')
    log(engine, {"x": None})
    assert [1.5, None] == column(engine, "x")
    assert 0 == engine.count("default", [where("x", math.nan)])


def test_a_cell_that_another_program_set_counts_more_than_its_note(engine, by_hand):
    """After a foreign UPDATE the number in the cell is read, not the nan."""
    log(engine, {"x": math.nan})
    by_hand('UPDATE "default" SET x = 2.5')
    assert [2.5] == column(engine, "x")


def test_a_column_that_was_dropped_and_made_again_has_no_old_nan(engine, by_hand):
    """What was noted of the former cells is void."""
    log(engine, {"x": math.nan, "y": 1})
    engine.close()
    by_hand("DROP VIEW events", 'ALTER TABLE "default" DROP COLUMN x')
    log(engine, {"x": 1.5, "y": 2})
    assert [None, 1.5] == column(engine, "x")


def test_a_table_that_another_program_dropped_leaves_no_notes(engine, by_hand):
    """A row of the same identity in a new table has no note of the old one."""
    inserter = log(engine, {"x": math.nan})
    inserter.write([[math.nan, "2024", "run"]])
    by_hand("DROP VIEW events", 'DROP TABLE "default"')
    log(engine, {"y": 1})
    assert [(0,)] == by_hand("SELECT count(*) FROM xetrack_cells")
