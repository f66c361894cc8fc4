"""Names that scripts of 0.7 use for objects: they go on working."""

from __future__ import annotations

import pytest

from xetrack import Reader, Tracker
from xetrack.errors import AssetNotFoundError


class Thing:
    """An object for the asset store."""


def test_objects_belong_to_the_run_that_is_set(tmp_path):
    """Each to the run that logged it."""
    with Tracker(tmp_path / "runs.db", track_id="first") as tracker:
        for name in ("first", "second"):
            tracker.track_id = name
            row = tracker.log({"thing": Thing()})
            reference = tracker.assets.references(row["thing"])[-1]
            assert (name, "thing") == (reference.track_id, reference.key)


def test_remove_asset_says_whether_it_removed_anything(tmp_path):
    """Of trackers and of readers; what is not there is an error."""
    with Tracker(tmp_path / "runs.db") as tracker:
        row = tracker.log({"a": Thing(), "other": 1})
        assert not tracker.remove_asset(row["a"], "other")
        assert tracker.remove_asset(row["a"], "a")
        row = tracker.log({"a": Thing()})
        reader = Reader(tmp_path / "runs.db")
        assert reader.remove_asset(row["a"], remove_keys=False)
        for subject in (tracker, reader):
            with pytest.raises(AssetNotFoundError):
                subject.remove_asset(row["a"])
