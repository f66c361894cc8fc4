"""Series: the buckets of a chart, whoever computes them."""

from __future__ import annotations

import datetime as dt
import math
import random
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from xetrack.errors import ColumnNotFoundError, TableNotFoundError
from xetrack.interfaces.engines.series import SeriesQuery, read_series
from xetrack.interfaces.engines.series.computing import compute
from xetrack.model.names import DEFAULT_TABLE, TIMESTAMP, UTC_OFFSET
from xetrack_testing.declared import must_raise
from xetrack_testing.engines.base import EngineFixtures
from xetrack_testing.rows import fields, log, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xetrack.interfaces.engine import Engine
    from xetrack.interfaces.engines.series import Bucket, BucketValues
    from xetrack.model.kinds import Value

_ROWS = 400
_NAMES = ("loss", "spikes", "counts", "flags", "huge", "mixed", "decimals", "took", "words")
_AXES = (None, "step", "epoch", TIMESTAMP, "loss", "mixed")
_RANGES: tuple[dict[str, Any], ...] = (
    {},
    {"buckets": 7},
    {"buckets": 1_000},
    {"buckets": 5, "low": 10.5, "high": 300},
    {"buckets": 3, "low": 5, "high": 5},
    {"buckets": 4, "high": 100},
    {"low": 17.5},
    {"buckets": 4, "low": 3, "high": 1},
)


