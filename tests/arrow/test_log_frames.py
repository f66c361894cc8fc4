"""`log_batch` takes frames: of pandas, polars and Arrow, whatever is in them."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from xetrack import Tracker
from xetrack.errors import InvalidArgumentError, XetrackWarning

ROWS = [
    {"epoch": 0, "loss": 0.5, "name": "a", "day": dt.date(2024, 5, 1), "tags": [1, 2]},
    {"epoch": 1, "loss": None, "name": "ü", "day": dt.date(2024, 5, 2), "tags": []},
    {"epoch": 2, "loss": 0.25, "name": "", "day": None, "tags": None},
]
TABLE = pa.Table.from_pylist(ROWS)
FRAMES = {
    "polars": pl.DataFrame(ROWS),
    "lazy": pl.DataFrame(ROWS).lazy(),
    "arrow": TABLE,
    "batch": TABLE.to_batches()[0],
    "reader": TABLE,
    "objects": pd.DataFrame(ROWS, dtype=object).replace({float("nan"): None}),
}


@pytest.fixture(params=["sqlite", "duckdb", "memory"])
def tracker(request, tmp_path):
    """A tracker of each engine."""
    if request.param == "memory":
        yield Tracker(Tracker.IN_MEMORY)
        return
    with Tracker(tmp_path / f"runs.{request.param}", {"p": 1}, engine=request.param) as tracker:
        yield tracker


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_its_rows(tracker, name):
    """With the types that they had, and None for what is missing."""
    frame = TABLE.to_reader() if name == "reader" else FRAMES[name]
    last = tracker.log_batch(frame)
    assert ROWS == [{key: row[key] for key in ROWS[0]} for row in tracker]
    assert last["epoch"] == 2


def test_a_frame_of_pandas_brings_its_dtypes(tracker):
    """As Python's types; levels of the index that have names are columns."""
    frame = pd.DataFrame(
        {
            "n": np.array([1, 2], "int8"),
            "b": [True, False],
            "t": pd.to_datetime(["2024-05-01", None]),
            "c": pd.Categorical(["x", "y"]),
            "i": pd.array([1, None], "Int64"),
            3: [0.5, float("nan")],
        },
        index=pd.Index(["r1", "r2"], name="run"),
    )
    tracker.log_batch(frame)
    first, second = tracker
    expected = {"n": 1, "b": True, "t": dt.datetime(2024, 5, 1), "c": "x", "i": 1, "run": "r1"}  # noqa: DTZ001
    assert expected == {key: first[key] for key in expected}
    assert (None, None, 0.5) == (second["t"], second["i"], first["3"])
    assert second["3"] != second["3"]


@pytest.mark.parametrize("dtype", ["category", "str", "string"])
def test_what_lacks_in_texts_of_pandas_is_missing(tracker, dtype):
    """Not nan, which is a number."""
    cells = pd.Series(["x", None, "y"], dtype=dtype)
    tracker.log_batch(pd.DataFrame({"text": cells, 3: pd.Categorical([1, 2, None])}))
    assert ["x", None, "y"] == [row["text"] for row in tracker]
    assert [1, 2, None] == [row["3"] for row in tracker]
    assert [False, True, False] == cells.isna().tolist()


MOMENTS = pl.Series([1_000, None, 1_001])
FINE = {
    "datetime": MOMENTS.cast(pl.Datetime("ns")),
    "aware": MOMENTS.cast(pl.Datetime("ns", "UTC")),
    "duration": MOMENTS.cast(pl.Duration("ns")),
    "time": MOMENTS.cast(pl.Time),
    "list": pl.Series([[], None, [1_001]]).cast(pl.List(pl.Datetime("ns"))),
    "struct": pl.DataFrame({"a": MOMENTS.cast(pl.Time), "b": [1, 2, 3]}).to_struct(),
}


@pytest.mark.parametrize("name", FINE)
@pytest.mark.parametrize("library", ["polars", "lazy", "arrow", "batch"])
def test_nanoseconds_in_a_frame_are_not_cut_silently(tmp_path, name, library):
    """A warning names the column; whole microseconds say nothing."""
    frame = pl.DataFrame({"fine": FINE[name], "n": [1, 2, 3]})

    def warned(frame):
        with Tracker(tmp_path / "fine.db") as tracker, warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            table = frame.to_arrow()
            forms = {"lazy": frame.lazy(), "arrow": table, "batch": table.to_batches()[0]}
            tracker.log_batch(forms.get(library, frame))
        return [str(warning.message) for warning in said]

    assert [] == warned(frame.head(2))
    (message,) = warned(frame)
    assert "The value of 'fine' was cut to microseconds" in message


@pytest.mark.parametrize("form", ["dictionary", "map", "list", "struct"])
def test_times_of_day_in_any_column_of_arrow_are_warned_of(tracker, form):
    """Within what Arrow has for categories and mappings, too."""
    times = pa.array([1_001, 2_000], pa.time64("ns"))
    forms = {
        "dictionary": times.dictionary_encode(),
        "map": pa.array([[("k", 1_001)], []], pa.map_(pa.string(), pa.time64("ns"))),
        "list": pa.array([[1_001], None], pa.list_(pa.time64("ns"))),
        "struct": pa.array([{"b": 1_001}, None], pa.struct([("b", pa.time64("ns"))])),
    }
    with pytest.warns(XetrackWarning, match="'fine' was cut to microseconds"):
        tracker.log_batch(pa.table({"fine": forms[form], "n": [1, 2]}))
    assert 2 == len(tracker)


def test_an_index_without_a_name_is_left_out(tracker):
    """Of several levels too."""
    levels = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=[None, "fold"])
    tracker.log_batch(pd.DataFrame({"x": [1, 2]}, index=levels))
    tracker.log_batch(pd.DataFrame({"x": [3]}, index=[7]))
    assert [("a", 1), ("b", 2), (None, 3)] == [(row["fold"], row["x"]) for row in tracker]
    assert not {"index", "level_0"} & {*tracker.latest}


@pytest.mark.parametrize(
    "empty", [pd.DataFrame(), pl.DataFrame(), TABLE.slice(0, 0), pd.DataFrame({"a": []})]
)
def test_an_empty_frame_has_no_rows(tracker, empty):
    """Nothing is stored."""
    assert {} == tracker.log_batch(empty)
    assert 0 == len(tracker)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame({"a": [1]}, index=pd.Index([1], name="a")),
        pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]),
        pd.Series([1]),
        "text",
        5,
    ],
)
def test_what_is_no_batch_is_an_error(tracker, frame):
    """Two columns of one name too: one would be lost."""
    with pytest.raises(InvalidArgumentError):
        tracker.log_batch(frame)
    assert 0 == len(tracker)
