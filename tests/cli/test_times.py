"""Durations are seconds on the command line and in files, and durations again in a database."""

from __future__ import annotations

import json
from datetime import timedelta

import pyarrow as pa
import pytest
from pyarrow import parquet

from xetrack import Reader, Tracker

TOOK = [timedelta(seconds=90), None, timedelta(microseconds=-250_000), timedelta(days=2)]


@pytest.fixture(params=["times.db", "times.duckdb"])
def times(tmp_path, request):
    """Four rows with durations, one of which is missing."""
    with Tracker(tmp_path / request.param, warnings=False) as tracker:
        tracker.log_batch([{"n": at, "took": took} for at, took in enumerate(TOOK)])
    return request.param


def test_durations_are_shown_and_typed_as_seconds(xt, times):
    """In conditions, changes and every format."""
    rows = json.loads(xt("head", times, "--json", "--columns", "took").out)
    assert [90.0, None, -0.25, 172800.0] == [row["took"] for row in rows]
    assert "took\n90.0\n172800.0\n" == xt(
        *("head", times, "--csv", "--columns", "took", "--where", "took", "ge", "90"),
    ).out.replace("\r", "")
    shown = json.loads(xt("sql", times, "SELECT max(took) AS most FROM events", "--json").out)
    assert [{"most": 172800.0}] == shown


def test_statistics_are_of_seconds(xt, times):
    """Mean, quartiles and the best row."""
    (row,) = json.loads(xt("stats", "describe", times, "--columns", "took", "--json").out)
    assert (3, 1, -0.25, 90.0, 172800.0) == (
        *(row["count"], row["missing"], row["min"], row["50%"], row["max"]),
    )
    for best, n in (("top", 3), ("bottom", 2)):
        (row,) = json.loads(xt("stats", best, times, "took", "--columns", "n", "--json").out)
        assert n == row["n"]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_durations_come_back_from_a_file(xt, tmp_path, times, ending):
    """From CSV and JSON where the table says that they are durations, from Parquet always."""
    with Tracker(tmp_path / "new.db", track_id="first") as tracker:
        tracker.log({"n": -1, "took": timedelta(1)})
    assert 0 == xt("export", times, f"rows.{ending}").code
    assert 0 == xt("import", "new.db", f"rows.{ending}").code
    assert TOOK == Reader(tmp_path / "new.db").select(["took"]).cells[0][1:]


@pytest.mark.parametrize("others", [{}, {"name": "a", "n": "7"}])
def test_durations_are_numbers_in_csv(xt, tmp_path, others):
    """Without quotes, which would make texts of them in a new table; negative ones unmarked."""
    with Tracker(tmp_path / "some.db", track_id="first") as tracker:
        tracker.log_batch([{"took": took, **others} for took in TOOK])
    assert 0 == xt("export", "some.db", "rows.csv").code
    assert 0 == xt("import", "other.db", "rows.csv").code
    seconds = [None if took is None else took.total_seconds() for took in TOOK]
    assert seconds == Reader(tmp_path / "other.db").select(["took"]).cells[0]


def test_nanoseconds_in_parquet_are_cut_with_a_warning(xt, tmp_path):
    """It names the file and the columns, once; whole microseconds say nothing."""
    columns = {
        "at": pa.array([1_000, 1_001], pa.timestamp("ns")),
        "took": pa.array([None, 1_999], pa.duration("ns")),
        "whole": pa.array([1_000, None], pa.duration("ns")),
    }
    parquet.write_table(pa.table(columns), tmp_path / "fine.parquet")
    done = xt("import", "new.db", "fine.parquet")
    assert 0 == done.code
    assert 1 == done.err.count("cut to microseconds, in: 'at', 'took'.")
    result = Reader(tmp_path / "new.db").select(["took", "whole"])
    assert ([None, timedelta(0, 0, 1)], [timedelta(0, 0, 1), None]) == tuple(result.cells)
