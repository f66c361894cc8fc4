"""The step of a row, given beside its values."""

from __future__ import annotations

from collections import ChainMap
from decimal import Decimal

import numpy as np
import pytest

from xetrack import Reader, Tracker
from xetrack.errors import InvalidArgumentError


def test_a_step_is_stored_with_the_row(db):
    """In a column of its own, in front of the values."""
    with Tracker(db) as tracker:
        for step in (0, 7):
            row = tracker.log({"loss": 0.5}, step=step)
            assert step == row["step"]
        tracker.log({"scores": {"f1": 0.5}}, flatten=True, step=8)
    assert [0, 7, 8] == [row["step"] for row in Reader(db).iter_rows(["step"])]
    assert "step" == Reader(db).columns[2]


@pytest.mark.parametrize("step", [1.5, np.int64(3), np.float32(0.5), Decimal("0.1")], ids=str)
def test_a_step_may_be_any_number(db, step):
    """Of Python and of NumPy."""
    with Tracker(db) as tracker:
        assert step == tracker.log(ChainMap({"loss": 0.5}), step=step)["step"]


@pytest.mark.parametrize("step", ["1", True, [1], (), b"1"], ids=repr)
def test_what_is_no_number_is_refused(db, step):
    """And no row is stored."""
    with Tracker(db) as tracker:
        with pytest.raises(InvalidArgumentError, match="step"):
            tracker.log({"loss": 0.5}, step=step)
        assert 0 == len(tracker)


def test_two_steps_of_one_row_have_to_be_equal(db):
    """Neither is thrown away without a word."""
    with Tracker(db) as tracker:
        assert 3 == tracker.log({"step": 3, "loss": 0.5}, step=3)["step"]
        with pytest.raises(InvalidArgumentError, match="'step' of 3"):
            tracker.log({"step": 3, "loss": 0.5}, step=4)
        assert 1 == len(tracker)


def test_what_is_no_mapping_is_refused_as_ever(db):
    """With the error of `log`."""
    with Tracker(db) as tracker, pytest.raises(InvalidArgumentError, match="a mapping of names"):
        tracker.log([1, 2], step=3)
