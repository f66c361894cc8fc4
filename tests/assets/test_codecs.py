"""Each object is said by the best codec that can say it exactly, in the same bytes everywhere."""

from __future__ import annotations

import collections
import decimal
import fractions

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.engines import exact
from xetrack import Tracker

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"], "c": [0.5, float("nan"), -0.0]})
TAGGED = FRAME.copy()
TAGGED.attrs = {"unit": "ms", "range": [1, 2.5]}
DATES = pd.date_range("2020", periods=3, tz="Europe/Berlin")
KINDS = pa.array(["x" * 1_000, "y"]).dictionary_encode()
DESCRIBED = pa.field("t", pa.timestamp("us", "Europe/Berlin"), metadata={"k": "v" * 1_000})

CASES = {
    "C order": ("numpy", np.arange(12.0).reshape(3, 4)),
    "F order": ("numpy", np.asfortranarray(np.arange(12.0).reshape(3, 4))),
    "a view": ("numpy", np.arange(24)[::2].reshape(3, 4)[:, 1:]),
    "large F order": ("numpy", np.asfortranarray(np.arange(1_500_000.0).reshape(3, -1))),
    "no axes": ("numpy", np.array(5)),
    "empty": ("numpy", np.zeros((0, 3), dtype="i2")),
    "no bytes": ("numpy", np.zeros(3, dtype="V0")),
    "big endian": ("numpy", np.array([1.5, 2], dtype=">f8")),
    "fields": ("numpy", np.zeros(2, dtype=[("größe", "f8"), ("n", "i4", (2,))])),
    "dates": ("numpy", np.array(["2020-01-01", "NaT"], dtype="M8[ns]")),
    "texts": ("numpy", np.array(["a", "größer"])),
    "objects": ("pickle", np.array([1, "a", None], dtype=object)),
    "a subclass": ("pickle", np.ma.masked_array([1, 2], mask=[True, False])),
    "a frame": ("pandas", FRAME),
    "with attrs": ("pandas", TAGGED),
    "an empty frame": ("pandas", pd.DataFrame()),
    "an index": ("pandas", FRAME.set_index("a")),
    "two indexes": ("pandas", FRAME.fillna({"b": "y"}).set_index(["a", "b"])),
    "numbered columns": ("pandas", pd.DataFrame([[1, 2.5], [3, 4.5]])),
    "nullable": ("pandas", pd.DataFrame({"n": pd.array([1, None], dtype="Int64")})),
    "zone": ("pandas", pd.DataFrame({"at": DATES})),
    "category": ("pandas", pd.DataFrame({"c": pd.Categorical(["a", "b"], ordered=True)})),
    "a series": ("pandas", pd.Series([1.5, 2], name="loss")),
    "a series without a name": ("pandas", pd.Series(["a", "b"])),
    "mixed cells": ("pickle", pd.DataFrame({"a": [1, "x", None]})),
    "frequency": ("pickle", pd.DataFrame({"a": [1, 2, 3]}, index=DATES)),
    "same columns": ("pickle", pd.DataFrame([[1, 2]], columns=["a", "a"])),
    "attrs that JSON changes": ("pickle", None),
    "a table": ("arrow", pa.table({"a": [1, None], "b": [["x"], []]})),
    "chunks": ("arrow", pa.chunked_array([[1], [2]])),
    "columns of the same": ("arrow", pa.table(dict.fromkeys("abc", KINDS))),
    "columns described the same": ("arrow", pa.table([[0]] * 99, pa.schema([DESCRIBED] * 99))),
    "a batch": ("arrow", pa.record_batch({"a": [1, 2]})),
    "a deque": ("pickle", collections.deque([1, 2])),
    "a fraction": ("pickle", fractions.Fraction(1, 3)),
    "nested": ("pickle", {"models": [fractions.Fraction(1, 3)]}),
}
CASES["chunks"] = ("arrow", pa.table({"a": CASES["chunks"][1]}).replace_schema_metadata({"k": "v"}))
ODD = FRAME.copy()
ODD.attrs = {"range": (1, 2)}
CASES["attrs that JSON changes"] = ("pickle", ODD)


def same(one, other):
    """Compare objects of a kind by what makes them the same."""
    assert type(one) is type(other)
    if isinstance(one, np.ma.MaskedArray):
        assert one.tolist() == other.tolist()
    elif isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert (
            np.ascontiguousarray(one).tobytes() == other.tobytes() or one.tolist() == other.tolist()
        )
    elif isinstance(one, pd.DataFrame | pd.Series):
        name = "assert_frame_equal" if isinstance(one, pd.DataFrame) else "assert_series_equal"
        getattr(pd.testing, name)(one, other, check_exact=True)
        assert one.attrs == other.attrs
    elif isinstance(one, pa.Table | pa.RecordBatch):
        assert one.equals(other, check_metadata=True)
    else:
        assert one == other


@pytest.fixture(scope="module")
def memory():
    """A tracker for what needs no file."""
    with Tracker(Tracker.IN_MEMORY) as made:
        yield made


@pytest.mark.parametrize(("codec", "value"), CASES.values(), ids=CASES)
def test_promise_12_objects_come_back_as_themselves(memory, codec, value):
    """Objects come back as themselves.

    Whoever changes what came back changes nothing that is stored.
    """
    asset = memory.assets.put(value)
    assert codec == memory.assets.info(asset).header.codec
    same(value, memory.assets[asset])
    found = memory.get(asset)
    if codec == "numpy" and found.nbytes:
        assert found.flags.writeable
        found.reshape(-1).view("u1")[:] = 255
        same(value, memory.get(asset))


