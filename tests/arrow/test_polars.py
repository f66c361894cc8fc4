"""Frames of polars, and the choice between the two libraries."""

# ruff: noqa: DTZ001 - a datetime without a zone is a value too

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from tests.engines import same
from xetrack import Reader, Tracker, get_backend, set_backend
from xetrack.errors import UnknownComponentError

DAY = datetime(2024, 1, 2, 3, 4, 5, 678901)


def zone(**offset):
    """A zone of one offset from UTC."""
    return timezone(timedelta(**offset))


def offset_of(cell):
    """A datetime with its bare offset; anything else as it is."""
    if isinstance(cell, datetime) and cell.tzinfo:
        return cell.replace(tzinfo=timezone(cell.utcoffset()))
    return cell


@pytest.fixture
def restored():
    """Have pandas again afterwards."""
    yield
    set_backend("pandas")


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ([1, None], pl.Int64),
        ([2**63 - 1, -(2**63)], pl.Int64),
        ([1, 2**63], pl.Object),
        ([0.5, None, math.inf, math.nan], pl.Float64),
        ([0.5, 1], pl.Float64),
        ([0.5, 2**53 + 1], pl.Object),
        ([True, None], pl.Boolean),
        (["007", None, "ж"], pl.String),
        (["a", "\udcff"], pl.Object),
        ([b"a", None], pl.Binary),
        ([DAY, datetime(1, 1, 1), None], pl.Datetime("us")),
        ([DAY.replace(tzinfo=UTC), None], pl.Datetime("us", "UTC")),
        ([None, DAY.replace(tzinfo=zone(hours=2))], pl.Datetime("us", "Etc/GMT-2")),
        ([DAY.replace(tzinfo=zone(hours=-11))], pl.Datetime("us", "Etc/GMT+11")),
        ([DAY.replace(tzinfo=zone(hours=5, minutes=30))], pl.Object),
        ([DAY.replace(tzinfo=UTC), DAY.replace(tzinfo=zone(hours=1))], pl.Object),
        ([timedelta(days=1, microseconds=1), None, timedelta(-1)], pl.Duration("us")),
        ([timedelta(seconds=2**33), timedelta(1)], pl.Duration("us")),
        ([timedelta.max, timedelta(1)], pl.Object),
        ([timedelta(1), 1.0], pl.Object),
        ([DAY.replace(tzinfo=UTC), DAY], pl.Object),
        ([DAY, date(2024, 1, 1)], pl.Object),
        ([DAY.replace(tzinfo=UTC), time(1, tzinfo=UTC)], pl.Object),
        ([date(2024, 1, 1), None], pl.Date),
        ([time(1, 2, 3, 4), None], pl.Time),
        ([Decimal("1.10"), Path("a")], pl.Object),
        ([[1], {"a": 1}], pl.Object),
        ([1, "a", None], pl.Object),
        ([True, 1], pl.Object),
        ([None, None], pl.Null),
    ],
)
def test_promise_3_a_column_keeps_its_values_in_a_polars_frame(cells, dtype):
    """Missing cells, nan and each type; what no dtype holds is an object."""
    tracker = Tracker(Tracker.IN_MEMORY, warnings=False)
    tracker.log_batch([{"x": cell} for cell in cells])
    frame = tracker.to_df(backend="polars")
    assert dtype == frame["x"].dtype
    shown = frame["x"].to_list()
    # A zone of polars is another object, of the same offset.
    assert same(*([*map(offset_of, column)] for column in (cells, shown)))


@pytest.mark.parametrize("later", [0.5, 2**70, "text", True, None])
@pytest.mark.parametrize("first", [1, True, None])
def test_promise_3_a_polars_column_takes_later_values_of_other_kinds(first, later):
    """A polars column takes later values of other kinds, also when the column first appears after
    many rows.
    """
    tracker = Tracker(Tracker.IN_MEMORY, warnings=False)
    tracker.log_batch([{"y": 1}] * 3_000)
    tracker.log({"x": first})
    tracker.log({"x": later})
    shown = tracker.to_df(backend="polars")["x"].to_list()
    assert [None] * 3_000 == shown[:3_000]
    assert same([first, later], shown[3_000:])


def test_a_chosen_backend_is_that_of_every_frame(db, restored):
    """A chosen backend is that of every frame until another is chosen.

    An argument counts more, and `print` shows pandas's.
    """
    with Tracker(db, jsonl=db.with_suffix(".jsonl")) as tracker:
        tracker.log({"x": 1})
    reader = Reader(db)
    makers = [
        tracker.to_df,
        tracker.head,
        tracker.tail,
        reader.to_df,
        reader.latest,
        lambda: Reader.read_db(db),
        lambda: Reader.read_jsonl(db.with_suffix(".jsonl")),
    ]
    for backend, frame in (("pandas", pd.DataFrame), ("polars", pl.DataFrame)):
        set_backend(backend)
        assert backend == get_backend()
        assert {frame} == {type(make()) for make in makers}
        assert [1] == tracker["x"].to_list()
        assert str(tracker).startswith("  ")
    assert isinstance(tracker.to_df(backend="pandas"), pd.DataFrame)
    assert isinstance(reader.to_df(backend="pandas"), pd.DataFrame)
    set_backend("pandas")
    assert isinstance(reader.to_df(backend="polars"), pl.DataFrame)


def test_a_backend_that_is_none_is_refused(tracker):
    """A backend that is none is refused, and the one chosen before stays."""
    for attempt in (set_backend, lambda name: tracker.to_df(backend=name)):
        with pytest.raises(UnknownComponentError, match="There are: arrow, pandas, polars"):
            attempt("numpy")
    assert "pandas" == get_backend()


def test_a_polars_frame_without_rows_has_its_columns(db):
    """A polars frame without rows has its columns, and their dtypes."""
    Tracker(db).log({"i": 1, "f": 0.5, "s": "a", "b": True})
    frame = Tracker(db).to_df(backend="polars")
    assert (0, ["timestamp", "track_id", "i", "f", "s", "b"]) == (len(frame), frame.columns)
    assert [pl.Int64, pl.Float64, pl.String, pl.Boolean] == [frame[name].dtype for name in "ifsb"]
