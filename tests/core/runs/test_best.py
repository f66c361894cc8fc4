"""The best run of a table."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import ColumnNotFoundError, InvalidArgumentError, TableNotFoundError


@pytest.fixture(params=["runs.db", "runs.duckdb"])
def db(request, tmp_path):
    """Where a database may be; nothing is there yet."""
    return tmp_path / request.param


def log_runs(db, runs, key="score"):
    """Log a run for each list of values, named by its place."""
    for number, values in enumerate(runs):
        params = {"number": number}
        with Tracker(db, track_id=f"run{number}", params=params, warnings=False) as tracker:
            for value in values:
                tracker.log({key: value})


def test_the_best_run_is_the_one_with_the_best_last_value(db):
    """With its params, its record and its results."""
    log_runs(db, [[0.5, 0.25], [0.9, 0.75], [0.5]])
    best = Reader(db).best("score", maximize=True)
    assert ("run1", 1, 0.75, "finished", 2) == tuple(
        best[name] for name in ("track_id", "number", "score", "status", "rows")
    )
    assert "run0" == Reader(db).best("score", maximize=False)["track_id"]
    row = Reader(db).runs().set_index("track_id").loc["run1"]
    assert (row["score"], row["number"]) == (best["score"], best["number"])


def test_the_best_value_of_a_run_counts_where_it_is_asked_for(db):
    """And it is what the row shows then."""
    log_runs(db, [[0.5, 0.99, 0.25], [0.9, 0.75]])
    best = Reader(db).best("score", maximize=True, summary="best")
    assert ("run0", 0.99) == (best["track_id"], best["score"])


@pytest.mark.parametrize(
    "runs",
    [
        [[math.nan], [0.5]],
        [[1.0, math.nan], [0.5]],
        [["text"], [0.5]],
        [[True], [0.5]],
        [[], [0.5]],
        [[Decimal("nan")], [Decimal("0.5")]],
        [[-math.inf], [0.5]],
        [[0], [2**70]],
        [[Decimal("0.1")], [0.5]],
        [[timedelta(seconds=1)], [timedelta(seconds=2)]],
    ],
    ids=range(10),
)
def test_what_is_no_number_is_never_the_best(db, runs):
    """Nor is what is smaller, of any type of numbers."""
    log_runs(db, runs)
    assert "run1" == Reader(db).best("score", maximize=True)["track_id"]


def test_of_equal_runs_the_first_is_the_best(db):
    """Whichever way is better."""
    log_runs(db, [[0.25], [0.5], [0.5], [0.25]])
    assert "run1" == Reader(db).best("score", maximize=True)["track_id"]
    assert "run0" == Reader(db).best("score", maximize=False)["track_id"]


def test_the_goal_that_was_set_decides(db):
    """For the key as it was logged, and for the name of its column."""
    log_runs(db, [[0.5], [0.25]], "val/loss")
    reader = Reader(db)
    with pytest.raises(InvalidArgumentError, match=r"define\('val/loss', goal='max'\)"):
        reader.best("val/loss")
    reader.define("val/loss", goal="min")
    assert "run1" == reader.best("val/loss")["track_id"] == reader.best("val_loss")["track_id"]
    assert "run0" == reader.best("val/loss", maximize=True)["track_id"]


def test_a_metric_may_have_the_name_of_a_field_of_the_record(db):
    """As in `runs`, it is called by another name there."""
    log_runs(db, [[3], [5]], "rows")
    best = Reader(db).best("rows", maximize=True)
    assert ("run1", 1, 5) == (best["track_id"], best["rows"], best["rows_2"])


def test_mistakes_say_what_to_type(db):
    """Of the column, the summary and the table."""
    log_runs(db, [["text"]])
    reader = Reader(db)
    with pytest.raises(ColumnNotFoundError, match="score"):
        reader.best("scor", maximize=True)
    with pytest.raises(InvalidArgumentError, match="a column with numbers"):
        reader.best("score", maximize=True)
    with pytest.raises(InvalidArgumentError, match="'last' or 'best'"):
        reader.best("score", maximize=True, summary="mean")
    with pytest.raises(InvalidArgumentError, match="column"):
        reader.best(3, maximize=True)
    with pytest.raises(InvalidArgumentError, match="True or False"):
        reader.best("score", maximize="yes")
    with pytest.raises(TableNotFoundError):
        Reader(db, table="others").best("score", maximize=True)
