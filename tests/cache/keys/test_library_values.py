"""Values of NumPy, pandas, polars and Arrow: all that ``==`` leaves out is in the key as well."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cache.keys.copies import check_keys, copies, key, key_or_reason
from tests.dtypes import TEXT
from tests.profiles import examples
from xetrack_cache.keys.helpers.ownership import is_own_class

ROOT = Path(__file__).resolve().parents[3]


class Quantity(np.ndarray):
    """An array with an attribute."""


class Metres(np.float64):
    """A scalar of another class."""


class Frame(pd.DataFrame):
    """A frame with metadata of its own."""

    _metadata = ["unit"]  # noqa: RUF012 - as pandas has it

    @property
    def _constructor(self):
        return Frame


def quantity(unit):
    value = np.arange(2).view(Quantity)
    value.unit = unit
    return value


def record(**options):
    return np.zeros(2, np.dtype([("a", "i1"), ("b", "i4")], **options))


def frame(**changes):
    """Return a frame with attributes that differ."""
    value = pd.DataFrame({"a": [1, 2]})
    if "attrs" in changes:
        value.attrs = changes["attrs"]
    return value.set_flags(allows_duplicate_labels=changes.get("flags", True))


def unit_frame(unit):
    value = Frame({"a": [1, 2]})
    value.unit = unit
    return value


def masked(values, mask, **options):
    return np.ma.array(values, mask=mask, **options)


DAYS = pd.date_range("2026-01-01", periods=3)
ONE = [0, 1]
NUMPY = {
    "scalars": [np.int32(1), np.int64(1), np.longlong(1), np.float64(1), Metres(1), np.bool_(1), 1],
    "texts": [np.str_("a"), np.bytes_(b"a"), "a", b"a"],
    "times": [np.datetime64("2026-01-01", unit) for unit in ("D", "s", "ns")],
    "byte orders": [np.array([1], "<i4"), np.array([1], ">i4"), np.array([1], "u4")],
    "shapes": [np.zeros(1), np.array(0.0), np.zeros((1, 1)), np.zeros(0), np.zeros((0, 1))],
    "zeros": [np.array([0.0]), np.array([-0.0]), np.array([np.nan])],
    "layouts": [record(), record(align=True), np.zeros(2, [("b", "i1"), ("a", "i4")])],
    "titles": [np.zeros(1, [(("t", "a"), "i4")]), np.zeros(1, [("a", "i4")])],
    "fields of fields": [np.zeros(1, [("a", [("b", kind)])]) for kind in ("i4", "f4")],
    "subarrays": [np.zeros(1, [("a", "i4", 2)]), np.zeros(1, [("a", "i4", (1, 2))])],
    "metadata": [np.dtype("i4", metadata=each) for each in ({"unit": "m"}, {"unit": "s"})],
    "records": [record(), record().view(np.recarray), record()[0], record().view(np.recarray)[0]],
    "objects": [np.array([each], object) for each in (1, 1.0, True, "1", None, [1])],
    "subclasses": [quantity("m"), quantity("s"), np.arange(2)],
    "masks": [
        masked(ONE, False),
        masked(ONE, [True, False]),
        masked(ONE, [False, True]),
        masked(ONE, False, fill_value=5),
        masked([0, 2], False),
        np.array(ONE),
    ],
    "strings": [
        np.array(["a"], np.dtypes.StringDType(**options))
        for options in ({}, {"na_object": None}, {"na_object": np.nan}, {"coerce": False})
        if hasattr(np.dtypes, "StringDType")  # from NumPy 2 on
    ],
    "long doubles": [np.array([1], "g"), np.array([2], "g"), np.array([1], "d")],
}
LISTED = pd.CategoricalDtype(["a", "b"])
PANDAS = {
    "categories": [
        pd.Series(["a", "b"], dtype=LISTED),
        pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["b", "a"])),
        pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["a", "b", "c"])),
        pd.Series(["a", "b"], dtype=pd.CategoricalDtype(["a", "b"], ordered=True)),
        pd.Categorical(["a", "b"]),
        pd.Index(["a", "b"], dtype=LISTED),
        pd.Series(["a", "b"]),
    ],
    "dtypes of categories": [LISTED, pd.CategoricalDtype(["b", "a"]), pd.CategoricalDtype()],
    "storage of texts": [
        pd.Series(["a"], dtype=dtype)
        for dtype in (
            object,
            pd.StringDtype("python"),
            pd.StringDtype("pyarrow"),
            # What pandas 2 cannot say yet; there another one that differs.
            pd.StringDtype("python", na_value=np.nan) if TEXT == "str" else "category",
            pd.ArrowDtype(pa.string()),
            pd.ArrowDtype(pa.large_string()),
        )
    ],
    "integers": [
        pd.Series([1], dtype=dtype) for dtype in ("i8", "i4", "Int64", "Int32", "int64[pyarrow]")
    ],
    "none or nan": [pd.array([1.0, each], "Float64") for each in (None, 2.0)],
    "indexes": [
        pd.RangeIndex(2),
        pd.RangeIndex(0, 2, 1, name="n"),
        pd.Index([0, 1]),
        pd.Index([0.0, 1.0]),
        pd.Index([0, 1], dtype=object),
        pd.MultiIndex.from_arrays([[0, 1]]),
    ],
    "index of a frame": [pd.DataFrame({"a": ONE}, index=each) for each in (range(2), ONE)],
    "levels": [
        pd.MultiIndex.from_product([["a"], [1, 2]]),
        pd.MultiIndex.from_product([["a", "b"], [1, 2]])[:2],
        pd.MultiIndex.from_product([["a"], [1.0, 2.0]]),
        pd.MultiIndex.from_product([["a"], [1, 2]], names=["x", "y"]),
    ],
    "freq": [DAYS, pd.DatetimeIndex(list(DAYS)), DAYS.as_unit("ms"), DAYS.tz_localize("UTC")],
    "business days": [
        pd.date_range("2026-01-05", periods=2, freq=pd.offsets.CustomBusinessDay(holidays=each))
        for each in ([], ["2026-12-24"])
    ],
    "attrs": [frame(), frame(attrs={"a": 1}), frame(attrs={"a": 2}), frame(flags=False)],
    "attrs of series": [frame(attrs=each)["a"] for each in ({}, {"a": [1]}, {"a": [2]})],
    "names": [pd.Series([1], name=each) for each in (None, "a", 1, 1.0, ("a",))],
    "columns": [
        pd.DataFrame([[1, 2]], columns=each) for each in (["a", "a"], ["a", "b"], ["b", "a"])
    ],
    "name of columns": [frame().rename_axis(columns=each) for each in (None, "a")],
    "subclasses": [unit_frame("m"), unit_frame("s"), frame()],
    "timestamps": [
        pd.Timestamp("2026-01-01"),
        pd.Timestamp("2026-01-01").as_unit("ns"),
        pd.Timestamp("2026-01-01", tz="UTC"),
        pd.Timestamp("2026-01-01 00:00:00.000000001"),
        pd.Timestamp("2026-01-01").to_pydatetime(),
        pd.NaT,
        pd.NA,
    ],
    "zones": [
        pd.Series([datetime(2026, 1, 1, tzinfo=UTC)]).dt.tz_convert(zone)
        for zone in (UTC, ZoneInfo("UTC"), "Europe/Berlin")
    ],
    "far times": [pd.Timestamp("2500-01-01").as_unit("s"), pd.Timestamp("9999-01-01").as_unit("s")],
    "durations": [pd.Timedelta(1, "s"), pd.Timedelta(1, "s").as_unit("ms"), pd.Timedelta(2, "s")],
    "periods": [pd.Period("2026", "Y"), pd.Period("2026-01", "M"), pd.Period("2026", "Y-JUN")],
    "series of periods": [pd.Series(pd.period_range("2026", periods=2, freq=f)) for f in "YM"],
    "intervals": [pd.Interval(0, 1, closed=each) for each in ("left", "right", "both")],
    "series of intervals": [
        pd.Series(pd.interval_range(0, 2, closed=each)) for each in ("left", "right")
    ],
    "sparse": [pd.arrays.SparseArray([0, 1], fill_value=each) for each in (0, 1)],
    "nanoseconds of Arrow": [
        pd.Series([each], dtype=pd.ArrowDtype(pa.timestamp("ns"))) for each in (1, 2, 1000)
    ],
}
SPELLED = pa.field("a", pa.int64(), metadata={"unit": "m"})
ARROW = {
    "nanoseconds": [pa.table({"a": pa.array([n], pa.timestamp("ns"))}) for n in (1, 2, 1000)],
    "zones of Arrow": [pa.array([1], pa.timestamp("s", tz)) for tz in (None, "UTC", "+01:00")],
    "names twice": [
        pa.table([pa.array([a]), pa.array([b])], ["a", "a"]) for a, b in ((1, 2), (2, 1))
    ],
    "metadata of schemas": [
        pa.table({"a": [1]}).replace_schema_metadata(each)
        for each in (None, {"a": "1"}, {"a": "2"}, {"a": "x" * 1000}, {"a": "x" * 1001})
    ],
    "metadata of fields": [
        pa.table([[1]], schema=pa.schema([each])) for each in (SPELLED, SPELLED.remove_metadata())
    ],
    "dictionaries": [
        pa.DictionaryArray.from_arrays([0], ["a", "b"]),
        pa.DictionaryArray.from_arrays([0], ["a"]),
        pa.DictionaryArray.from_arrays([0], ["a", "b"], ordered=True),
        pa.array(["a"]),
    ],
    "texts of Arrow": [pa.array(["a"], each) for each in (pa.string(), pa.large_string())],
    "holders": [
        pa.array([1]),
        pa.chunked_array([[1]]),
        pa.scalar(1),
        pa.table({"": [1]}),
        pa.RecordBatch.from_pydict({"": [1]}),
    ],
    "nulls": [pa.array([1, None]), pa.array([1, 0]), pa.array([None, 1]), pa.nulls(2)],
    "schemas": [
        pa.schema([SPELLED]),
        pa.schema([SPELLED.remove_metadata()]),
        pa.schema([SPELLED], {"a": "b"}),
        SPELLED,
        SPELLED.with_nullable(False),
        pa.int64(),
        pa.list_(SPELLED),
        pa.list_(SPELLED.remove_metadata()),
    ],
}
POLARS = {
    "dtypes": [pl.Series("a", [1], each) for each in (pl.Int64, pl.Int32, pl.Float64)],
    "names of series": [pl.Series("a", [1]), pl.Series("b", [1]), pl.DataFrame({"a": [1]})],
    "enums": [pl.Series(["x"], dtype=pl.Enum(list(each))) for each in ("xy", "yx", "x", "xz")],
    "categories of polars": [
        pl.Series(["x"], dtype=pl.Categorical),
        pl.Series(["y"], dtype=pl.Categorical),
        pl.Series(["x"]),
    ],
    "times of polars": [
        pl.Series([1]).cast(pl.Datetime(unit, zone))
        for unit, zone in (("ns", None), ("us", None), ("ns", "UTC"))
    ],
    "order of columns": [pl.DataFrame({"a": [1], "b": [1]}), pl.DataFrame({"b": [1], "a": [1]})],
    "decimals": [pl.Series([1]).cast(pl.Decimal(10, scale)) for scale in (0, 1)],
    "rows without columns": [pl.DataFrame(), pl.DataFrame({"a": []}), pl.DataFrame({"a": [None]})],
    "nested": [pl.Series([[1]]), pl.Series([[1.0]]), pl.Series([{"a": 1}]), pl.Series([{"b": 1}])],
}
KINDS = {**NUMPY, **PANDAS, **ARROW, **POLARS}


@pytest.mark.parametrize("kind", KINDS)
def test_values_that_differ_have_keys_of_their_own(kind):
    """And their copies have the same."""
    values = KINDS[kind]
    if kind in {"scalars", "subclasses", "byte orders"}:  # pickles of NumPy's have it otherwise
        assert len(values) == len(set(map(key, values)))
    else:
        check_keys(*values)


def keys_of_all():
    """Return the keys of all values, as another process prints them."""
    return {kind: [key_or_reason(each) for each in values] for kind, values in KINDS.items()}


def test_a_librarys_class_is_its_own_before_its_module_is_imported(monkeypatch):
    """Its name may be that of a module which only others import."""
    before = is_own_class(np.recarray)
    monkeypatch.delitem(sys.modules, "numpy.rec", raising=False)
    assert (False, False) == (before, is_own_class(np.recarray))


def test_keys_are_the_same_in_another_process():
    """Whatever its hash seed."""
    code = (
        "import json; from tests.cache.keys.test_library_values import keys_of_all;"
        "print(json.dumps(keys_of_all()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4242"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert keys_of_all() == json.loads(done.stdout)


def test_dtypes_that_extend_numpy_are_told_apart():
    """Those of one size are alike to NumPy's own format."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    names = ["float8_e4m3fn", "float8_e5m2", "int4", "uint4", "bfloat16", "float8_e4m3b11fnuz"]
    types = [getattr(ml_dtypes, name) for name in names]
    arrays = [np.zeros(2, each) for each in types] + [np.zeros(2, "V1"), np.zeros(2, "f2")]
    check_keys(*arrays)
    check_keys(*(each(1) for each in types))
    check_keys(*(np.dtype(each) for each in types))