def generated_rows() -> Iterator[tuple[str, str, Mapping[str, Value]]]:
    """Yield timestamp, track id and cells of rows: three runs by turns, with planted spikes."""
    numbers = random.Random(7)  # noqa: S311 - the same rows in each run of the tests
    for at in range(_ROWS):
        yield (
            f"2026-03-{1 + at // 40:02d} 10:{at % 60:02d}:00.{at:06d}",
            numbers.choice(("first", "second", "third")),
            {
                "step": at,
                "epoch": (at / 7, None, math.nan, at // 50, -math.inf)[numbers.randrange(5)],
                UTC_OFFSET: (None, "+02:00", "-11:30", "none")[numbers.randrange(4)],
                "loss": (numbers.gauss(0, 1), numbers.gauss(0, 1e6))[at % 2],
                "spikes": (0.5, math.nan, None, math.inf, -math.inf, 1e30)[
                    numbers.choices(range(6), (90, 3, 3, 1, 1, 1))[0]
                ],
                "counts": (at, 2**60 + at, -(2**53) - 1, None)[numbers.randrange(4)],
                "flags": (True, False, None)[numbers.randrange(3)],
                "huge": (2**60 + 1, 10**30, -(10**400), 7)[numbers.randrange(4)],
                "mixed": (True, 2.5, "7", "text", 2**55 + 1, math.nan, None)[numbers.randrange(7)],
                "decimals": (Decimal("0.1"), 2.0, Decimal("NaN"), Decimal("1e400"))[
                    numbers.randrange(4)
                ],
                "took": (dt.timedelta(seconds=at / 8), None)[numbers.randrange(2)],
                "words": "1" if at % 3 else None,
            },
        )


def log_at(engine: Engine, rows: Sequence[tuple[str, str, Mapping[str, Value]]]) -> None:
    """Store rows with their own timestamps and track ids.

    Parameters
    ----------
    engine
        Where to store them.
    rows
        Timestamp, track id and cells of each, with the same keys.
    """
    prepared = fields([row for *_, row in rows])
    names = [field.key for field in prepared[:-2]]
    engine.inserter(DEFAULT_TABLE, prepared).write(
        [[*(row[name] for name in names), stamp, run] for stamp, run, row in rows]
    )


def series(engine: Engine, table: str = DEFAULT_TABLE, **query: Any) -> list[Bucket]:
    """Return the buckets of a query.

    Parameters
    ----------
    engine
        Where to read.
    table
        Name of the table.
    **query
        Fields of `SeriesQuery`.
    """
    return [*read_series(engine, table, SeriesQuery(**query))]


def differences(computed: Sequence[Bucket], expected: Sequence[Bucket]) -> list[str]:
    """Return what differs between two answers, but for the rounding of means.

    Parameters
    ----------
    computed
        The answer of an engine.
    expected
        What it must be.
    """
    if len(computed) != len(expected):
        return [f"{len(computed)} buckets, not {len(expected)}"]
    return [
        f"{bucket} is not {wanted}"
        for bucket, wanted in zip(computed, expected, strict=True)
        if _exact(bucket) != _exact(wanted)
        or not all(map(_has_close_mean, bucket.values, wanted.values))
    ]


def _exact(bucket: Bucket) -> object:
    """Return all figures of a bucket but the means."""
    columns = [
        [getattr(values, name) for name in values._fields if name != "mean"]
        for values in bucket.values
    ]
    return bucket.track_id, bucket.number, bucket.rows, bucket.low, bucket.high, columns


def _has_close_mean(values: BucketValues, expected: BucketValues) -> bool:
    if values.mean is None or expected.mean is None:
        return values.mean is expected.mean
    size = max(abs(expected.minimum or 0.0), abs(expected.maximum or 0.0))
    return abs(values.mean - expected.mean) <= 1e-12 * size


class SeriesContract(EngineFixtures):
    """What `xetrack.interfaces.engines.series.read_series` answers for this engine."""

    def test_a_bucket_says_what_was_said_by_hand(self, engine: Engine) -> None:
        """Smallest, largest, mean, first and last are of finite numbers; the rest is counted."""
        cells: list[Value] = [2.0, math.nan, None, -1.5, math.inf, "9", True, -math.inf, 4, 1.0]
        log(engine, *({"x": n, "y": cell} for n, cell in enumerate(cells)))
        (bucket,) = series(engine, y=(), x="x")
        assert (10, ()) == (bucket.rows, bucket.values)
        (bucket,) = series(engine, y=("y", "x"), x="x")
        assert ("run", 0, 10, 0.0, 9.0) == (
            *(bucket.track_id, bucket.number, bucket.rows),
            *(bucket.low, bucket.high),
        )
        values = bucket.values[0]
        assert (5, -1.5, 4.0, 1.3, 2.0, 1.0) == (
            *(values.count, values.minimum, values.maximum, values.mean),
            *(values.first, values.last),
        )
        assert (1, 1, 1, 2) == (
            *(values.nan, values.infinite, values.negative_infinite, values.missing),
        )
        assert (10, 4.5) == (bucket.values[1].count, bucket.values[1].mean)

    def test_no_spike_is_lost(self, engine: Engine) -> None:
        """One row of thousands is the largest number of its bucket, and the smallest of another."""
        log(engine, *({"y": {777: 1e6, 3_210: -1e6}.get(n, 1.0)} for n in range(4_000)))
        buckets = series(engine, y=("y",), buckets=10)
        assert [400] * 10 == [bucket.rows for bucket in buckets]
        assert [1.0, 1e6] + [1.0] * 8 == [bucket.values[0].maximum for bucket in buckets]
        assert [1.0] * 8 + [-1e6, 1.0] == [bucket.values[0].minimum for bucket in buckets]

    def test_both_ends_of_a_range_are_in_it(self, engine: Engine) -> None:
        """What is beyond is in no bucket; the high end is in the last one."""
        log(engine, *({"x": n, "y": n} for n in range(10)))
        buckets = series(engine, y=("y",), x="x", low=2, high=8, buckets=3)
        assert [(0, 2.0, 3.0), (1, 4.0, 5.0), (2, 6.0, 8.0)] == [
            (bucket.number, bucket.low, bucket.high) for bucket in buckets
        ]
        (bucket,) = series(engine, y=("y",), x="x", low=4, high=4, buckets=3)
        assert (0, 1, 4.0) == (bucket.number, bucket.rows, bucket.values[0].mean)
        assert [] == series(engine, y=("y",), x="x", low=5, high=4, buckets=3)

    def test_a_row_without_a_number_on_the_axis_is_in_no_bucket(self, engine: Engine) -> None:
        """Missing, text, nan and infinite places are none."""
        places: list[Value] = [1, None, math.nan, "2", math.inf, -math.inf, 3]
        log(engine, *({"x": place, "y": n} for n, place in enumerate(places)))
        for buckets in (1, 2):
            counts = [bucket.rows for bucket in series(engine, y=("y",), x="x", buckets=buckets)]
            assert [2 // buckets] * buckets == counts

    def test_without_an_axis_rows_of_each_run_are_counted(self, engine: Engine) -> None:
        """From 0, by run, over the rows that match; runs come in the order of their first rows."""
        for n in range(12):
            log(engine, {"n": n, "y": n / 2}, run=("b", "a", "b")[n % 3])
        condition = (where("n", 2, ">="),)
        buckets = series(engine, y=("y",), where=condition, buckets=2)
        assert [("b", 0, 0.0, 2.0), ("b", 1, 3.0, 6.0), ("a", 0, 0.0, 2.0)] == [
            (bucket.track_id, bucket.number, bucket.low, bucket.high) for bucket in buckets
        ]
        (bucket,) = series(engine, y=("y",), where=condition, runs=("a", "nobody"))
        assert ("a", 3, 2.0, 5.0) == (
            *(bucket.track_id, bucket.rows),
            *(bucket.values[0].first, bucket.values[0].last),
        )

    def test_a_timestamp_is_seconds_since_1970(self, engine: Engine) -> None:
        """With the offset that the row has in its own column."""
        rows: list[tuple[str, str, dict[str, Value]]] = [
            ("1970-01-02 00:00:00.000000", "run", {UTC_OFFSET: "+00:00", "y": 1}),
            ("1970-01-02 01:00:00.250000", "run", {UTC_OFFSET: "+01:00", "y": 2}),
        ]
        log_at(engine, rows)
        (bucket,) = series(engine, y=("y",), x=TIMESTAMP)
        assert (86_400.0, 86_400.25) == (bucket.low, bucket.high)

    def test_buckets_are_those_that_python_computes(self, engine: Engine) -> None:
        """Of columns of all kinds, over all axes and ranges, of runs logged by turns."""
        log_at(engine, [*generated_rows()])
        conditions = ((), (where("step", 30, ">"), where("words", None)), (where("mixed", 2, ">"),))
        asked = product(_AXES, _RANGES, (None, ("third", "first")))
        for at, (x, chosen, runs) in enumerate(asked):  # by turns: all pairs would take minutes
            condition = conditions[at // 2 % len(conditions)]
            y = (_NAMES[at % len(_NAMES)],) if (at + at // 2) % 2 else _NAMES[:4]
            query = SeriesQuery(y=y, x=x, runs=runs, where=condition, **chosen)
            expected = [*compute(engine, DEFAULT_TABLE, query)]
            computed = [*read_series(engine, DEFAULT_TABLE, query)]
            assert [] == differences(computed, expected), query

    def test_a_sum_beyond_all_floats_has_a_mean(self, engine: Engine) -> None:
        """The largest numbers are no error, and no infinity."""
        log(engine, *({"y": y} for y in (1.5e308, 1.5e308, -1.5e308, 1.5e308)))
        (bucket,) = series(engine, y=("y",))
        assert 0.75e308 == pytest.approx(bucket.values[0].mean, rel=1e-12)

    def test_a_series_of_nothing_is_named(self, engine: Engine) -> None:
        """A missing table or column is an error; a table without rows has no bucket."""
        engine.add_columns(DEFAULT_TABLE, fields([{"y": 1}]))
        for buckets in (1, 5):
            assert [] == series(engine, y=("y",), buckets=buckets)
            for query in (
                {"y": ("z",)},
                {"y": ("y",), "x": "z"},
                {"y": ("y",), "where": (where("z", 1),)},
                {"y": ("z",), "low": 2, "high": 1},
            ):
                must_raise(
                    ColumnNotFoundError,
                    lambda: series(engine, buckets=buckets, **query),  # noqa: B023
                    f"a series of {query}",
                )
            must_raise(
                TableNotFoundError,
                lambda: series(engine, "nowhere", y=("y",), buckets=buckets),  # noqa: B023
                "a series of a missing table",
            )
