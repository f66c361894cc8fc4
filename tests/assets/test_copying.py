"""Objects go along with the rows that name them, into another database."""

from __future__ import annotations

import json
import shutil
from array import array
from pathlib import Path

import numpy as np
import pytest

from tests.assets.conftest import Canary, sql
from xetrack import Reader, Tracker, copy
from xetrack.copying.assets import AssetCopy
from xetrack.errors import DamagedAssetError, UntrustedPickleError

FIXTURES = Path(__file__).parents[1] / "fixtures/old"


@pytest.fixture
def target(tmp_path):
    """Where the copy comes."""
    return tmp_path / "copy.db"


@pytest.mark.slow
def test_objects_come_along_with_who_refers_to_them(db, target):
    """Once each, however often they are copied, and as what they were."""
    big = np.arange(5_000_000)  # more than one piece
    with Tracker(db, track_id="a-run-1") as tracker:
        tracker.log({"weights": big, "loss": 0.5})
        tracker.log({"weights": big, "labels": {1: array("b", [2, 2])}})
    assert [2, 0] == [copy(db, target), copy(db, target)]
    with Reader(db) as before, Reader(target) as after:
        assert [info.id for info in before.assets] == [info.id for info in after.assets]
        for info in before.assets:
            assert before.assets.references(info.id) == after.assets.references(info.id)
        weights, labels = (after.assets[info.id] for info in after.assets)
        assert np.array_equal(big, weights)
        assert {1: array("b", [2, 2])} == labels
        assert {} == after.assets.verify()


@pytest.mark.parametrize("again", [True, False])
def test_objects_of_rows_that_come_meanwhile_come_along(db, target, monkeypatch, again):
    """They are logged after the objects were found, and before the rows are copied."""
    with Tracker(db, track_id="before") as tracker:
        tracker.log({"weights": array("d", [1.0])} if again else {"n": 1})
        storing = AssetCopy.storing
        late = [array("d", [1.0]), array("d", [2.0])]

        def log_meanwhile(objects):
            while late:
                Tracker(db, track_id="late").log({"weights": late.pop()})
            return storing(objects)

        monkeypatch.setattr(AssetCopy, "storing", log_meanwhile)
        assert 3 == copy(db, target)
    with Reader(db) as before, Reader(target) as after:
        ids = [row["weights"] for row in after.select().dicts() if row["weights"]]
        assert len(ids) == 2 + again
        for each in ids:
            assert before.assets[each] == after.assets[each]
            assert before.assets.references(each) == after.assets.references(each)


def test_only_what_the_tables_name_is_copied(db, target):
    """Only what the tables name is copied, also an id that was logged as a text, as the guide
    advises.
    """
    with Tracker(db, table="other") as other:
        left = other.assets.put(b"left", "left")
        told = other.assets.put(b"told", "told")
    with Tracker(db) as tracker:
        mine = tracker.log({"mine": array("b", [1, 2])})["mine"]
        tracker.log({"told": told})
    copy(db, target)
    with Reader(target) as reader:
        assert {mine, told} == {info.id for info in reader.assets}
        assert left not in reader.assets
        assert [] == reader.assets.gc()


def test_they_stay_when_they_are_not_wanted(db, target):
    """The rows keep the ids."""
    with Tracker(db) as tracker:
        asset = tracker.log({"labels": array("b", [1, 2])})["labels"]
    assert 1 == copy(db, target, assets=False)
    with Reader(target) as reader:
        assert [asset] == reader.select(["labels"]).cells[0]
        assert 0 == len(reader.assets)


def test_a_damaged_object_is_not_copied_nor_are_its_rows(db, target):
    """The error names it; without objects the rows can be had."""
    with Tracker(db) as tracker:
        asset = tracker.log({"weights": np.arange(1_000)})["weights"]
    sql(db, "UPDATE assets SET value = substr(value, 1, 100)")
    with pytest.raises(DamagedAssetError, match=asset):
        copy(db, target)
    assert not target.exists() or 0 == len(Reader(target))
    assert 1 == copy(db, target, assets=False)


def test_a_copy_makes_nothing_trusted(db, target, tmp_path, monkeypatch):
    """What another user signed is another user's there, too, and nothing is unpickled."""
    with Tracker(db) as tracker:
        tracker.log({"trap": Canary(tmp_path)})
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "another user"))
    copy(db, target)
    with Reader(target) as reader:
        (info,) = reader.assets
        with pytest.raises(UntrustedPickleError, match=info.id):
            reader.assets.get(info.id)
    assert not Path(tmp_path, "canary").exists()


# NumPy warns of a pickle of its first release.
@pytest.mark.filterwarnings("ignore:numpy.core:DeprecationWarning")
def test_objects_of_old_files_come_along(tmp_path, target):
    """Under the ids that stand in the rows, and with trust only."""
    expected = json.loads((FIXTURES / "expected.json").read_text("utf-8"))["assets"]["runs.db"]
    path = shutil.copy(FIXTURES / "runs.db", tmp_path)
    copy(path, target, tables="all")
    with Reader(target, trust=True) as trusting, Reader(target) as reader:
        found = {info.id for info in reader.assets}
        assert found
        assert found <= expected.keys()
        for asset in found:
            assert expected[asset] == repr(trusting.assets[asset])
            with pytest.raises(UntrustedPickleError):
                reader.assets.get(asset)
