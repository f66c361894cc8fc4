"""Keys as they were logged name their columns wherever a column is named."""

from __future__ import annotations

import pytest

from xetrack import Condition, Reader, Tracker
from xetrack.errors import ColumnNotFoundError


@pytest.fixture(params=["rows.db", "rows.duckdb"])
def location(request, tmp_path):
    """A database with a key that is no name of a column, and two that ask for the same one."""
    path = tmp_path / request.param
    with Tracker(path, warnings=False) as tracker:
        tracker.log_batch(
            [
                {"val/loss": number / 4, "a b": number, "a_b": -number, "Loss": 1, "loss": 2}
                for number in range(3)
            ]
        )
    return path


def test_keys_name_columns_in_a_query(location):
    """In columns, conditions and order; the answer has the names of the columns."""
    reader = Reader(location)
    result = reader.select(
        ["val/loss", "a b", "a_b", "loss"],
        [Condition("val/loss", "<", 0.5), Condition("a_b", "<=", 0)],
        order="val/loss",
        descending=True,
    )
    assert [
        {"val_loss": 0.25, "a_b": 1, "a_b_2": -1, "loss_2": 2},
        {"val_loss": 0.0, "a_b": 0, "a_b_2": 0, "loss_2": 2},
    ] == result.dicts()
    assert [{"val_loss": 0.5}] == [*reader.iter_rows(["val/loss"], [Condition("a b", ">", 1)])]


def test_names_of_columns_still_name_them(location):
    """A column's own name, unless it is the key of another."""
    reader = Reader(location)
    assert [(0.5, -2)] == reader.select(["val_loss", "a_b_2"], tail=1).rows()
    for wrong in ({"columns": ["val-loss"]}, {"order": "val-loss"}):
        with pytest.raises(ColumnNotFoundError, match="val_loss"):
            reader.select(**wrong)


def test_keys_are_in_a_tracker(location):
    """As `tracker[...]` finds them."""
    with Tracker(location, warnings=False) as tracker:
        assert "val/loss" in tracker
        assert "val_loss" in tracker
        assert "val-loss" not in tracker
        assert None not in tracker
        assert 3 not in tracker
        assert [] not in tracker


@pytest.mark.slow
def test_keys_beyond_the_columns_of_a_table_are_found(tmp_path):
    """Also where SQLite has no column for them."""
    path = tmp_path / "rows.db"
    with Tracker(path, warnings=False) as tracker:
        tracker.log_batch([{f"k/{n}": n + row for n in range(1_100)} for row in range(3)])
        assert "k/1099" in tracker
    reader = Reader(path)
    rows = reader.select(["k/1099", "k/3"], [Condition("k/1098", ">", 1098)], order="k/1099")
    assert [(1100, 4), (1101, 5)] == rows.rows()
