"""Rows read one by one from a DuckDB file."""

from __future__ import annotations

import pytest

from xetrack import Condition, Reader, Tracker
from xetrack.errors import ColumnNotFoundError


@pytest.fixture
def reader(tmp_path):
    """Two thousand rows, and some more."""
    db = tmp_path / "track.duckdb"
    with Tracker(db, engine="duckdb", track_id="first") as tracker:
        tracker.log_batch([{"n": n, "x": [n]} if n % 3 else {"n": n} for n in range(5_000)])
    return Reader(db)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"columns": ["n"], "where": [Condition("n", ">=", 4_990)]},
        {"head": 4_500, "tail": 2_500},
        {"order": "n", "descending": True, "head": 5},
    ],
    ids=repr,
)
def test_the_rows_are_those_of_select(reader, query):
    """The rows are those of select, in their order."""
    assert reader.select(**query).dicts() == list(reader.iter_rows(**query))


@pytest.mark.parametrize("steps", [0, 1, 3_000])
def test_a_writer_can_go_on_when_the_iterator_is_closed(reader, steps):
    """The file is free for others, whether or not a row was asked for."""
    rows = reader.iter_rows()
    for _ in range(steps):
        next(rows)
    rows.close()
    assert 5_000 == reader.set_value("y", 1)
    assert [] == list(rows)


def test_mistakes_are_errors_of_the_call(reader):
    """Mistakes are errors of the call, not of the first row that is asked for."""
    for wrong in ({"columns": ["nothing"]}, {"where": [Condition("nothing", "=", 1)]}):
        with pytest.raises(ColumnNotFoundError):
            reader.iter_rows(**wrong)
