"""Columns in pieces: what another program wrote ends them, and nothing is lost by it."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest

from tests.engines import same
from xetrack import Reader, Tracker

ROWS = 1_200
"""More than two batches."""

COLUMNS = {
    "i": range(ROWS),
    "f": [n / 7 for n in range(ROWS)],
    "s": [f"text {n}" for n in range(ROWS)],
    "once": ["always"] * ROWS,
    "b": [n % 2 == 0 for n in range(ROWS)],
}


@pytest.fixture
def filled(db):
    """Columns of one kind each."""
    with Tracker(db) as tracker:
        rows = zip(*COLUMNS.values(), strict=True)
        tracker.log_batch([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    return db


def frames(db):
    """Return the columns of each sort of frame as lists, missing cells as None."""
    pandas = Reader(db).to_df()
    yield {
        name: [None if pd.isna(one) else one for one in pandas[name].tolist()] for name in COLUMNS
    }
    yield Reader(db).to_df(backend="polars").select(*COLUMNS).to_dict(as_series=False)
    yield Reader(db).to_arrow().select(list(COLUMNS)).to_pydict()


def test_every_frame_has_the_cells_of_all_batches(filled):
    """Every frame has the cells of all batches, in their order."""
    expected = {name: list(cells) for name, cells in COLUMNS.items()}
    for found in frames(filled):
        assert all(same(expected[name], found[name]) for name in COLUMNS)


@pytest.mark.parametrize("cell", [None, b"\x00\xff", 1.5, "other", 7])
@pytest.mark.parametrize("row", [1, 700, ROWS])
def test_promise_3_a_cell_of_another_program_is_kept_wherever_it_is(filled, cell, row):
    """A cell of another program is kept, whatever its type, in the first batch, in the middle and
    in the last.
    """
    with sqlite3.connect(filled) as connection:
        for name in COLUMNS:
            connection.execute(f'UPDATE "default" SET "{name}" = ? WHERE _rowid_ = ?', (cell, row))
    connection.close()
    expected = {column: Reader(filled).select([column]).cells[0] for column in COLUMNS}
    pandas, polars, _ = frames(filled)
    for name, cells in expected.items():
        assert cells == pandas[name]
        assert cells == polars[name]
