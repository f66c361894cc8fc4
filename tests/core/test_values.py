"""Values come back as they went in: equal, and of the same type."""

# ruff: noqa: DTZ001 - a datetime without a zone is a value too

from __future__ import annotations

import math
import os
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from xetrack import Reader, Tracker

PARIS = ZoneInfo("Europe/Paris")

VALUES = [
    0,
    -1,
    2**53,
    2**53 + 1,
    -(2**63),
    2**63 - 1,
    2**63,
    -(2**200),
    10**5_000,
    0.1,
    -0.0,
    1.0,
    1e308,
    5e-324,
    math.inf,
    -math.inf,
    math.nan,
    True,
    False,
    None,
    "",
    "text",
    "007",
    "1e3",
    "1_000",
    "nan",
    "NULL",
    "a\0b",
    "naïve ☃ 😀",
    "'; DROP TABLE x; --",
    os.fsdecode(b"\xff.txt"),
    "\ud83d\ude00",
    b"",
    b"\x00\xff",
    datetime(2024, 2, 29, 12, 30, 59, 123456),
    datetime(1, 1, 1),
    datetime(2024, 7, 1, tzinfo=UTC),
    datetime(2024, 7, 1, tzinfo=PARIS),
    datetime(2024, 7, 1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    timedelta(days=3, microseconds=1),
    timedelta(microseconds=-1),
    timedelta(0),
    timedelta.max,
    timedelta.min,
    date(2024, 2, 29),
    time(23, 59, 59, 999999),
    time(1, 2, tzinfo=UTC),
    Decimal("1.10"),
    Decimal("-1E+400"),
    Decimal("Infinity"),
    Path("folder/file"),
    Path("/"),
    Path(os.fsdecode(b"\xff.txt")),
    [],
    {},
    [1, 1.0, True, None, "x"],
    [[[]], {"a": {"b": [date(2024, 1, 1)]}}],
    {"a": math.inf, "b": b"\xff", "c": 2**70, "d": Decimal("0.10"), "e": Path("p")},
    {1: "int", "1": "text", None: "none", date(2024, 1, 1): "date"},
    {"$xetrack": "bytes", "value": "00"},
    ["\ud83d\ude00", {"\udcff": "\udcff"}],
]


def same(one: object, other: object) -> bool:
    """Equal and of the same type, all the way down; nan equals nan."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one), list(other)) and all(same(one[key], other[key]) for key in one)
    return one == other or repr(one) == repr(other) == "nan"


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_logged_value_comes_back_as_it_went_in(db, value):
    """Through the file, and in what `log` returns and `latest` shows."""
    with Tracker(db) as tracker:
        assert same(value, tracker.log({"x": value})["x"])
        assert same(value, tracker.latest["x"])
    assert same(value, Reader(db).select(["x"]).cells[0][0])


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_promise_25_what_log_takes_params_and_set_value_take_too(db, value):
    """Each way of giving a value stores the same."""
    with Tracker(db, {"a": value}) as tracker:
        tracker.set_param("b", value)
        tracker.set_params({"c": value})
        tracker.log_batch([{"d": value}])
        assert 1 == tracker.set_value("e", value)
        (row,) = tracker
        assert all(same(value, row[name]) for name in "abcde")
        assert same(value, tracker.params["a"])


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_promise_25_what_log_takes_set_where_takes_on_both_sides(db, value):
    """It finds the row that was logged with it, and stores the same beside it."""
    with Tracker(db, warnings=False) as tracker:
        tracker.log({"a": value})
        tracker.log({"a": "something else"})
        assert 1 == tracker.set_where("b", value, "a", value)
        assert 1 == Reader(db).set_where("c", value, "a", value)
        row, other = tracker
        assert same(value, row["b"])
        assert same(value, row["c"])
        assert (None, None) == (other["b"], other["c"])


def test_promise_3_all_kinds_share_one_column_without_loss(db):
    """All kinds share one column without loss, whatever came first.

    One row each, and again as a batch in the opposite order.
    """
    with Tracker(db, warnings=False) as tracker:
        for value in VALUES:
            tracker.log({"x": value})
        tracker.log_batch([{"x": value} for value in reversed(VALUES)])
    cells = Reader(db).select(["x"]).cells[0]
    for value, one, other in zip(VALUES, cells, reversed(cells), strict=False):
        assert same(value, one)
        assert same(value, other)


def test_promise_7_a_text_that_looks_like_a_number_stays_text(db):
    """A text that looks like a number stays text, in a column of numbers, and as the result of a
    function.
    """
    with Tracker(db, warnings=False) as tracker:
        tracker.log({"x": 7, "function_result": 7})
        for text in ("007", "1e3", "1_000", "00042"):
            tracker.log({"x": text})
            assert text == tracker.latest["x"]
            tracker.track(lambda text: text, args=[text])
            assert text == tracker[-1]["function_result"]
        assert [7, "007", "1e3", "1_000", "00042"] == [
            row["x"] for row in tracker if row["x"] is not None
        ]


def test_an_int_among_floats_comes_back_as_the_equal_float(tracker):
    """The one change of type that is allowed."""
    tracker.log({"loss": 0.5})
    tracker.log({"loss": 1})
    assert [0.5, 1.0] == [row["loss"] for row in tracker]
