"""Files of xetrack 0.7: their objects are listed, read with trust, exported, removed, added to."""

from __future__ import annotations

import json
import pickle
import shutil
import struct
from array import array
from pathlib import Path

import pytest

from tests.assets.conftest import sql
from xetrack import Reader, Tracker
from xetrack.errors import AssetNotFoundError, UntrustedPickleError
from xetrack_assets import legacy_tables

FIXTURES = Path(__file__).parents[1] / "fixtures/old"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text("utf-8"))["assets"]


@pytest.fixture(params=EXPECTED)
def name(request):
    """Each of the files."""
    return request.param


@pytest.fixture
def path(tmp_path, name):
    """A copy of it."""
    return shutil.copy(FIXTURES / name, tmp_path / name)


# NumPy warns of a pickle of its first release.
@pytest.mark.filterwarnings("ignore:numpy.core:DeprecationWarning")
def test_old_objects_are_listed_and_read_with_trust_only(path, name):
    """Old objects are listed and read with trust only: compressed or not, by a reader and by a
    tracker.
    """
    with Reader(path) as reader, Reader(path, trust=True) as trusting, Tracker(path) as tracker:
        assert EXPECTED[name].keys() == {info.id for info in reader.assets}
        for asset, text in EXPECTED[name].items():
            with pytest.raises(UntrustedPickleError, match=asset):
                reader.assets.get(asset)
            with pytest.raises(UntrustedPickleError):
                tracker.get(asset[:7])
            assert text == repr(trusting.assets[asset])
        assert {} == reader.assets.verify()


def test_old_counts_and_columns_are_known(tmp_path):
    """As 0.7 counted them: `b2aa...` was logged three times, and is no column's last one."""
    path = shutil.copy(FIXTURES / "runs.db", tmp_path)
    with Reader(path) as reader:
        counts = {info.id: info.references for info in reader.assets}
        asset = "b2aa56e50dffab7e"
        assert (3, 5) == (counts[asset], len(counts))
        keys = {one: [ref.key for ref in reader.assets.references(one)] for one in counts}
        assert ["part", "other"] == sorted(keys[asset], reverse=True)
        assert ["labels"] == keys["5a6e6fc29ed27e9d"]


def test_an_old_file_takes_new_objects_and_gives_up_old_ones(path, name, tmp_path):
    """Rows keep what they hold; what rows hold is not collected."""
    table = "objects" if name == "runs.db" else "default"
    with Tracker(path, table=table) as tracker, Reader(path, table=table) as reader:
        new = tracker.log({"part": array("b", [1, 1])})["part"]
        assert array("b", [1, 1]) == tracker.get("part")
        assert [] == reader.assets.gc()
        assert {*EXPECTED[name], new} == {info.id for info in reader.assets}
        asset = "b2aa56e50dffab7e"
        reader.assets.export(asset, tmp_path / "part.pkl")
        assert EXPECTED[name][asset] == repr(pickle.loads((tmp_path / "part.pkl").read_bytes()))
        reader.remove_asset(asset)
        assert asset not in reader.assets
        with pytest.raises(AssetNotFoundError):
            reader.assets.references(asset)
        for run in {row[0] for row in sql(path, f'SELECT track_id FROM "{table}"')}:
            reader.delete_run(run)
        assert {*EXPECTED[name], new} - {asset} == set(reader.assets.gc())
        assert 0 == len(reader.assets)


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize("text", ["", "a", "loss", "größer", "x" * 300])
def test_texts_and_numbers_are_read_from_pickles(text, protocol):
    """Those that pickle makes of them."""
    assert text == legacy_tables.text_of(pickle.dumps(text, protocol))
    for number in (0, 1, 255, 256, 65_535, 65_536, 2**31 - 1, -1):
        assert number == legacy_tables.number_of(pickle.dumps(number, protocol))


@pytest.mark.parametrize(
    "value",
    [
        b"",
        None,
        7,
        b"\x80\x05",
        b"\x80\x05\x8c\x05abc\x94.",
        b"\x80\x05\x8c\x02\xff\xfe\x94.",
        pickle.dumps(["a"]),
        pickle.dumps(print),
        b"cos\nsystem\n(S'true'\ntR.",
        pickle.dumps("a") + b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x05X" + struct.pack("<I", 2**32 - 1) + b"a\x94.",
    ],
)
def test_anything_else_is_no_text_and_no_number(value):
    """It is passed over, and never unpickled."""
    assert legacy_tables.text_of(value) is None
    assert 0 == legacy_tables.number_of(value)
