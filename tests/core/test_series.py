"""Numbers over an axis, computed from the rows of any engine."""

from __future__ import annotations

import datetime as dt
import math
import time
from decimal import Decimal

import pytest

from tests.engines import log
from xetrack.errors import InvalidArgumentError
from xetrack.interfaces.engine import Settings
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.series import SeriesQuery, read_series
from xetrack.interfaces.engines.series.axis import Scale, moment_of, number_of

LARGEST = 1.7976931348623157e308


@pytest.fixture
def engine():
    return MemoryEngine(":memory:", Settings())


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (True, 1.0),
        (2**60, 2.0**60),
        (2**53 + 1, 2.0**53),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (Decimal("0.25"), 0.25),
        (Decimal("1e999"), math.inf),
        (Decimal("sNaN"), "nan"),
        (Decimal("NaN"), "nan"),
        (dt.timedelta(milliseconds=1_500), 1.5),
        ("1", None),
        (b"1", None),
        (None, None),
        ([1], None),
        (dt.date(2026, 1, 1), None),
    ],
)
def test_a_cell_is_a_number_or_none(cell, expected):
    """Numbers of all types become floats; texts are none, whatever digits they have."""
    number = number_of(cell)
    assert expected == ("nan" if number is not None and math.isnan(number) else number)


@pytest.mark.parametrize(
    ("stamp", "offset", "expected"),
    [
        ("1970-01-02 00:00:00.000001", "+00:00", 86_400.000001),
        ("1970-01-02 02:00:00.500000", "+02:00", 86_400.5),
        ("1970-01-02 00:00:00+01:00", "+09:00", 82_800.0),
        ("2026-03-28 09:30:00.000001", "+05:30", 1_774_670_400.000001),
        ("yesterday", None, None),
        (None, "+01:00", None),
        (7, None, 7.0),
    ],
)
def test_a_stamp_is_a_moment(stamp, offset, expected):
    """The offset beside it counts, unless the text has one; what is no time is no moment."""
    assert expected == moment_of(stamp, offset)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows sets no zone for one process")
def test_a_stamp_without_an_offset_is_local_time(monkeypatch):
    """Local time is that of the place where it is read, summer time included."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert [1_784_023_200.0, 1_768_474_800.0] == [
            moment_of("2026-07-14 12:00:00.000000", None),
            moment_of("2026-01-15 12:00:00.000000", "no offset"),
        ]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_parts_of_a_range_cover_all_of_it():
    """Both ends are in it; so are those of the widest range and of the narrowest."""
    for low, high in ((0.0, 1.0), (-LARGEST, LARGEST), (0.0, 5e-324), (1e16, 1e16 + 2)):
        scale = Scale(low, high, 10)
        assert (0, 9) == (scale.number(low), scale.number(high))
    assert 0 == Scale(3.0, 3.0, 10).number(3.0)
    assert [0, 0, 1, 1, 2, 2] == [Scale(0.0, 5.0, 3).number(float(x)) for x in range(6)]


def test_a_mean_is_finite_where_the_sum_is_not(engine):
    """The sum of the largest numbers is beyond all floats, their mean is not."""
    log(engine, *({"y": y} for y in (LARGEST, LARGEST, -LARGEST, LARGEST)))
    (bucket,) = read_series(engine, "default", SeriesQuery(y=("y",)))
    assert LARGEST / 2 == pytest.approx(bucket.values[0].mean, rel=1e-12)


def test_a_mean_is_true_where_numbers_cancel(engine):
    """A small number is not lost beside large ones."""
    log(engine, *({"y": y} for y in (1e16, 1.0, -1e16)))
    (bucket,) = read_series(engine, "default", SeriesQuery(y=("y",)))
    assert bucket.values[0].mean == pytest.approx(1 / 3)


@pytest.mark.parametrize("wrong", [{"buckets": 0}, {"low": math.nan}, {"high": math.inf}])
def test_a_query_that_cannot_be_is_refused(wrong):
    """There is at least one bucket, and ends are finite numbers."""
    with pytest.raises(InvalidArgumentError):
        SeriesQuery(y=(), **wrong)
