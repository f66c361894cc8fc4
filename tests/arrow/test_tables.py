"""Arrow tables: a type for each kind, and a union where there are several."""

# ruff: noqa: DTZ001 - a datetime without a zone is a value too

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from tests.engines import same
from xetrack import Reader, Tracker

DAY = datetime(2024, 1, 2, 3, 4, 5, 678901)
EAST = timezone(timedelta(hours=2))


def table(*cells):
    """The column of some cells as Arrow has it."""
    tracker = Tracker(Tracker.IN_MEMORY, warnings=False)
    tracker.log_batch([{"x": cell} for cell in cells])
    return tracker.to_arrow()["x"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1, None], pa.int64()),
        ([2**63 - 1, -(2**63)], pa.int64()),
        ([0.5, None, math.inf, math.nan], pa.float64()),
        ([0.5, 1], pa.float64()),
        ([True, None], pa.bool_()),
        (["007", None, "ж"], pa.string()),
        ([b"a", None], pa.binary()),
        ([DAY, datetime(1, 1, 1), None], pa.timestamp("us")),
        ([date(2024, 1, 1), None], pa.date32()),
        ([time(1, 2, 3, 4), None], pa.time64("us")),
        ([timedelta(days=1, microseconds=1), None, timedelta(-1)], pa.duration("us")),
        ([timedelta(seconds=2**33), timedelta(1)], pa.duration("us")),
        ([None, None], pa.null()),
    ],
)
def test_promise_3_a_column_of_one_kind_has_its_arrow_type(cells, kind):
    """With its values as they were, nan and missing ones apart."""
    column = table(*cells)
    assert kind == column.type
    assert same(cells, column.to_pylist())


@pytest.mark.parametrize(
    "cells",
    [
        [0.5, 2**53 + 1],
        [1, "a", None],
        [True, 1, 0.5],
        [DAY, date(2024, 1, 1)],
        [b"a", "a", None],
        [1, math.nan, "x"],
        [timedelta(1), 1, None, timedelta(2)],
    ],
)
def test_promise_3_a_column_of_several_kinds_is_a_union(cells):
    """Each cell keeps its type."""
    column = table(*cells)
    assert pa.types.is_union(column.type)
    assert same(cells, column.to_pylist())


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ([2**63, -(2**70)], [str(2**63), str(-(2**70))]),
        ([Decimal("1.10"), None], ["1.10", None]),
        ([timedelta.max, timedelta(seconds=90)], ["86399999999999.999999", "90"]),
        ([Path("a/b")], ["a/b"]),
        ([[1, None], {"a": 1.5}], ["[1, null]", '{"a": 1.5}']),
        ([time(1, tzinfo=UTC)], ["01:00:00+00:00"]),
        (
            [DAY.replace(tzinfo=UTC), DAY, None],
            ["2024-01-02T03:04:05.678901+00:00", "2024-01-02T03:04:05.678901", None],
        ),
    ],
)
def test_what_arrow_has_no_type_for_is_text(cells, texts):
    """Times with and without a zone in one column among it: neither is taken for the other."""
    assert (pa.string(), texts) == (table(*cells).type, table(*cells).to_pylist())


def test_times_with_a_zone_are_in_utc():
    """Times with a zone are in UTC: the same moments."""
    cells = [DAY.replace(tzinfo=UTC), DAY.replace(tzinfo=EAST)]
    column = table(*cells)
    assert pa.timestamp("us", "UTC") == column.type
    assert cells == column.to_pylist()


def test_text_that_utf8_cannot_say_is_bytes():
    """Text that UTF-8 cannot say is bytes, as the operating system has them."""
    assert [b"\xed\xb3\xbf"] == table("\udcff").to_pylist()
    assert ["a", b"\xed\xb3\xbf"] == table("a", "\udcff").to_pylist()


def test_a_table_is_of_one_run_or_of_all(db):
    """A table is of one run or of all, from a tracker as from a reader."""
    one, other = Tracker(db, track_id="one"), Tracker(db, track_id="other")
    one.log({"x": 1})
    other.log({"x": 2})
    assert [[1], [1, 2]] == [one.to_arrow(all=every)["x"].to_pylist() for every in (False, True)]
    assert [1, 2] == Reader(db).to_arrow()["x"].to_pylist()
    assert [2] == Reader(db).to_arrow("other")["x"].to_pylist()
    assert ["timestamp", "track_id", "x"] == Reader(db).to_arrow().column_names


def test_timestamps_are_datetimes_unless_the_text_is_asked_for(db):
    """By whichever way the table is read."""
    with Tracker(db) as tracker:
        tracker.log_batch([{"x": 1}, {"x": 2}])
        texts = tracker.to_df()["timestamp"].to_list()
        for source in (tracker, Reader(db), Reader(db).select()):
            column = source.to_arrow()["timestamp"]
            assert pa.timestamp("us") == column.type
            assert [*map(datetime.fromisoformat, texts)] == column.to_pylist()
            assert texts == source.to_arrow(parse_dates=False)["timestamp"].to_pylist()
            polars = source.to_df(backend="polars", parse_dates=True)["timestamp"]
            assert column.to_pylist() == polars.to_list()
