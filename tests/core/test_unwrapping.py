"""Scalars of NumPy, pandas and others, enums and subclasses come back as Python's own."""

# ruff: noqa: DTZ001 - a datetime without a zone is a value too

from __future__ import annotations

import enum
from array import array
from collections import OrderedDict, defaultdict, namedtuple
from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from xetrack import Tracker
from xetrack.errors import UnsupportedValueError, XetrackError


class Colour(enum.Enum):
    RED = "red"
    NESTED = (1, 2)


class Level(enum.IntEnum):
    HIGH = 3


class Word(enum.StrEnum):
    YES = "yes"


class Tensor:
    """What a 0-d tensor of torch looks like."""

    shape = ()

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "another"


class Number(int):
    __slots__ = ()


class Real(float):
    __slots__ = ()


class Day(date):
    pass


class Moment(datetime):
    pass


class Hour(time):
    pass


class Money(Decimal):
    pass


Point = namedtuple("Point", "x y")  # noqa: PYI024 - as users write it

CASES = [
    (np.int64(7), 7),
    (np.uint64(2**64 - 1), 2**64 - 1),
    (np.int8(-1), -1),
    (np.float64(0.1), 0.1),
    (np.float32(0.5), 0.5),
    (np.float16(0.5), 0.5),
    (np.longdouble(0.5), 0.5),
    (np.bool_(True), True),
    (np.str_("text"), "text"),
    (np.bytes_(b"data"), b"data"),
    (np.array(3), 3),
    (np.ma.masked, None),
    (np.datetime64("2024-01-02T03:04:05.123456000"), datetime(2024, 1, 2, 3, 4, 5, 123456)),
    (np.datetime64("NaT", "us"), None),
    (pd.Timestamp("2024-01-02 03:04:05"), datetime(2024, 1, 2, 3, 4, 5)),
    (pd.Timestamp("2024-01-02", tz="UTC"), datetime(2024, 1, 2, tzinfo=UTC)),
    (pd.NA, None),
    (pd.NaT, None),
    (Tensor(1.5), 1.5),
    (Tensor(True), True),
    (Colour.RED, "red"),
    (Colour.NESTED, [1, 2]),
    (Level.HIGH, 3),
    (Word.YES, "yes"),
    (Text("text"), "text"),
    (Number(5), 5),
    (Real(0.5), 0.5),
    (Day(2024, 1, 2), date(2024, 1, 2)),
    (Moment(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)),
    (Hour(1, 2), time(1, 2)),
    (Money("1.10"), Decimal("1.10")),
    (Point(1, "a"), {"x": 1, "y": "a"}),
    ((1, (2,)), [1, [2]]),
    (OrderedDict(a=1), {"a": 1}),
    (defaultdict(list, a=[np.int64(1)]), {"a": [1]}),
    ([np.float32(0.5), {"a": pd.NA}], [0.5, {"a": None}]),
    ({Colour.RED: Level.HIGH}, {"red": 3}),
]


@pytest.mark.parametrize(("given", "kept"), CASES, ids=lambda one: type(one).__name__)
def test_a_foreign_scalar_is_kept_as_the_plain_value(tracker, given, kept):
    """In what `log` returns, in the row, and of exactly that type."""
    returned = tracker.log({"x": given})["x"]
    (row,) = tracker
    assert (kept, type(kept)) == (returned, type(returned))
    assert (kept, type(kept)) == (row["x"], type(row["x"]))


def test_a_batch_of_foreign_scalars_is_kept_as_plain_values(db):
    """A batch of foreign scalars is kept as plain values, also where a plain value comes first in
    the column.
    """
    with Tracker(db, warnings=False) as tracker:
        tracker.log_batch([{"x": 1}, *({"x": given} for given, _ in CASES)])
        assert [1, *(kept for _, kept in CASES)] == [row["x"] for row in tracker]


@pytest.mark.parametrize(
    "value",
    [{object()}, object(), np.arange(3), lambda: 0, array("b", [1, 2]), {Colour.RED: 1, "red": 2}],
    ids=lambda one: type(one).__name__,
)
def test_what_is_no_plain_value_is_an_error_that_names_the_key_and_the_extra(tracker, value):
    """Without an asset store nothing of the row is stored."""
    with pytest.raises(UnsupportedValueError, match=r"'thing'.*pip install 'xetrack\[assets\]'"):
        tracker.log({"fine": 1, "thing": value})
    with pytest.raises(XetrackError):
        tracker.log_batch([{"fine": 1}, {"thing": value}])
    assert 0 == len(tracker)


def test_a_list_that_holds_itself_is_no_endless_loop(tracker):
    """It is an asset, as nothing else can say it; so is what is nested a thousand deep."""
    ring: list[object] = []
    ring.append(ring)
    deep: list[object] = []
    for _ in range(1_000):
        deep = [deep]
    for value in (ring, deep):
        with pytest.raises(UnsupportedValueError, match="'x'"):
            tracker.log({"x": value})
