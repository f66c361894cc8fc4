"""S13: contents of others end in a typed error, in 5 s and 500 MB, and run nothing.

Each is read in a child, as what is wrong would end the interpreter or take all memory.
`XETRACK_TEST_MUTATIONS` is how many mutations of each codec's contents are read.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.hostile import NUMBER, read_in_child
from xetrack import Tracker
from xetrack.errors import AssetError


@pytest.mark.timeout(2_000)
@pytest.mark.parametrize("codec", ["numpy", "pandas", "arrow", "json", "text", "bytes"])
def test_s13_mutated_contents_are_read_or_refused(codec):
    """Flipped, cut, grown, or with other sizes; what is still read can be looked at."""
    printed = read_in_child("tests.assets.hostile_codecs", codec, 0, NUMBER)
    assert [f"{codec} {seed}: ok" for seed in range(NUMBER)] == printed.splitlines()


def test_s13_contents_made_to_do_harm_are_refused(tmp_path):
    """Pointers, terabytes, bombs, brackets; a type that was pickled runs nothing."""
    lines = read_in_child("tests.assets.crafted_contents", tmp_path).splitlines()
    assert 50 < len(lines)
    assert [] == [line for line in lines if not line.endswith(": ok")]
    assert [] == [*tmp_path.iterdir()]


def test_s13_arrow_files_whose_few_bytes_stand_for_many_are_refused():
    """Shared texts, tables, buffers and dictionaries; types, ranges and rows that are but said."""
    lines = read_in_child("tests.assets.crafted_arrow").splitlines()
    assert 25 < len(lines)
    assert [] == [line for line in lines if not line.endswith(": ok")]


def test_s13_what_is_said_of_a_content_is_not_believed(tmp_path):
    """Its size above all: memory is for what comes, not for what is said to come."""
    lines = read_in_child("tests.assets.hostile_rows", tmp_path).splitlines()
    assert 15 < len(lines)
    assert [] == [line for line in lines if not line.endswith(": ok")]


def test_what_was_compressed_beyond_all_measure_asks_for_trust(tmp_path):
    """Few bytes that become very many are the user's own array of zeros, or a bomb."""
    with Tracker(tmp_path / "x.db", compress=True) as tracker:
        sparse = np.zeros(2**20)
        sparse[::50] = range(len(sparse[::50]))
        zeros = np.zeros(2**22)
        assets = [tracker.assets.put(one) for one in (sparse, zeros[: 2**20], zeros)]
        for asset in assets[:2]:
            assert 2**20 == len(tracker.get(asset))
        with pytest.raises(AssetError, match=r"would become 33,554,\d+\. Give trust=True"):
            tracker.get(assets[2])
        assert 2**22 == len(tracker.assets.get(assets[2], trust=True))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: np.zeros(2**21, dtype="V0"), id="much of nothing"),
        pytest.param(
            lambda: np.zeros(1, [(f"{at:090}", "?") for at in range(900)]), id="many fields"
        ),
        pytest.param(lambda: np.full(3, 7, "u1").view(bool), id="truths that are neither"),
        pytest.param(lambda: pd.DataFrame({"n": [None] * 2**21}), id="a frame of nothing"),
        pytest.param(lambda: pd.DataFrame({("x" * 2_000, 1): [1]}), id="long labels"),
        pytest.param(lambda: pa.record_batch({"n": pa.array([], pa.int64())}), id="an empty batch"),
        pytest.param(
            lambda: pa.table(
                {"k": pa.chunked_array([pa.array([one]).dictionary_encode() for one in "xy"])}
            ),
            id="two dictionaries",
        ),
    ],
)
def test_what_is_put_can_be_loaded(make, tmp_path):
    """What its codec would refuse to read is said by another."""
    value = make()
    with Tracker(tmp_path / "x.db") as tracker:
        found = tracker.get(tracker.assets.put(value))
    assert type(value) is type(found)
    if isinstance(value, np.ndarray):
        assert (value.dtype, value.tobytes()) == (found.dtype, found.tobytes())
    else:
        assert value.equals(found)


def test_values_nested_as_deeply_as_rows_allow_can_be_put(tmp_path):
    """A hundred levels, by which a hostile one is told from them."""
    value = None
    for _ in range(100):
        value = [value]
    with Tracker(tmp_path / "x.db") as tracker:
        asset = tracker.assets.put(value)
        assert "json" == tracker.assets.info(asset).header.codec
        assert value == tracker.get(asset)
        tracker.log({"deep": value})
        assert value == tracker[1]["deep"]