def test_what_an_array_has_between_its_elements_does_not_count():
    """It is chance: padding of structures and long doubles, values under a view, chunks."""
    padded, other = (np.zeros(3, np.dtype([("a", "i1"), ("b", "i4")], align=True)) for _ in "ab")
    other.view("u1")[1:4] = 7
    assert key(padded) == key(other)
    longs = np.arange(3, dtype="g")
    noisy = longs.copy()
    if np.finfo("g").nmant == 63:
        noisy.view("u1").reshape(3, -1)[:, 10:] = 7
    assert key(longs) == key(noisy)
    assert key(np.arange(6)[::2]) == key(np.array([0, 2, 4]))
    assert key(pl.Series("a", [1, 2, 3])[1:]) == key(pl.Series("a", [2, 3]))
    assert key(pl.Series("a", ["b" * 20, "c"])[1:]) == key(pl.Series("a", ["c"]))
    assert key(pa.chunked_array([[1], [2]])) == key(pa.chunked_array([[1, 2]]))
    assert key(pa.array([1, 2, 3])[1:]) == key(pa.array([2, 3]))


def test_what_has_no_content_is_refused():
    """With the reason."""
    assert "collected" in key_or_reason(pl.DataFrame({"a": [1]}).lazy())
    assert "where it is in memory" in key_or_reason(pl.Series([object()], dtype=pl.Object))
    assert "where it is in memory" in key_or_reason(np.array([object()]))
    assert "where it is in memory" in key_or_reason(pd.Series([object()]))
    nested = pl.Series([["x"]], dtype=pl.List(pl.Categorical))
    assert "cast them to texts" in key_or_reason(nested)


