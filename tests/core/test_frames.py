"""Dtypes of frames follow the kinds of the columns."""

# ruff: noqa: DTZ001 - a datetime without a zone is a value too

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.dtypes import TEXT
from xetrack import Tracker

DAY = datetime(2024, 1, 2, 3, 4, 5, 678901)
EAST = timezone(timedelta(hours=5, minutes=30))
UTC_DTYPE = "datetime64[us, UTC]"


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([1, 2], "int64"),
        ([1, None], "Int64"),
        ([2**63 - 1, -(2**63)], "int64"),
        ([2**62 + 1, None], "Int64"),
        ([1, 2**63], "object"),
        ([0.5, 1.5], "float64"),
        ([0.5, None], "float64"),
        ([0.5, 1], "float64"),
        ([0.5, 2**53 + 1], "object"),
        ([math.inf, math.nan], "float64"),
        ([True, False], "bool"),
        ([True, None], "boolean"),
        (["a", "b"], TEXT),
        (["a", None], TEXT),
        (["a", "\udcff"], "object"),
        ([DAY, DAY], "datetime64[us]"),
        ([DAY, None], "datetime64[us]"),
        ([datetime(1, 1, 1), datetime(9999, 12, 31)], "datetime64[us]"),
        ([DAY.replace(tzinfo=UTC)], "datetime64[us, UTC]"),
        ([None, DAY.replace(tzinfo=UTC), DAY.replace(tzinfo=ZoneInfo("UTC"))], UTC_DTYPE),
        ([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)], UTC_DTYPE),
        ([DAY.replace(tzinfo=EAST), None], "datetime64[us, UTC+05:30]"),
        ([datetime.min.replace(tzinfo=EAST)], "object"),
        ([DAY.replace(tzinfo=UTC), DAY.replace(tzinfo=EAST)], "object"),
        ([DAY.replace(tzinfo=UTC), DAY], "object"),
        ([timedelta(hours=1, microseconds=1), timedelta(-1)], "timedelta64[us]"),
        ([timedelta(0), None], "timedelta64[us]"),
        ([timedelta(seconds=2**32 + 1), timedelta(microseconds=1)], "timedelta64[us]"),
        ([timedelta.max, timedelta(microseconds=1)], "object"),
        ([timedelta(1), 1], "object"),
        ([date(2024, 1, 1)], "object"),
        ([Decimal("1.10")], "object"),
        ([Path("a")], "object"),
        ([b"a"], "object"),
        ([[1], {"a": 1}], "object"),
        ([1, "a"], "object"),
        ([True, 1], "object"),
    ],
)
def test_promise_3_a_column_keeps_its_values_in_a_frame(cells, dtype):
    """Under the dtype that says what they are; a cell that is missing is missing."""
    tracker = Tracker(Tracker.IN_MEMORY, warnings=False)
    for cell in cells:
        tracker.log({"x": cell})
    for frame in (tracker.to_df(), tracker.head(99), tracker.to_df(all=True)):
        assert dtype == str(frame["x"].dtype)
        for cell, shown in zip(cells, frame["x"], strict=True):
            assert pd.isna(shown) if cell is None or repr(cell) == "nan" else cell == shown


@pytest.mark.parametrize("later", [0.5, 2**70, "text", True, None])
@pytest.mark.parametrize("first", [1, True, None])
def test_promise_3_a_column_takes_later_values_of_other_kinds(first, later):
    """A column takes later values of other kinds, also when the column first appears after many
    rows.
    """
    tracker = Tracker(Tracker.IN_MEMORY, warnings=False)
    tracker.log_batch([{"y": 1}] * 3_000)
    tracker.log({"x": first})
    tracker.log({"x": later})
    shown = tracker.to_df()["x"].tolist()
    assert all(pd.isna(cell) for cell in shown[:3_000])
    for cell, kept in zip((first, later), shown[3_000:], strict=True):
        assert pd.isna(kept) if cell is None else cell == kept


def test_an_empty_frame_has_its_columns_and_their_dtypes(db):
    """An empty frame has its columns and their dtypes, as after `to_df` of a new run in an old
    table.
    """
    Tracker(db).log({"i": 1, "f": 0.5, "s": "a", "b": True})
    frame = Tracker(db).to_df()
    assert ["timestamp", "track_id", "i", "f", "s", "b"] == list(frame.columns)
    assert ["int64", "float64", TEXT, "bool"] == [str(frame[name].dtype) for name in "ifsb"]
    assert 0 == len(frame)


def test_the_index_counts_the_rows(tracker):
    """The index counts the rows, from 0, also for the tail."""
    tracker.log_batch([{"x": 1}] * 5)
    assert [0, 1] == tracker.tail(2).index.tolist()