@pytest.mark.parametrize(
    "labels",
    [
        pd.Index([1, 2], dtype="Int16"),
        pd.Index([1, 2], dtype="uint8"),
        pd.Index([0.5, 2], dtype="Float32"),
        pd.Index([1, 2], dtype="complex64"),
        pd.Index([1, 2], dtype="int8[pyarrow]"),
        pd.Index(["a", "b"], dtype="large_string[pyarrow]"),
        pd.Index([0, 2], dtype="Sparse[int64, 0]"),
        pd.Index([b"a", b"b"]),
        pd.Index([1, 2], dtype=object),
        pd.Index([decimal.Decimal("0.1"), decimal.Decimal(2)]),
        pd.Index([*DATES[:2]]),
        pd.Index(["2020-01-01", "2021-02-03"], dtype="datetime64[s]"),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"]),
    ],
    ids=lambda labels: f"{labels.dtype} {labels.inferred_type}",
)
def test_promise_12_labels_of_columns_keep_their_type(memory, labels):
    """Without trust, as it is one of those that pyarrow may be told of."""
    labels = labels.rename("l") if labels.nlevels == 1 else labels
    value = pd.DataFrame([[1, 2], [3, 4]], columns=labels)
    asset = memory.assets.put(value)
    assert "pandas" == memory.assets.info(asset).header.codec
    same(value, memory.get(asset))


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        ("bytes", b""),
        ("bytes", b"\0\xff" * 10),
        ("text", "x"),
        ("text", "größer \ud800"),
        ("json", None),
        ("json", 0),
        ("json", False),
        ("json", {"b": [1, 2.0, float("inf")], "a": {1: decimal.Decimal("0.1")}}),
        ("json", []),
        ("pickle", (1, 2)),
        ("pickle", [(1, 2)]),
        ("pickle", bytearray(b"x")),
    ],
)
def test_promise_12_plain_values_that_are_put_come_back_too(memory, codec, value):
    """Empty and falsy ones as well; what JSON would change is pickled."""
    asset = memory.assets.put(value)
    assert codec == memory.assets.info(asset).header.codec
    assert exact(value) == exact(memory.get(asset))


@pytest.mark.parametrize("kind", ["U0", "S0"])
def test_texts_without_characters_come_back_empty(memory, kind):
    """Texts without characters come back empty, whatever the memory held before."""
    value = np.zeros(64, dtype=[("t", kind)])["t"]
    asset = memory.assets.put(value)
    for _ in range(8):
        used = [np.full(64, 65, dtype=one) for one in ("u1", "u4")]
        del used
        assert value.tolist() == memory.get(asset).tolist()


def test_empty_bytes_and_empty_text_are_two(memory):
    """Empty bytes and empty text are two though their content is the same."""
    assert ["", b"", ""] == [memory.get(memory.assets.put(one)) for one in ("", b"", "")]


def test_bytes_that_are_another_assets_content_stay_bytes(memory):
    """Bytes that are another asset's content stay bytes: an array and its file are equal, but two
    assets.
    """
    array = np.arange(7)
    asset = memory.assets.put(array)
    content = bytearray()
    memory._asset_manager.store.content(asset, content.extend)
    other = memory.assets.put(bytes(content))
    assert asset != other
    assert bytes(content) == memory.get(other)
    assert [*range(7)] == memory.get(asset).tolist()
    assert memory.assets.put("abc") != memory.assets.put(b"abc")


@given(
    hnp.arrays(
        hnp.scalar_dtypes() | hnp.unicode_string_dtypes() | hnp.byte_string_dtypes(),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
    ),
    st.sampled_from("CF"),
)
def test_any_array_comes_back(memory, array, order):
    """Any array comes back, with its type and shape, whatever its order in memory."""
    array = np.array(array, order=order)
    found = memory.get(memory.assets.put(array))
    assert (array.dtype, array.shape) == (found.dtype, found.shape)
    assert array.tobytes() == found.tobytes()


IDS = """
import numpy as np, pandas as pd, sys
from xetrack import Tracker
assets = Tracker(":memory:").assets
frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}); frame.attrs = {"k": 1, "l": [2]}
values = [np.arange(9.0), np.asfortranarray(np.ones((3, 2))), frame, frame["b"], "text", b"b",
    {"b": 1, "a": [None, 2.5]}]
print(*map(assets.put, values))
"""


def test_ids_are_the_same_in_every_process(python):
    """Ids are the same in every process, whatever the hash seed; equal content is stored once."""
    assert python(IDS, PYTHONHASHSEED="1") == python(IDS, PYTHONHASHSEED="2")


def test_order_in_memory_makes_no_other_content(memory):
    """Order in memory makes no other content, nor does a copy."""
    array = np.arange(12.0).reshape(3, 4)
    ids = {memory.assets.put(one) for one in (array, np.asfortranarray(array), array.copy())}
    assert 1 == len(ids)


def test_without_pyarrow_frames_are_pickled(python):
    """Without pyarrow frames are pickled, and come back; with it, they are none."""
    code = """
import sys; sys.modules["pyarrow"] = None
import pandas as pd
from xetrack import Tracker
tracker = Tracker(":memory:")
frame = pd.DataFrame({"a": [1, 2]})
tracker.log({"frame": frame})
print([one.header.codec for one in tracker.assets], frame.equals(tracker.get("frame")))
"""
    assert "['pickle'] True" == python(code, fresh=True)
    assert "['pandas'] True" == python(code.replace('sys.modules["pyarrow"] = None', ""))