CELLS = st.sampled_from([0, 1, 1.0, -0.0, True, None, "1", "", b"1", "é"])
DTYPES = st.sampled_from(
    ["object", "i8", "i4", "f8", "Int64", "string", "category", "str", "datetime64[ns]", "boolean"]
)


@st.composite
def frames(draw):
    """A frame of few rows with columns of any dtype, and what describes it fully."""
    rows = draw(st.integers(0, 2))
    columns = draw(st.lists(st.sampled_from(["a", "b", 1, 1.5]), max_size=3))
    series, facts = [], [rows]
    for name in columns:
        dtype = draw(DTYPES)
        cells = draw(st.lists(CELLS, min_size=rows, max_size=rows))
        if dtype != "object":
            cells = [0 if dtype in {"i8", "i4", "f8", "Int64", "boolean"} else "2026"] * rows
        if draw(st.booleans()) and rows and dtype in {"i8", "Int64"}:
            cells[0] = 1
        series.append(pd.Series(cells, dtype=dtype, name=name))
        facts.append((name, dtype, [(type(cell).__name__, repr(cell)) for cell in cells]))
    value = pd.concat(series, axis=1) if series else pd.DataFrame(index=range(rows))
    attrs = draw(st.sampled_from([{}, {"a": 1}]))
    value.attrs = attrs
    return value, repr((facts, attrs))


@given(frames(), frames())
@settings(max_examples=examples(100))
def test_generated_frames_have_one_key_for_each_content(first, second):
    """And copies have the same."""
    assert (first[1] == second[1]) == (key(first[0]) == key(second[0]))
    assert 1 == len({key(each) for each in copies(first[0])})


KINDS_OF_ARRAYS = st.sampled_from(["i1", "u1", "i8", ">i8", "f4", "f8", "U1", "S1", "M8[s]", "?"])


@given(KINDS_OF_ARRAYS, KINDS_OF_ARRAYS, st.permutations([0, 1, 0, 1]), st.sampled_from("CF"))
@settings(max_examples=examples(100))
def test_generated_arrays_have_one_key_for_each_content(kind, other_kind, cells, order):
    """In one order of the axes."""
    first = np.array([0, 1, 0, 1]).astype(kind).reshape(2, 2)
    second = np.array(cells).astype(other_kind).reshape(2, 2).copy(order)
    is_equal = first.dtype == second.dtype and [0, 1, 0, 1] == list(cells) and order == "C"
    assert is_equal == (key(first) == key(second))
    assert key(second) == key(copy.deepcopy(second))
